// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.vfio;

import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.Vfio;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;

/**
 * What the kernel says in a structure that may have capabilities behind it (struct vfio_info_cap_header): each begins with
 * its id, a version and the place of the next one, counted from the structure's start; 0 ends the list.
 *
 * <pre>
 *   0 argsz u32, what it needs   4 flags u32   ...      capability: 0 id u16   2 version u16   4 next u32   8 content
 * </pre>
 */
record InfoBuffer(ByteBuffer bytes) {
    private static final int CAPABILITY_BYTES = 8;
    /** More than any device has to say. */
    private static final int MAX_BYTES = 1 << 16;

    /** A zeroed structure of {@code lengthBytes}. */
    static ByteBuffer structure(int lengthBytes) {
        return ByteBuffer.allocateDirect(lengthBytes).order(ByteOrder.nativeOrder());
    }

    /**
     * Asks {@code descriptor}, again with room enough where there is more to say than fits.
     *
     * @param structure as the request wants it; its length is the least one
     * @throws PosixException where the kernel refuses
     */
    static InfoBuffer ask(int descriptor, long request, ByteBuffer structure, String what) {
        PosixException.check(Vfio.ask(descriptor, request, structure), what);
        final int needed = structure.getInt(0);
        if (needed <= structure.capacity() || needed > MAX_BYTES) {
            return new InfoBuffer(structure);
        }
        final ByteBuffer larger = structure(needed);
        larger.put(0, structure, 0, structure.capacity());
        PosixException.check(Vfio.ask(descriptor, request, larger), what);
        return new InfoBuffer(larger);
    }

    int flags() {
        return bytes.getInt(4);
    }

    /** Where the first capability {@code id} of at least {@code leastBytes} is, in the list that begins at {@code at}. */
    OptionalInt capability(int id, int at, int leastBytes) {
        int place = at;
        // Each lies behind the one before, so that the walk ends.
        int least = CAPABILITY_BYTES;
        while (place >= least && place <= bytes.capacity() - CAPABILITY_BYTES) {
            if (bytes.getShort(place) == id && place <= bytes.capacity() - leastBytes) {
                return OptionalInt.of(place);
            }
            least = place + CAPABILITY_BYTES;
            place = bytes.getInt(place + 4);
        }
        return OptionalInt.empty();
    }

    /** The pairs of an array at {@code at}, as many of {@code count} as there are bytes for. */
    long[] pairs(int at, int count) {
        final long[] pairs = new long[2 * Math.clamp(count, 0, (bytes.capacity() - at) / 16)];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = bytes.getLong(at + Long.BYTES * i);
        }
        return pairs;
    }
}
