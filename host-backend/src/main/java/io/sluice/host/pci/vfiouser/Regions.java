// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import io.sluice.host.pci.PciFunction;
import io.sluice.host.pci.PciFunction.MappedPages;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Configuration space and BARs of a function as the regions of vfio-user.
 *
 * <p>An access is passed on as it is where it is aligned and of 1, 2, 4 or 8 bytes (4 in configuration space), and in the
 * largest aligned pieces of up to 4 bytes elsewhere, in rising order.
 */
final class Regions {
    private final PciFunction function;

    /** The regions of {@code function}. */
    Regions(PciFunction function) {
        this.function = function;
    }

    /** How long region {@code index} is; 0 where there is none. */
    long bytes(int index) {
        if (index == Protocol.CONFIG_REGION) {
            return Protocol.CONFIG_BYTES;
        }
        return index >= 0 && index < Protocol.BARS ? function.barBytes(index) : 0;
    }

    /** Whether all of the access lies in a region. */
    boolean contains(int index, long offset, long count) {
        return offset >= 0 && count > 0 && count <= bytes(index) - offset;
    }

    /** Reads {@code count} bytes into {@code target}, at its position. */
    void read(int index, long offset, int count, ByteBuffer target) {
        for (int at = 0; at < count; ) {
            final int piece = piece(index, offset + at, count - at, count);
            final long value = index == Protocol.CONFIG_REGION
                    ? function.readConfig((int) offset + at, piece)
                    : function.read(index, offset + at, piece);
            put(target, piece, value);
            at += piece;
        }
    }

    /** Writes {@code count} bytes from {@code source}, at its position. */
    void write(int index, long offset, int count, ByteBuffer source) {
        for (int at = 0; at < count; ) {
            final int piece = piece(index, offset + at, count - at, count);
            final long value = take(source, piece);
            if (index == Protocol.CONFIG_REGION) {
                function.writeConfig((int) offset + at, piece, (int) value);
            } else {
                function.write(index, offset + at, piece, value);
            }
            at += piece;
        }
    }

    private static int piece(int index, long offset, int left, int count) {
        final int most = count == Long.BYTES && index != Protocol.CONFIG_REGION ? Long.BYTES : Integer.BYTES;
        final int aligned = (int) Math.min(most, offset == 0 ? most : Long.lowestOneBit(offset));
        return Math.min(aligned, Integer.highestOneBit(left));
    }

    private static void put(ByteBuffer target, int bytes, long value) {
        switch (bytes) {
            case 1 -> target.put((byte) value);
            case 2 -> target.putShort((short) value);
            case 4 -> target.putInt((int) value);
            default -> target.putLong(value);
        }
    }

    private static long take(ByteBuffer source, int bytes) {
        return switch (bytes) {
            case 1 -> source.get() & 0xFFL;
            case 2 -> source.getShort() & 0xFFFFL;
            case 4 -> source.getInt() & 0xFFFF_FFFFL;
            default -> source.getLong();
        };
    }

    /** The pages of region {@code index} that a client may map, all by the first one's descriptor; none in huge pages. */
    List<MappedPages> mappedPages(int index) {
        final List<MappedPages> ofBar = function.mappedPages().stream()
                .filter(pages -> pages.bar() == index && !pages.memory().hugePages())
                .toList();
        return ofBar.stream()
                .filter(pages -> pages.memory() == ofBar.getFirst().memory()
                        && fileOffset(pages) == fileOffset(ofBar.getFirst()))
                .toList();
    }

    /** What is added to an offset in a BAR for the place in its descriptor's file, modulo 2^64. */
    static long fileOffset(MappedPages pages) {
        return pages.memoryOffset() - pages.offset();
    }
}
