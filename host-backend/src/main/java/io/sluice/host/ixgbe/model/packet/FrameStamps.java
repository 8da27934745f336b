// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.register.TimeRegisters.*;

import io.sluice.host.ixgbe.model.RegisterFile;
import io.sluice.shared.memory.Memory;
import java.util.function.LongSupplier;

/**
 * Time stamps of frames (7.9): one of a received frame of the kind that TSYNCRXCTL asks for, one of a frame that was sent
 * with a wish for it. Each is kept until its upper half is read.
 */
final class FrameStamps {
    private static final int ETQF_1588 = 1 << 30;
    private static final int KIND_SHIFT = 1;
    private static final int KIND_MASK = 7;
    private static final int KIND_L2_V2 = 0;
    private static final int KIND_L4_V1 = 1;
    private static final int KIND_L2_L4_V2 = 2;
    private static final int KIND_ALL = 4;
    private static final int KIND_EVENT_V2 = 5;
    private static final int HEADER_BYTES = 34;

    private final RegisterFile registers;
    private final SystemTime time;

    FrameStamps(RegisterFile registers, LongSupplier nanoClock) {
        this.registers = registers;
        this.time = new SystemTime(registers, nanoClock);
        freeOnRead(RXSTMPH, TSYNCRXCTL, TSYNCRXCTL_VALID);
        freeOnRead(TXSTMPH, TSYNCTXCTL, TSYNCTXCTL_VALID);
    }

    private void freeOnRead(int stamp, int control, int valid) {
        registers.onRead(stamp, (offset, held) -> {
            registers.poke(control, registers.peek(control) & ~valid);
            return held;
        });
    }

    void reset() {
        time.reset();
    }

    /** A frame has been received: the status bit where it is stamped, or 0. {@code filter} is its ETQF, or 0. */
    int received(FrameHeaders frame, int filter) {
        final int control = registers.peek(TSYNCRXCTL);
        if ((control & TSYNCRXCTL_ENABLE) == 0) {
            return 0;
        }
        final int kind = control >>> KIND_SHIFT & KIND_MASK;
        final int message = message(frame, filter, kind);
        if (message == 0 && kind != KIND_ALL) {
            return 0;
        }
        if ((control & TSYNCRXCTL_VALID) == 0) {
            final long now = time.now();
            registers.poke(RXSTMPL, (int) now);
            registers.poke(RXSTMPH, (int) (now >>> 32));
            keepSource(frame.address + message, message != 0 && kind != KIND_L4_V1);
            registers.poke(TSYNCRXCTL, control | TSYNCRXCTL_VALID);
            return DescriptorBits.STATUS_STAMPED;
        }
        return 0;
    }

    private void keepSource(long message, boolean known) {
        // Port identity from byte 22 of the header on, sequence number in bytes 30 and 31 (IEEE 1588-2008, 13.3).
        registers.poke(RXSATRL, known ? Memory.intNetwork(message + 24) : 0);
        final int upper = known ? Memory.unsignedShortNetwork(message + 22) : 0;
        final int sequence = known ? Memory.unsignedShortNetwork(message + 30) : 0;
        registers.poke(RXSATRH, sequence << 16 | upper);
    }

    /** Where the frame's 1588 message of {@code kind} begins, or 0. */
    private int message(FrameHeaders frame, int filter, int kind) {
        final int wanted = registers.peek(RXMTRL);
        final boolean link = kind != KIND_L4_V1 && (filter & ETQF_1588) != 0;
        final boolean datagram = kind != KIND_L2_V2
                && (frame.packetType & FrameHeaders.TYPE_UDP) != 0
                && Memory.unsignedShortNetwork(frame.address + frame.transport + 2) == wanted >>> 16;
        final int at = link ? frame.network : datagram ? frame.transport + 8 : 0;
        if (at == 0 || at + HEADER_BYTES > frame.lengthBytes) {
            return 0;
        }
        final int first = Memory.unsignedByteAt(frame.address + at);
        final boolean matches = switch (kind) {
            case KIND_L4_V1 -> Memory.unsignedByteAt(frame.address + at + 32) == (wanted & 0xFF);
            case KIND_L2_V2, KIND_L2_L4_V2 -> (first & 0xF) == (wanted >>> 8 & 0xF);
            case KIND_EVENT_V2 -> (first & 8) == 0;
            default -> false;
        };
        return matches ? at : 0;
    }

    /** A frame has been sent whose descriptor asks for its time. */
    void sent() {
        final int control = registers.peek(TSYNCTXCTL);
        if ((control & TSYNCTXCTL_ENABLE) != 0 && (control & TSYNCTXCTL_VALID) == 0) {
            final long now = time.now();
            registers.poke(TXSTMPL, (int) now);
            registers.poke(TXSTMPH, (int) (now >>> 32));
            registers.poke(TSYNCTXCTL, control | TSYNCTXCTL_VALID);
        }
    }
}
