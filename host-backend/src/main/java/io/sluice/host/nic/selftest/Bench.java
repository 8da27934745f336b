// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.Card;
import io.sluice.host.ixgbe.CardClock;
import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.CardInspection;
import io.sluice.host.ixgbe.CardOptions;
import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.host.pci.PciConfig;
import io.sluice.host.pci.PciDevice;
import java.util.function.BooleanSupplier;

/** The card that is tested, as far as it has come, and what checks leave for those after them. For one thread. */
final class Bench implements AutoCloseable {
    private static final long LOOK_NANOS = 20_000;

    private final PciDevice device;
    private final CardClock clock;
    private final SelfTestOptions options;
    private CardInspection inspection;
    private Card card;
    private TestMemory memory;
    private boolean vanished;
    private long sent;
    private long received;

    Bench(PciDevice device, CardClock clock, SelfTestOptions options) {
        this.device = device;
        this.clock = clock;
        this.options = options;
    }

    PciDevice device() {
        return device;
    }

    CardClock clock() {
        return clock;
    }

    SelfTestOptions options() {
        return options;
    }

    /** Why there can be no check that needs {@code need}; empty where there can. */
    String hindrance(Check.Need need) {
        if (vanished) {
            return "the card is gone";
        }
        return switch (need) {
            case NOTHING -> "";
            case REGISTERS -> inspection == null ? "the card does not answer" : "";
            case CARD -> card == null ? "the card could not be set up" : "";
            case MEMORY ->
                card == null ? "the card could not be set up" : memory == null ? "there is no memory to work with" : "";
        };
    }

    /** Whether a card that has answered does so no more. */
    boolean vanished() {
        vanished |= inspection != null && read(DeviceRegisters.STATUS) == PciDevice.GONE;
        return vanished;
    }

    String withoutName(String message) {
        final String prefix = device.name() + ": ";
        return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
    }

    int read(int offset) {
        return device.read32(offset);
    }

    void write(int offset, int value) {
        device.write32(offset, value);
    }

    void set(int offset, int bits) {
        write(offset, read(offset) | bits);
    }

    void clear(int offset, int bits) {
        write(offset, read(offset) & ~bits);
    }

    /** Waits until {@code condition} holds; false when {@code timeoutNanos} are over before. */
    boolean await(BooleanSupplier condition, long timeoutNanos) {
        final long deadline = clock.nanos() + timeoutNanos;
        while (!condition.getAsBoolean()) {
            if (clock.nanos() - deadline >= 0) {
                return condition.getAsBoolean();
            }
            clock.sleep(LOOK_NANOS);
        }
        return true;
    }

    /** Looks at the card for the first time. */
    CardInspection inspect() throws CardException {
        inspection = CardInspection.of(device, clock);
        return inspection;
    }

    CardInspection inspection() {
        return inspection;
    }

    /** Sets the card up. */
    void open() throws CardException {
        card = Card.open(device, CardOptions.defaults().withClock(clock));
    }

    Card card() {
        return card;
    }

    /** The memory that the card may use, made at the first call. */
    TestMemory memory() throws CardException {
        if (memory == null) {
            memory = TestMemory.of(device);
        }
        return memory;
    }

    /** Counts frames that went through the loopback. */
    void count(long sentFrames, long receivedFrames) {
        sent += sentFrames;
        received += receivedFrames;
    }

    long sent() {
        return sent;
    }

    long received() {
        return received;
    }

    /** Resets the card, so that it touches no memory, and takes its memory away. */
    @Override
    public void close() {
        if (card != null) {
            card.close();
        } else if (inspection != null && !vanished()) {
            new PciConfig(device).clearCommand(PciConfig.COMMAND_BUS_MASTER);
        }
        if (memory != null) {
            memory.close();
        }
    }
}
