// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci;

import io.sluice.shared.memory.Memory;
import java.util.Arrays;

/**
 * The memory that a function in software may touch: ranges of device addresses, and where each lies in this process.
 *
 * <p>Not safe for threads by itself, on purpose. A function calls every method under the one lock under which it also
 * copies, and keeps no address that {@link #translate} gave once it leaves that lock: when {@link #remove} returns,
 * nobody holds an address into what was removed, and the caller may unmap it.
 *
 * <p>Device addresses are unsigned 64-bit numbers. Ranges that follow each other there may lie anywhere here: an IOMMU makes
 * one buffer of pages from all over a machine. What is not mapped at all is a violation: it is counted, and the first and
 * the last address are kept for whoever has to find out why.
 */
public final class DmaMap {
    /** What QEMU offers as the most that it maps at a time, and more than a guest's memory ever needs. */
    public static final int DEFAULT_CAPACITY = 65_535;

    private final int capacity;
    private int size;

    // Sorted by device address, unsigned; parallel, so that a search touches one array only.
    private long[] starts = new long[8];
    private long[] lengths = new long[8];
    private long[] addresses = new long[8];

    // The range hit last; a length of 0 hits nothing.
    private long hitStart;
    private long hitLength;
    private long hitAddress;

    private long violations;
    private long firstViolation;
    private long lastViolation;

    /** An empty map of at most {@link #DEFAULT_CAPACITY} ranges. */
    public DmaMap() {
        this(DEFAULT_CAPACITY);
    }

    /** An empty map of at most {@code capacity} ranges. */
    public DmaMap(int capacity) {
        this.capacity = capacity;
    }

    /**
     * Adds {@code [deviceAddress, deviceAddress + lengthBytes)}, which lies at {@code address} of this process.
     *
     * @throws IllegalArgumentException where it is empty, ends beyond the last 64-bit address, overlaps another range or
     *     is one too many; nothing is changed then
     */
    public void add(long deviceAddress, long address, long lengthBytes) {
        final long last = deviceAddress + lengthBytes - 1;
        if (lengthBytes <= 0 || Long.compareUnsigned(last, deviceAddress) < 0) {
            throw new IllegalArgumentException("no range of device addresses: " + range(deviceAddress, lengthBytes));
        }
        if (size == capacity) {
            throw new IllegalArgumentException("one DMA range too many: " + range(deviceAddress, lengthBytes)
                    + " limit=" + capacity + "; map fewer, larger pieces");
        }
        final int place = ceiling(deviceAddress);
        if (place < size && Long.compareUnsigned(starts[place], last) <= 0) {
            throw overlap(deviceAddress, lengthBytes, place);
        }
        if (place > 0 && Long.compareUnsigned(starts[place - 1] + lengths[place - 1] - 1, deviceAddress) >= 0) {
            throw overlap(deviceAddress, lengthBytes, place - 1);
        }
        starts = inserted(starts, place, deviceAddress);
        lengths = inserted(lengths, place, lengthBytes);
        addresses = inserted(addresses, place, address);
        size++;
    }

    /**
     * Removes the range that was added by exactly these numbers.
     *
     * @return false where there is none
     */
    public boolean remove(long deviceAddress, long lengthBytes) {
        final int place = ceiling(deviceAddress);
        if (place == size || starts[place] != deviceAddress || lengths[place] != lengthBytes) {
            return false;
        }
        final int behind = size - place - 1;
        System.arraycopy(starts, place + 1, starts, place, behind);
        System.arraycopy(lengths, place + 1, lengths, place, behind);
        System.arraycopy(addresses, place + 1, addresses, place, behind);
        size--;
        hitLength = 0;
        return true;
    }

    /** Removes every range; violations stay counted. */
    public void clear() {
        size = 0;
        hitLength = 0;
    }

    /**
     * Where {@code [deviceAddress, deviceAddress + bytes)} lies in this process; 0 where not all of it is in one range,
     * which is counted.
     *
     * @param bytes at least 1
     */
    public long translate(long deviceAddress, long bytes) {
        final long address = find(deviceAddress, bytes);
        if (address == 0) {
            violate(deviceAddress);
        }
        return address;
    }

    /** As {@link #translate}; nothing is counted, for it may lie in several ranges: {@link #reaches} knows. */
    public long find(long deviceAddress, long bytes) {
        final long inside = deviceAddress - hitStart;
        if (inside >= 0 && bytes > 0 && bytes <= hitLength - inside) {
            return hitAddress + inside;
        }
        return search(deviceAddress, bytes);
    }

