// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.host.ixgbe.register.FlowRegisters;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.ixgbe.register.TransmitRegisters;
import java.util.function.LongSupplier;

/** Reset, master disable, and the handshakes by which a card says that it has done what it was asked for. */
final class DeviceControl {
    private static final int READY = 1;
    private static final int RESETS = DeviceRegisters.CTRL_RESET | DeviceRegisters.CTRL_LINK_RESET;

    private final RegisterFile registers;
    private final ModelOptions options;
    private final Faults faults;
    private final LongSupplier nanoClock;
    private final Runnable reset;
    private int resetting;
    private long resetUntilNanos;

    /** @param reset is run when the driver resets the card */
    DeviceControl(RegisterFile registers, ModelOptions options, Faults faults, LongSupplier nanoClock, Runnable reset) {
        this.registers = registers;
        this.options = options;
        this.faults = faults;
        this.nanoClock = nanoClock;
        this.reset = reset;
        registers.onWrite(DeviceRegisters.CTRL, (offset, before, value) -> controlWritten(value));
        registers.onRead(DeviceRegisters.CTRL, (offset, held) -> refreshed(offset));
        registers.onRead(DeviceRegisters.STATUS, (offset, held) -> refreshed(offset));
        ready(ReceiveRegisters.SECRXCTRL, ReceiveRegisters.SECRXCTRL_RX_DISABLE, ReceiveRegisters.SECRXSTAT);
        ready(TransmitRegisters.SECTXCTRL, TransmitRegisters.SECTXCTRL_TX_DISABLE, TransmitRegisters.SECTXSTAT);
        registers.onWrite(
                FlowRegisters.FDIRCTRL,
                (offset, before, value) ->
                        registers.poke(offset, registers.peek(offset) | FlowRegisters.FDIRCTRL_INIT_DONE));
    }

    /** The path through a security block is empty once it is disabled, at once; it is not while it is enabled (8.2.3.12). */
    private void ready(int control, int disable, int status) {
        registers.onWrite(control, (offset, before, value) -> {
            final int held = registers.peek(status);
            registers.poke(status, (value & disable) != 0 ? held | READY : held & ~READY);
        });
    }

    /** Follows RXDCTL and TXDCTL of every queue: ENABLE reads as what the queue does, not as what was asked. */
    void follow(Engine engine) {
        for (int i = 0; i < ReceiveRegisters.RX_QUEUES; i++) {
            final int queue = i;
            registers.onWrite(ReceiveRegisters.rxdctl(queue), (offset, before, value) -> {
                if (faults.receiveStuck(queue)) {
                    keep(offset, before, ReceiveRegisters.RXDCTL_ENABLE);
                }
                engine.receiveQueueWritten(queue);
            });
            keepHead(ReceiveRegisters.rdh(queue), ReceiveRegisters.rxdctl(queue), ReceiveRegisters.RXDCTL_ENABLE);
        }
        for (int i = 0; i < TransmitRegisters.TX_QUEUES; i++) {
            final int queue = i;
            registers.onWrite(TransmitRegisters.txdctl(queue), (offset, before, value) -> {
                if (faults.transmitStuck(queue)) {
                    keep(offset, before, TransmitRegisters.TXDCTL_ENABLE);
                }
                engine.transmitQueueWritten(queue);
            });
            keepHead(TransmitRegisters.tdh(queue), TransmitRegisters.txdctl(queue), TransmitRegisters.TXDCTL_ENABLE);
        }
    }

    /** A head is the card's while its queue is enabled: what a driver writes to it then is lost (8.2.3.8.5, 8.2.3.9.8). */
    private void keepHead(int head, int control, int enabled) {
        registers.onWrite(head, (offset, before, value) -> {
            if ((registers.peek(control) & enabled) != 0) {
                registers.poke(offset, before);
            }
        });
    }

    private void keep(int offset, int before, int bit) {
        registers.poke(offset, registers.peek(offset) & ~bit | before & bit);
    }

    private void controlWritten(int value) {
        if ((value & RESETS) != 0) {
            reset.run();
            resetting = value & RESETS;
            resetUntilNanos = nanoClock.getAsLong() + options.resetNanos();
        }
        refresh();
    }

    private int refreshed(int offset) {
        refresh();
        return registers.peek(offset);
    }

    /** Shows in CTRL and STATUS what time and faults have changed: when they are read, and in turns. */
    void refresh() {
        if (resetting != 0 && nanoClock.getAsLong() - resetUntilNanos >= 0) {
            resetting = 0;
        }
        final int control = registers.peek(DeviceRegisters.CTRL) & ~RESETS | resetting;
        final int status = registers.peek(DeviceRegisters.STATUS) & ~DeviceRegisters.STATUS_MASTER_ENABLED
                | (masterEnabled() ? DeviceRegisters.STATUS_MASTER_ENABLED : 0);
        show(DeviceRegisters.CTRL, control);
        show(DeviceRegisters.STATUS, status);
    }

    private void show(int offset, int value) {
        if (registers.peek(offset) != value) {
            registers.poke(offset, value);
        }
    }

    /** Whether a reset is under way: nothing moves then. */
    boolean resetting() {
        return resetting != 0;
    }

    /** Whether CTRL lets the card start transactions, or one that it has started does not end (5.2.5.3.2). */
    boolean masterEnabled() {
        return !masterDisabled() || faults.masterStuck();
    }

    /** Whether CTRL asks for no more transactions. */
    boolean masterDisabled() {
        return (registers.peek(DeviceRegisters.CTRL) & DeviceRegisters.CTRL_MASTER_DISABLE) != 0;
    }
}
