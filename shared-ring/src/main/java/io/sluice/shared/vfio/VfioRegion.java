// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.vfio;

import io.sluice.shared.posix.Vfio;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * A part of a device: a BAR, or its configuration space.
 *
 * @param lengthBytes 0 where there is no such region
 * @param fileOffset where it begins in the device's file
 * @param flags as of linux/vfio.h: readable 1, writable 2, mappable 4
 * @param areas what of it can be mapped, by offset, in whole pages
 */
public record VfioRegion(int index, long lengthBytes, long fileOffset, int flags, List<Area> areas) {
    private static final int PAGE_BYTES = 4096;
    private static final int SPARSE_BYTES = 16;

    /** Bytes of a region from {@code offset} on. */
    public record Area(long offset, long lengthBytes) {
        /** What is left of it without the pages on which {@code [from, from + bytes)} lies. */
        List<Area> without(long from, long bytes) {
            final long first = Math.max(offset, from & -PAGE_BYTES);
            final long behind = Math.min(offset + lengthBytes, from + bytes + PAGE_BYTES - 1 & -PAGE_BYTES);
            if (first >= behind) {
                return List.of(this);
            }
            final List<Area> left = new ArrayList<>();
            if (first > offset) {
                left.add(new Area(offset, first - offset));
            }
            if (behind < offset + lengthBytes) {
                left.add(new Area(behind, offset + lengthBytes - behind));
            }
            return left;
        }
    }

    public VfioRegion {
        areas = List.copyOf(areas);
    }

    /** What {@code info} says about region {@code index}; areas that cannot be are left out. */
    static VfioRegion parse(InfoBuffer info, int index) {
        final long lengthBytes = info.bytes().getLong(16);
        final List<Area> areas = new ArrayList<>();
        if ((info.flags() & Vfio.REGION_MMAP) != 0) {
            final int list = (info.flags() & Vfio.REGION_CAPABILITIES) == 0
                    ? 0
                    : info.bytes().getInt(12);
            final OptionalInt sparse = info.capability(Vfio.REGION_SPARSE_MMAP, list, SPARSE_BYTES);
            if (sparse.isEmpty()) {
                areas.add(new Area(0, lengthBytes & -PAGE_BYTES));
            } else {
                final int at = sparse.getAsInt();
                final long[] pairs = info.pairs(at + SPARSE_BYTES, info.bytes().getInt(at + 8));
                for (int i = 0; i < pairs.length; i += 2) {
                    areas.add(new Area(pairs[i], pairs[i + 1]));
                }
            }
        }
        areas.removeIf(area -> area.offset < 0
                || area.lengthBytes <= 0
                || area.lengthBytes > lengthBytes - area.offset
                || (area.offset | area.lengthBytes) % PAGE_BYTES != 0);
        return new VfioRegion(index, lengthBytes, info.bytes().getLong(24), info.flags(), areas);
    }

    /** What of it can be mapped, without the pages on which {@code [from, from + bytes)} lies. */
    public List<Area> areasWithout(long from, long bytes) {
        return areas.stream()
                .flatMap(area -> area.without(from, bytes).stream())
                .toList();
    }
}