    private long search(long deviceAddress, long bytes) {
        final int place = place(deviceAddress);
        if (place >= 0) {
            final long inside = deviceAddress - starts[place];
            if (bytes > 0 && bytes <= lengths[place] - inside) {
                hitStart = starts[place];
                hitLength = lengths[place];
                hitAddress = addresses[place];
                return hitAddress + inside;
            }
        }
        return 0;
    }

    /** The range that has {@code deviceAddress}; -1 for none. */
    private int place(long deviceAddress) {
        final int above = ceiling(deviceAddress);
        final int place = above < size && starts[above] == deviceAddress ? above : above - 1;
        return place >= 0 && Long.compareUnsigned(deviceAddress - starts[place], lengths[place]) < 0 ? place : -1;
    }

    private void violate(long deviceAddress) {
        if (violations++ == 0) {
            firstViolation = deviceAddress;
        }
        lastViolation = deviceAddress;
    }

    /**
     * Whether {@code [deviceAddress, deviceAddress + bytes)} is mapped, in however many ranges; counted where it is not.
     *
     * @param alignment a power of two: pieces in which it lies also begin at multiples of it, here as there, so that nothing
     *     of that size is cut
     */
    public boolean reaches(long deviceAddress, long bytes, int alignment) {
        final boolean all = bytes > 0 && walk(deviceAddress, bytes, alignment, Walk.LOOK, 0);
        if (!all) {
            violate(deviceAddress);
        }
        return all;
    }

    /** Copies what is at {@code deviceAddress} to {@code target}; false where not all of it is mapped, which is counted. */
    public boolean copyFrom(long deviceAddress, long target, long bytes) {
        final long address = find(deviceAddress, bytes);
        if (address != 0) {
            Memory.copy(address, target, bytes);
            return true;
        }
        return reaches(deviceAddress, bytes, 1) && walk(deviceAddress, bytes, 1, Walk.READ, target);
    }

    /** Copies what is at {@code source} to {@code deviceAddress}; false where not all of it is mapped, which is counted. */
    public boolean copyTo(long deviceAddress, long source, long bytes) {
        final long address = find(deviceAddress, bytes);
        if (address != 0) {
            Memory.copy(source, address, bytes);
            return true;
        }
        return reaches(deviceAddress, bytes, 1) && walk(deviceAddress, bytes, 1, Walk.WRITE, source);
    }

    private enum Walk {
        LOOK,
        READ,
        WRITE
    }

    /** Goes through the pieces in which it lies; false at the first hole, or where a piece is not aligned. */
    private boolean walk(long deviceAddress, long bytes, int alignment, Walk does, long other) {
        int place = place(deviceAddress);
        long done = 0;
        while (place >= 0 && place < size && starts[place] - deviceAddress <= done) {
            final long inside = deviceAddress + done - starts[place];
            final long piece = Math.min(bytes - done, lengths[place] - inside);
            final long address = addresses[place] + inside;
            if (((address | deviceAddress + done) & alignment - 1) != 0) {
                return false;
            }
            switch (does) {
                case READ -> Memory.copy(address, other + done, piece);
                case WRITE -> Memory.copy(other + done, address, piece);
                case LOOK -> {
                    // is there
                }
            }
            done += piece;
            if (done == bytes) {
                return true;
            }
            place++;
        }
        return false;
    }

    /** How many ranges there are. */
    public int size() {
        return size;
    }

    /** How often {@link #translate} was asked for what is not mapped. */
    public long violations() {
        return violations;
    }

    /** The device address of the first violation; 0 where there was none. */
    public long firstViolation() {
        return firstViolation;
    }

    /** The device address of the last violation; 0 where there was none. */
    public long lastViolation() {
        return lastViolation;
    }

    /** The first place whose range starts at or above {@code deviceAddress}. */
    private int ceiling(long deviceAddress) {
        int low = 0;
        int high = size;
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(starts[middle], deviceAddress) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private long[] inserted(long[] array, int place, long value) {
        final long[] target = size < array.length ? array : Arrays.copyOf(array, 2 * array.length);
        System.arraycopy(target, place, target, place + 1, size - place);
        target[place] = value;
        return target;
    }

    private IllegalArgumentException overlap(long deviceAddress, long lengthBytes, int place) {
        return new IllegalArgumentException("DMA range overlaps one that is mapped: "
                + range(deviceAddress, lengthBytes) + " mapped " + range(starts[place], lengths[place])
                + "; unmap that first");
    }

    private static String range(long deviceAddress, long lengthBytes) {
        return "address=0x" + Long.toHexString(deviceAddress) + " bytes=" + lengthBytes;
    }
}
