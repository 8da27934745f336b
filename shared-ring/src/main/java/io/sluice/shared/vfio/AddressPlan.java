// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.vfio;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which addresses devices of one space know, and which are left: what the IOMMU can translate, without holes such as that
 * where interrupts are written to, in ranges of a first and a last address. Addresses are unsigned.
 *
 * <p>What it chooses is away from zero and from what a 32-bit device could mean: from 4 GiB on, with gaps between one
 * mapping and the next; below that only where the IOMMU has nothing above.
 */
final class AddressPlan {
    private static final long FIRST = 1L << 32;
    private static final long LEAST = 2L << 20;
    /** A huge page, so that IOMMUs translate those as one. */
    private static final long ALIGNMENT = 2L << 20;

    private long[] ranges = {0, -1};
    /** First addresses of what is mapped, and how long it is; as signed numbers, for no IOMMU has addresses beyond. */
    private final TreeMap<Long, Long> taken = new TreeMap<>();

    /** Only {@code pairs} of first and last addresses can be translated from now on. */
    void allow(long... pairs) {
        ranges = pairs.clone();
    }

    /** Where {@code lengthBytes} fit, or -1. */
    long choose(long lengthBytes) {
        final long high = choose(FIRST, lengthBytes);
        return high >= 0 ? high : choose(LEAST, lengthBytes);
    }

    private long choose(long from, long lengthBytes) {
        for (int i = 0; i < ranges.length; i += 2) {
            final long last = ranges[i + 1] < 0 ? Long.MAX_VALUE : ranges[i + 1];
            long address = aligned(Math.max(from, ranges[i]));
            while (ranges[i] >= 0 && address > 0 && address <= last && lengthBytes - 1 <= last - address) {
                final Map.Entry<Long, Long> before = taken.lowerEntry(address + lengthBytes + ALIGNMENT);
                if (before == null || before.getKey() + before.getValue() + ALIGNMENT <= address) {
                    return address;
                }
                address = aligned(before.getKey() + before.getValue() + ALIGNMENT);
            }
        }
        return -1;
    }

    private static long aligned(long address) {
        return address + ALIGNMENT - 1 & -ALIGNMENT;
    }

    /** Whether {@code [address, address + lengthBytes)} can be translated at all. */
    boolean allows(long address, long lengthBytes) {
        for (int i = 0; i < ranges.length; i += 2) {
            if (Long.compareUnsigned(ranges[i], address) <= 0
                    && Long.compareUnsigned(address + lengthBytes - 1, ranges[i + 1]) <= 0
                    && Long.compareUnsigned(address, address + lengthBytes - 1) <= 0) {
                return true;
            }
        }
        return false;
    }

    void take(long address, long lengthBytes) {
        taken.put(address, lengthBytes);
    }

    /** False where exactly that is not mapped. */
    boolean give(long address, long lengthBytes) {
        return taken.remove(address, lengthBytes);
    }

    /** The ranges, for a person. */
    String words() {
        final StringBuilder words = new StringBuilder();
        for (int i = 0; i < ranges.length; i += 2) {
            words.append(i == 0 ? "" : " ").append("0x%x-0x%x".formatted(ranges[i], ranges[i + 1]));
        }
        return words.toString();
    }
}
