// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.host.ixgbe.register.InterruptRegisters;
import io.sluice.host.ixgbe.register.LinkRegisters;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The link (3.7, 8.2.3.22): up when there is a medium, something at its other end and nothing against it, so long after a
 * reset or a restart of negotiation as the options say. Changes raise the cause LSC.
 *
 * <p>LINKS bit 30 is latched low: after a loss it reads 0 once, whatever the link does by then; bit 7 tells of now.
 */
final class ModelLink {
    private static final int LASER_OFF = 1 << 3;
    private static final int NEGOTIATED = 1 << 31;
    private static final int NEGOTIATION_SUPPORTED = 1 << 6;
    /** ANLP1's state of negotiation, 19:16, which is not 0 once the block is out of reset. */
    private static final int NEGOTIATION_STATE = 4 << 16;

    private static final int CAGE_FULL = 1 << 2;

    private final RegisterFile registers;
    private final ModelOptions options;
    private final Faults faults;
    private final InterruptCauses interrupts;
    private final LongSupplier nanoClock;
    private final BooleanSupplier carrier;
    private boolean up;
    private boolean lostSinceRead;
    private long readyNanos;

    ModelLink(Engine.Parts parts, BooleanSupplier carrier) {
        registers = parts.registers();
        options = parts.options();
        faults = parts.faults();
        interrupts = parts.interrupts();
        nanoClock = parts.nanoClock();
        this.carrier = carrier;
        registers.onRead(LinkRegisters.LINKS, (offset, held) -> linksRead());
        registers.onWrite(LinkRegisters.AUTOC, (offset, before, value) -> autocWritten(value));
        registers.onWrite(DeviceRegisters.ESDP, (offset, before, value) -> {
            showCage();
            poll();
        });
    }

    /** After a reset the link starts anew; nothing is raised. */
    void reset() {
        up = false;
        lostSinceRead = true;
        readyNanos = nanoClock.getAsLong() + options.linkDelayNanos();
        registers.poke(LinkRegisters.ANLP1, NEGOTIATION_STATE);
        registers.poke(LinkRegisters.LINKS2, negotiates() ? NEGOTIATION_SUPPORTED : 0);
        registers.poke(LinkRegisters.LINKS, 0);
        showCage();
    }

    private void autocWritten(int value) {
        if ((value & LinkRegisters.AUTOC_RESTART) != 0) {
            readyNanos = nanoClock.getAsLong() + options.linkDelayNanos();
            poll();
        }
    }

    /** Looks whether the link has changed; in turns, and whenever the driver looks. */
    void poll() {
        final boolean now = nanoClock.getAsLong() - readyNanos >= 0 && possible();
        if (now == up) {
            return;
        }
        up = now;
        lostSinceRead |= !up;
        registers.poke(LinkRegisters.LINKS, links());
        interrupts.raise(InterruptRegisters.EICR_LINK_CHANGE);
    }

    private boolean possible() {
        if (loopback()) {
            return true;
        }
        final Personality personality = options.personality();
        final boolean medium = !personality.cage() || personality.module();
        final boolean dark =
                personality == Personality.SFP_SR && (registers.peek(DeviceRegisters.ESDP) & LASER_OFF) != 0;
        return medium && !dark && !faults.linkLost() && carrier.getAsBoolean();
    }

    /** MAC loopback with the link forced up needs no medium (3.7.4). */
    private boolean loopback() {
        return (registers.peek(ReceiveRegisters.HLREG0) & ReceiveRegisters.HLREG0_LOOPBACK) != 0
                && (registers.peek(LinkRegisters.AUTOC) & LinkRegisters.AUTOC_FORCE_LINK_UP) != 0;
    }

    private int linksRead() {
        poll();
        final int links = links();
        final int read = lostSinceRead ? links & ~LinkRegisters.LINKS_UP : links;
        lostSinceRead = !up;
        return read;
    }

    private int links() {
        if (!up) {
            return 0;
        }
        return LinkRegisters.LINKS_UP
                | LinkRegisters.LINKS_SPEED_10G
                | LinkRegisters.LINKS_UP_NOW
                | (negotiates() ? NEGOTIATED : 0);
    }

    private boolean negotiates() {
        return options.personality() == Personality.KX4;
    }

    private void showCage() {
        final int pins = registers.peek(DeviceRegisters.ESDP) & ~CAGE_FULL;
        registers.poke(DeviceRegisters.ESDP, pins | (options.personality().module() ? CAGE_FULL : 0));
    }

    /** Whether packets can pass. */
    boolean up() {
        return up;
    }

    /** When the link is due to come up, as the clock tells. */
    long readyNanos() {
        return readyNanos;
    }
}
