// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.Registers.MICROSECOND;
import static io.sluice.host.ixgbe.Registers.MILLISECOND;
import static io.sluice.host.ixgbe.register.DeviceRegisters.*;
import static io.sluice.host.ixgbe.register.InterruptRegisters.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static io.sluice.host.ixgbe.register.TransmitRegisters.*;

/** Brings a card from any state to that after a reset, without cutting off what it has on the bus (4.2.1.6.1, 5.2.5.3.2). */
final class Reset {
    private static final int ALL = 0xFFFF_FFFF;

    /** Bit 31 of EIMC is reserved (8.2.3.5.4). */
    private static final int ALL_CAUSES = 0x7FFF_FFFF;

    private final Registers registers;
    private final BusAccess bus;
    private final CardKind kind;

    Reset(Registers registers, BusAccess bus, CardKind kind) {
        this.registers = registers;
        this.bus = bus;
        this.kind = kind;
    }

    void run() throws CardException {
        maskInterrupts(); // 4.6.3, 1: "Disable interrupts"
        stopQueues();
        final boolean quiet = disableMaster();
        softwareReset();
        if (!quiet) {
            // 5.2.5.3.2: "two consecutive software resets with a delay larger than 1 us between the two of them"
            softwareReset();
        }
        maskInterrupts(); // 4.6.3.1: "the interrupts need to be disabled also after issuing a global reset"
        registers.read(EICR); // 8.2.3.5.1: reading clears what had been raised
    }

    private void maskInterrupts() {
        registers.write(EIMC, ALL_CAUSES);
        registers.write(eimcEx(0), ALL);
        registers.write(eimcEx(1), ALL);
    }

    /** 5.2.5.3.2: receive and transmit are disabled before mastering is. What a queue does not do in time, a reset does. */
    private void stopQueues() {
        registers.clear(RXCTRL, RXCTRL_ENABLE);
        boolean any = false;
        for (int queue = 0; queue < RX_QUEUES; queue++) {
            any |= stop(rxdctl(queue), RXDCTL_ENABLE);
        }
        for (int queue = 0; queue < TX_QUEUES; queue++) {
            any |= stop(txdctl(queue), TXDCTL_ENABLE);
        }
        if (any) {
            registers.flush();
            registers.sleep(2 * MILLISECOND);
        }
    }

    private boolean stop(int control, int enable) {
        final int value = registers.read(control);
        if ((value & enable) == 0) {
            return false;
        }
        registers.write(control, value & ~enable);
        return true;
    }

    /** 5.2.5.3.2; false where the card did not become quiet. */
    private boolean disableMaster() {
        registers.set(CTRL, CTRL_MASTER_DISABLE);
        if (registers.poll(STATUS, STATUS_MASTER_ENABLED, 0, 100 * MICROSECOND, 100 * MILLISECOND)) {
            return true;
        }
        flushTransmitPath();
        return false;
    }

    /** 5.2.5.3.2, "the recommended method to flush the transmit data path". */
    private void flushTransmitPath() {
        if (bus.pending()) {
            registers.sleep(MILLISECOND); // its completions are on their way, or lost; the resets settle that
        }
        // a. "Inhibit data transmission by setting the HLREG0.LPBK bit and clearing the RXCTRL.RXEN bit"
        registers.set(HLREG0, HLREG0_LOOPBACK);
        registers.clear(RXCTRL, RXCTRL_ENABLE);
        // b. "Set the GCR_EXT.Buffers_Clear_Func bit for 20 microseconds"
        registers.set(GCR_EXT, GCR_EXT_BUFFERS_CLEAR);
        registers.flush();
        registers.sleep(20 * MICROSECOND);
        // c. "Clear the HLREG0.LPBK bit and the GCR_EXT.Buffers_Clear_Func"
        registers.clear(HLREG0, HLREG0_LOOPBACK);
        registers.clear(GCR_EXT, GCR_EXT_BUFFERS_CLEAR);
    }

    /** 4.2.1.6.1, 4.6.3.2. */
    private void softwareReset() throws CardException {
        registers.set(CTRL, CTRL_RESET);
        // 8.2.3.1.1: "wait 1 ms after setting it before any other access"
        registers.sleep(MILLISECOND);
        registers.await(
                CTRL,
                CTRL_RESET,
                0,
                MILLISECOND,
                100 * MILLISECOND,
                "the end of the reset that CTRL.RST began (8.2.3.1.1)");
        // 4.6.3.2: "wait at least 10 ms to enable smooth initialization flow"
        registers.sleep(kind.settleNanos());
    }
}
