// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;

/**
 * What a generated packet carries so that its receiver can tell order, loss and damage.
 *
 * <pre>
 *   payload of the packet, network order
 *     0   magic     u32   "SLUI"
 *     4   flow      u32   from 0
 *     8   sequence  u64   of this packet in its flow, from 0
 *     16  fill            the same bytes in every packet, as far as it reaches
 * </pre>
 */
final class StreamMark {
    static final int MAGIC = 0x534C5549;
    static final int FLOW_OFFSET = 4;
    static final int SEQUENCE_OFFSET = 8;
    static final int BYTES = 16;

    /** The most flows of a stream. */
    static final int MAX_FLOWS = 1 << 20;

    /** The longest fill, for the longest frame of the generator. */
    static final int MAX_FILL_BYTES = FrameSizes.MAX_FRAME_BYTES;

    /** The fill's bytes, rounded up so that words can be read to the end. */
    static final long FILL = Arena.global().allocate(MAX_FILL_BYTES + 8, 64).address();

    static {
        long state = MAGIC;
        for (int i = 0; i < MAX_FILL_BYTES + 8; i++) {
            state = state * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
            Memory.byteAt(FILL + i, (byte) (state >>> 56));
        }
    }

    private StreamMark() {}

    /** True where {@code lengthBytes} bytes at {@code address} are the start of the fill. */
    static boolean isFill(long address, int lengthBytes) {
        long difference = 0;
        int at = 0;
        for (; at <= lengthBytes - 16; at += 16) {
            difference |= Memory.longAt(address + at) ^ Memory.longAt(FILL + at);
            difference |= Memory.longAt(address + at + 8) ^ Memory.longAt(FILL + at + 8);
        }
        for (; at < lengthBytes; at++) {
            difference |= Memory.byteAt(address + at) ^ Memory.byteAt(FILL + at);
        }
        return difference == 0;
    }
}
