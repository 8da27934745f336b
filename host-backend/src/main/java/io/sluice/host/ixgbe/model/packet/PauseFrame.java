// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import io.sluice.shared.memory.Memory;

/** The frame by which one end of a link asks the other to stop for a while (IEEE 802.3, annex 31B). */
final class PauseFrame {
    static final int FRAME_BYTES = 60;

    /** 01:80:C2:00:00:01, its first byte on the wire in bits 7 to 0. */
    static final long DESTINATION = 0x0100_00C2_8001L;

    static final int CONTROL_TYPE = 0x8808;

    private static final int PAUSE = 1;
    /** 512 bit times at 10 Gbit/s are 51.2 ns. */
    private static final long TENTHS_OF_NANO_IN_QUANTUM = 512;

    private PauseFrame() {}

    /** Whether the frame is one; its source does not matter. */
    static boolean is(long frame, int lengthBytes) {
        return lengthBytes >= 18
                && (Memory.longAt(frame) & FrameHeaders.BROADCAST) == DESTINATION
                && Memory.intNetwork(frame + 12) == (CONTROL_TYPE << 16 | PAUSE);
    }

    /** How long it asks for. */
    static long nanos(long frame) {
        return nanos(Memory.unsignedShortNetwork(frame + 16));
    }

    /** How long {@code quanta} last. */
    static long nanos(int quanta) {
        return quanta * TENTHS_OF_NANO_IN_QUANTUM / 10;
    }

    /** Writes one from the station {@code source}, its first byte on the wire in bits 7 to 0. */
    static void write(long frame, long source, int quanta) {
        Memory.zero(frame, FRAME_BYTES);
        Memory.longAt(frame, DESTINATION | source << 48);
        Memory.intAt(frame + 8, (int) (source >>> 16));
        Memory.intNetwork(frame + 12, CONTROL_TYPE << 16 | PAUSE);
        Memory.shortNetwork(frame + 16, (short) quanta);
    }
}
