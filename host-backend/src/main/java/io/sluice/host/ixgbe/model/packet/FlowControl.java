// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.register.LinkRegisters.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;

import io.sluice.host.ixgbe.model.RegisterFile;
import io.sluice.host.ixgbe.model.packet.FrameCounts.Kind;
import java.lang.foreign.Arena;

/** Link flow control (3.7.7.3): obeys pause frames, and sends them while the packet buffer is above its mark. */
final class FlowControl {
    private static final int THRESHOLD_MASK = 0x7_FFE0;
    private static final int THRESHOLD_ENABLE = 1 << 31;
    private static final int QUANTA_MASK = 0xFFFF;

    private final RegisterFile registers;
    private final PacketBuffer buffer;
    private final FrameCounts sent;
    private final FrameCounts received;
    private final Arena arena = Arena.ofAuto();
    private final long frame =
            arena.allocate(PauseFrame.FRAME_BYTES, Long.BYTES).address();
    private boolean stopping;
    private long againAtNanos;
    private boolean stopped;
    private long stoppedUntilNanos;

    FlowControl(RegisterFile registers, PacketBuffer buffer, FrameCounts sent, FrameCounts received) {
        this.registers = registers;
        this.buffer = buffer;
        this.sent = sent;
        this.received = received;
    }

    void reset() {
        stopping = false;
        stopped = false;
    }

    /** A pause frame has come from the other end. */
    void received(long pause, long nowNanos) {
        if ((registers.peek(MFLCN) & MFLCN_RECEIVE_FLOW_CONTROL) == 0) {
            return;
        }
        final long nanos = PauseFrame.nanos(pause);
        received.add(nanos == 0 ? Kind.PAUSE_ON : Kind.PAUSE_OFF);
        stopped = nanos != 0;
        stoppedUntilNanos = nowNanos + nanos;
    }

    /** Whether the other end has asked for silence. */
    boolean stopped(long nowNanos) {
        if (stopped && nowNanos - stoppedUntilNanos >= 0) {
            stopped = false;
        }
        return stopped;
    }

    /** Until when, from {@code nowNanos}. */
    long stoppedForNanos(long nowNanos) {
        return stoppedUntilNanos - nowNanos;
    }

    /** Sends a pause frame where the packet buffer asks for one. */
    void regulate(Wire wire, long nowNanos) {
        final int high = registers.peek(fcrth(0));
        if ((registers.peek(FCCFG) & FCCFG_LINK) == 0 || high >= 0) { // FCRTH.FCEN is the sign
            stopping = false;
            return;
        }
        final int used = buffer.usedBytes();
        if (used > (high & THRESHOLD_MASK)) {
            if (!stopping || nowNanos - againAtNanos >= 0) {
                stop(wire, nowNanos);
            }
        } else if (stopping && used <= (registers.peek(fcrtl(0)) & THRESHOLD_MASK)) {
            resume(wire);
        }
    }

    private void stop(Wire wire, long nowNanos) {
        final int quanta = registers.peek(fcttv(0)) & QUANTA_MASK;
        if (send(wire, quanta)) {
            final int refresh = registers.peek(FCRTV) & QUANTA_MASK;
            stopping = true;
            againAtNanos = nowNanos + PauseFrame.nanos(refresh == 0 ? quanta / 2 : refresh);
            sent.add(Kind.PAUSE_OFF);
        }
    }

    private void resume(Wire wire) {
        if ((registers.peek(fcrtl(0)) & THRESHOLD_ENABLE) == 0) {
            stopping = false; // FCRTL.XONE is clear: the other end goes on when its time is over
        } else if (send(wire, 0)) {
            stopping = false;
            sent.add(Kind.PAUSE_ON);
        }
    }

    private boolean send(Wire wire, int quanta) {
        final long source = registers.peek(ral(0)) & 0xFFFF_FFFFL | (registers.peek(rah(0)) & 0xFFFFL) << 32;
        PauseFrame.write(frame, source, quanta);
        return wire.transmit(frame, PauseFrame.FRAME_BYTES);
    }
}
