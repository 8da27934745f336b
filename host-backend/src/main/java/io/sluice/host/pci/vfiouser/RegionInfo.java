// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a server says of a region: its length, and which parts of it may be mapped, for whom the file offset is to be added
 * modulo 2^64.
 */
record RegionInfo(long lengthBytes, long fileOffset, List<Area> areas) {
    /** More parts than any server has a reason for. */
    private static final int MAX_AREAS = 64;

    /** Room for as many parts as are read, with the region's own information. */
    static final int ROOM_BYTES =
            Protocol.REGION_INFO_BYTES + Protocol.SPARSE_MMAP_BYTES + MAX_AREAS * Protocol.SPARSE_AREA_BYTES;

    /** A part of a region that may be mapped. */
    record Area(long offset, long lengthBytes) {}

    /**
     * Reads the data of a reply about region {@code index}.
     *
     * @throws DisconnectedException where it is no such reply, or says what cannot be
     */
    static RegionInfo parse(ByteBuffer data, int index) throws DisconnectedException {
        if (data.limit() < Protocol.REGION_INFO_BYTES || data.getInt(8) != index) {
            throw malformed(index, "bytes=" + data.limit());
        }
        final int flags = data.getInt(4);
        final long lengthBytes = data.getLong(16);
        if (lengthBytes < 0) {
            throw malformed(index, "size=" + Long.toUnsignedString(lengthBytes));
        }
        final List<Area> areas = new ArrayList<>();
        if ((flags & Protocol.REGION_MMAP) != 0 && lengthBytes > 0) {
            if ((flags & Protocol.REGION_CAPABILITIES) == 0) {
                areas.add(new Area(0, lengthBytes));
            } else {
                parseAreas(data, index, areas);
            }
        }
        for (Area area : areas) {
            if (area.offset < 0
                    || area.lengthBytes <= 0
                    || area.lengthBytes > lengthBytes - area.offset
                    || (area.offset | area.lengthBytes) % Protocol.PAGE_BYTES != 0) {
                throw malformed(index, area + " of " + lengthBytes + " bytes");
            }
        }
        return new RegionInfo(lengthBytes, data.getLong(24), List.copyOf(areas));
    }

    /** Walks the list of capabilities; offsets count from the start of the data. */
    private static void parseAreas(ByteBuffer data, int index, List<Area> areas) throws DisconnectedException {
        int at = data.getInt(12);
        // Each lies behind the one before, so that the walk ends.
        int least = Protocol.REGION_INFO_BYTES;
        while (at != 0) {
            if (at < least || at > data.limit() - Long.BYTES) {
                throw malformed(index, "capability at " + Integer.toUnsignedString(at));
            }
            if (data.getShort(at) == Protocol.SPARSE_MMAP) {
                parseSparse(data, index, at, areas);
            }
            least = at + Long.BYTES;
            at = data.getInt(at + 4);
        }
    }

    private static void parseSparse(ByteBuffer data, int index, int at, List<Area> areas) throws DisconnectedException {
        if (at > data.limit() - Protocol.SPARSE_MMAP_BYTES) {
            throw malformed(index, "capability at " + at);
        }
        final int count = data.getInt(at + 8);
        final int first = at + Protocol.SPARSE_MMAP_BYTES;
        if (count < 0
                || areas.size() + count > MAX_AREAS
                || count > (data.limit() - first) / Protocol.SPARSE_AREA_BYTES) {
            throw malformed(index, "areas=" + Integer.toUnsignedString(count));
        }
        for (int i = 0; i < count; i++) {
            final int area = first + i * Protocol.SPARSE_AREA_BYTES;
            areas.add(new Area(data.getLong(area), data.getLong(area + Long.BYTES)));
        }
    }

    private static DisconnectedException malformed(int index, String detail) {
        return new DisconnectedException(Disconnect.MALFORMED, "region " + index + ": " + detail);
    }
}
