// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.memory.Memory;

/**
 * The Internet checksum (RFC 1071). A partial sum is a {@code long} of 16-bit words in network order, added up without
 * folding, so that numbers from a header can simply be added to it.
 */
public final class InternetChecksum {
    private InternetChecksum() {}

    /** The sum of the 16-bit words at {@code address}, an odd last byte counting as a word's upper half; below 2^16. */
    public static int sum(long address, int lengthBytes) {
        // One's complement addition does not mind the byte order, as long as the result is turned once.
        long sum = 0;
        int at = 0;
        for (; at <= lengthBytes - 32; at += 32) {
            final long a = Memory.longAt(address + at);
            final long b = Memory.longAt(address + at + 8);
            final long c = Memory.longAt(address + at + 16);
            final long d = Memory.longAt(address + at + 24);
            sum += halves(a) + halves(b) + (halves(c) + halves(d));
        }
        for (; at <= lengthBytes - 8; at += 8) {
            sum += halves(Memory.longAt(address + at));
        }
        for (; at <= lengthBytes - 2; at += 2) {
            sum += Memory.shortAt(address + at) & 0xFFFF;
        }
        if (at < lengthBytes) {
            sum += Memory.unsignedByteAt(address + at);
        }
        return Short.toUnsignedInt(Short.reverseBytes((short) fold(sum)));
    }

    private static long halves(long word) {
        return (word & 0xFFFF_FFFFL) + (word >>> 32);
    }

    /** The two 16-bit words of a 32-bit number. */
    public static int words(int value) {
        return (value >>> 16) + (value & 0xFFFF);
    }

    /** The four 16-bit words of a 64-bit number. */
    public static int words(long value) {
        return words((int) (value >>> 32)) + words((int) value);
    }

    /** What goes into the header for a partial sum, in network order. */
    public static short finish(long sum) {
        return (short) ~fold(sum);
    }

    /** As {@link #finish}, for UDP, where zero would mean that there is no checksum (RFC 768). */
    public static short finishNotZero(long sum) {
        final short checksum = finish(sum);
        return checksum == 0 ? (short) 0xFFFF : checksum;
    }

    /** A sum's carries added back in; 0xFFFF for the sum over data together with its right checksum. */
    public static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xFFFF) + (folded >>> 16);
        }
        return (int) folded;
    }
}
