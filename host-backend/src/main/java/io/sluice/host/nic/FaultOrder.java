// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import io.sluice.host.ixgbe.model.Faults;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.ixgbe.register.TransmitRegisters;
import java.util.Arrays;
import java.util.function.ObjLongConsumer;
import java.util.stream.Collectors;

/**
 * What can be made to go wrong with a served model, as a user writes it: a word, behind some of them {@code =} and a
 * number, {@code transmit-stuck=3}. Most have a counterpart that takes them back.
 */
public enum FaultOrder {
    LINK_DOWN("link-down", Number.NONE, "takes the link away", (faults, n) -> faults.loseLink(true)),
    LINK_UP("link-up", Number.NONE, "gives it back", (faults, n) -> faults.loseLink(false)),
    UNPLUG(
            "unplug",
            Number.NONE,
            "takes the card away: every register reads as ones",
            (faults, n) -> faults.remove(true)),
    PLUG("plug", Number.NONE, "puts it back as it was", (faults, n) -> faults.remove(false)),
    RESET(
            "reset",
            Number.DESCRIPTORS,
            "lets the card reset itself while the N-th descriptor from now on is under way, 1 by default",
            Faults::resetAfter),
    EEPROM_MISSING(
            "eeprom-missing",
            Number.NONE,
            "takes the EEPROM off the board, from the next reset on",
            (faults, n) -> faults.missEeprom(true)),
    EEPROM_DAMAGED(
            "eeprom-damaged",
            Number.NONE,
            "lets a bit of it read wrong, so that its checksum is",
            (faults, n) -> faults.damageEeprom(true)),
    EEPROM_SOUND("eeprom-sound", Number.NONE, "puts a sound one in its place", FaultOrder::mendEeprom),
    INTERRUPTS_LOST(
            "interrupts-lost", Number.NONE, "lets no interrupt arrive", (faults, n) -> faults.loseInterrupts(true)),
    INTERRUPTS_BACK(
            "interrupts-back", Number.NONE, "lets them arrive again", (faults, n) -> faults.loseInterrupts(false)),
    RECEIVE_STUCK(
            "receive-stuck",
            Number.QUEUE,
            "stops receive queue N, or all of them",
            (faults, n) -> stickReceive(faults, n, true)),
    RECEIVE_FREE("receive-free", Number.QUEUE, "lets it, or all, go on", (faults, n) -> stickReceive(faults, n, false)),
    TRANSMIT_STUCK(
            "transmit-stuck",
            Number.QUEUE,
            "stops transmit queue N, or all of them",
            (faults, n) -> stickTransmit(faults, n, true)),
    TRANSMIT_FREE(
            "transmit-free", Number.QUEUE, "lets it, or all, go on", (faults, n) -> stickTransmit(faults, n, false)),
    WRITE_BACKS_LATE(
            "write-backs-late",
            Number.NANOS,
            "shows what is done N ns after it was done, 1000000 by default; 0 for at once",
            Faults::delayWriteBack),
    SEMAPHORE_HELD(
            "semaphore-held",
            Number.NONE,
            "lets somebody else hold the semaphore that drivers share",
            (faults, n) -> faults.holdSemaphore(true)),
    SEMAPHORE_FREE("semaphore-free", Number.NONE, "frees it", (faults, n) -> faults.holdSemaphore(false)),
    MASTER_STUCK(
            "master-stuck",
            Number.NONE,
            "lets a transaction of the card never end",
            (faults, n) -> faults.holdMaster(true)),
    MASTER_FREE("master-free", Number.NONE, "lets it end", (faults, n) -> faults.holdMaster(false)),
    NONE("none", Number.NONE, "mends everything", FaultOrder::mend);

    private static final int ALL = -1;

    /** What may stand behind {@code =}: from 0 up to a most, and what it is where nothing does. */
    private enum Number {
        NONE("", 0, 0),
        QUEUE("[=N]", 127, ALL),
        DESCRIPTORS("[=N]", 1_000_000_000, 1),
        NANOS("[=N]", 10_000_000_000L, 1_000_000);

        private final String form;
        private final long most;
        private final long unsaid;

        Number(String form, long most, long unsaid) {
            this.form = form;
            this.most = most;
            this.unsaid = unsaid;
        }
    }

    private final String word;
    private final Number number;
    private final String effect;
    private final ObjLongConsumer<Faults> action;

    FaultOrder(String word, Number number, String effect, ObjLongConsumer<Faults> action) {
        this.word = word;
        this.number = number;
        this.effect = effect;
        this.action = action;
    }

    /** How it is written: {@code transmit-stuck[=N]}. */
    public String form() {
        return word + number.form;
    }

    /** What it does, in words. */
    public String effect() {
        return effect;
    }

    /**
     * Does to {@code faults} what {@code text} says.
     *
     * @throws IllegalArgumentException where it is none of these orders, with what there is
     */
    public static void obey(Faults faults, String text) {
        final Order order = parse(text);
        order.what.action.accept(faults, order.number);
    }

    /**
     * Refuses what {@link #obey} would.
     *
     * @throws IllegalArgumentException as that
     */
    public static void check(String text) {
        parse(text);
    }

    private record Order(FaultOrder what, long number) {}

    private static Order parse(String text) {
        final int equals = text.indexOf('=');
        final String word = equals < 0 ? text : text.substring(0, equals);
        for (FaultOrder order : values()) {
            if (order.word.equals(word)) {
                return new Order(order, equals < 0 ? order.number.unsaid : order.number(text.substring(equals + 1)));
            }
        }
        throw new IllegalArgumentException("fault '" + text + "': no such fault; there are "
                + Arrays.stream(values()).map(FaultOrder::form).collect(Collectors.joining(", ")));
    }

    private long number(String text) {
        if (number == Number.NONE) {
            throw new IllegalArgumentException("fault '" + word + "' takes no number, and was given '" + text + '\'');
        }
        // One digit more than a most has does not fit a long's nineteen.
        final long value = text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
        if (value < 0 || value > number.most) {
            throw new IllegalArgumentException(
                    "fault '" + word + '=' + text + "': must be a number from 0 to " + number.most);
        }
        return value;
    }

    private static void mendEeprom(Faults faults, long ignored) {
        faults.missEeprom(false);
        faults.damageEeprom(false);
    }

    private static void stickReceive(Faults faults, long queue, boolean stuck) {
        for (int i = 0; i < ReceiveRegisters.RX_QUEUES; i++) {
            if (queue == ALL || queue == i) {
                faults.stickReceive(i, stuck);
            }
        }
    }

    private static void stickTransmit(Faults faults, long queue, boolean stuck) {
        for (int i = 0; i < TransmitRegisters.TX_QUEUES; i++) {
            if (queue == ALL || queue == i) {
                faults.stickTransmit(i, stuck);
            }
        }
    }

    private static void mend(Faults faults, long ignored) {
        faults.loseLink(false);
        faults.remove(false);
        mendEeprom(faults, ignored);
        faults.loseInterrupts(false);
        stickReceive(faults, ALL, false);
        stickTransmit(faults, ALL, false);
        faults.delayWriteBack(0);
        faults.holdSemaphore(false);
        faults.holdMaster(false);
        faults.resetAfter(0);
    }
}
