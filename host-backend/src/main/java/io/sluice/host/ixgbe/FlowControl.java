// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.LinkRegisters.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;

/** Pausing the peer before the packet buffer overflows, and pausing when the peer says so (3.7.7, 4.6.3.2). */
public final class FlowControl implements CardPart {
    private static final int BUFFERS = 8;
    private static final int TIMERS = 4;
    private static final int KIBIBYTE = 1024;

    /** 4.6.3.2: the threshold is the buffer's size less this, in use or not. */
    private static final int HEADROOM_BYTES = 0x6000;

    /** From pause to go-ahead. */
    private static final int HYSTERESIS_BYTES = 0x4000;

    /** The longest pause, in 512 bit times, for two priorities. */
    private static final int PAUSE_TIME = 0xFFFF_FFFF;

    private static final int REFRESH_TIME = 0x8000;

    private final Registers registers;
    private final int bufferBytes;
    private boolean on;

    FlowControl(Registers registers, CardKind kind, boolean on) {
        this.registers = registers;
        this.bufferBytes = kind.receiveBufferKibibytes() * KIBIBYTE;
        this.on = on;
    }

    /** Turns it on or off in both directions. */
    public void enable(boolean enabled) {
        synchronized (registers) {
            on = enabled;
            program();
        }
    }

    /** Whether it is on. */
    public boolean enabled() {
        synchronized (registers) {
            return on;
        }
    }

    /** 4.6.3.2: "program FCTTV, FCRTL, FCRTH, FCRTV and FCCFG; if flow control is not enabled, write them with 0". */
    @Override
    public void program() {
        // 8.2.3.22.34: pause frames are for the MAC, not for a queue
        registers.replace(
                MFLCN,
                MFLCN_RECEIVE_FLOW_CONTROL | MFLCN_DISCARD_PAUSE,
                on ? MFLCN_RECEIVE_FLOW_CONTROL | MFLCN_DISCARD_PAUSE : MFLCN_DISCARD_PAUSE);
        registers.write(FCCFG, on ? FCCFG_LINK : 0);
        final int high = bufferBytes - HEADROOM_BYTES;
        registers.write(fcrtl(0), on ? high - HYSTERESIS_BYTES | FCRTL_XON_ENABLE : 0);
        // "FCRTH.RTH must be set by default regardless if flow control is enabled or not"
        registers.write(fcrth(0), on ? high | FCRTH_FLOW_CONTROL_ENABLE : high);
        for (int buffer = 1; buffer < BUFFERS; buffer++) {
            registers.write(fcrtl(buffer), 0);
            registers.write(fcrth(buffer), 0);
        }
        for (int i = 0; i < TIMERS; i++) {
            registers.write(fcttv(i), on ? PAUSE_TIME : 0);
        }
        registers.write(FCRTV, on ? REFRESH_TIME : 0);
    }
}
