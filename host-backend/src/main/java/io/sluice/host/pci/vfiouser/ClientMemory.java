// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import io.sluice.host.pci.DmaMap;
import io.sluice.host.pci.PciFunction;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.PosixException;
import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The memory that a client lets the function use: what came by DMA_MAP and was not taken back by DMA_UNMAP. Methods return
 * 0 or an error number.
 *
 * <p>A range without a descriptor, or one that may not both be read and written, is kept so that it can be taken back and
 * overlaps nothing, but the function gets no memory for it: a virtual machine's ROM and the BARs of its other devices come
 * so, and no driver gives a card such an address.
 */
final class ClientMemory {
    private static final System.Logger LOG = System.getLogger(ClientMemory.class.getName());
    private static final int FLAGS =
            Protocol.DMA_READABLE | Protocol.DMA_WRITABLE | Protocol.DMA_MMAP | Protocol.DMA_FILE_IO;
    private static final int READ_WRITE = Protocol.DMA_READABLE | Protocol.DMA_WRITABLE;

    private final PciFunction function;
    private final DmaMap ranges = new DmaMap(Protocol.MAX_DMA_MAPS);
    private final NavigableMap<Long, Range> rangesByAddress = new TreeMap<>(Long::compareUnsigned);

    /** A range of the client's; {@code memory} is null where it has none. */
    private record Range(long deviceAddress, long lengthBytes, MappedFile memory) {
        long lastAddress() {
            return deviceAddress + lengthBytes - 1;
        }
    }

    /** No memory yet, for {@code function}. */
    ClientMemory(PciFunction function) {
        this.function = function;
    }

    /**
     * Adds a range.
     *
     * @param descriptor of the file that it is a part of, which stays the caller's, or -1
     */
    int map(int flags, long fileOffset, long deviceAddress, long lengthBytes, int descriptor) {
        if ((flags & ~FLAGS) != 0 || (flags & READ_WRITE) == 0) {
            return Errno.EINVAL;
        }
        if (lengthBytes <= 0 || Long.compareUnsigned(deviceAddress + lengthBytes - 1, deviceAddress) < 0) {
            return Errno.EINVAL;
        }
        if (ranges.size() == Protocol.MAX_DMA_MAPS) {
            return Errno.ENOSPC;
        }
        try {
            ranges.add(deviceAddress, 0, lengthBytes);
        } catch (IllegalArgumentException e) {
            LOG.log(System.Logger.Level.DEBUG, () -> function.name() + ": " + e.getMessage());
            return Errno.EEXIST;
        }
        final boolean memory =
                descriptor >= 0 && (flags & READ_WRITE) == READ_WRITE && (flags & Protocol.DMA_FILE_IO) == 0;
        final int result = memory ? hand(fileOffset, deviceAddress, lengthBytes, descriptor) : 0;
        if (result != 0) {
            ranges.remove(deviceAddress, lengthBytes);
        } else if (!memory) {
            rangesByAddress.put(deviceAddress, new Range(deviceAddress, lengthBytes, null));
        }
        return result;
    }

    private int hand(long fileOffset, long deviceAddress, long lengthBytes, int descriptor) {
        final MappedFile memory;
        try {
            memory = MappedFile.map(descriptor, fileOffset, lengthBytes);
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.WARNING, function.name() + " gets no memory for DMA: " + e.getMessage());
            return e.errno();
        }
        try {
            function.mapDma(deviceAddress, memory.address(), lengthBytes);
        } catch (IllegalArgumentException e) {
            memory.close();
            LOG.log(System.Logger.Level.WARNING, function.name() + " gets no memory for DMA: " + e.getMessage());
            return Errno.ENOSPC;
        }
        rangesByAddress.put(deviceAddress, new Range(deviceAddress, lengthBytes, memory));
        return 0;
    }

    /**
     * Removes all ranges within, perhaps none; the function touches them no more then. It does what VFIO's own command does,
     * for a virtual machine with an IOMMU takes back all addresses at once when its guest changes a whole table. A range
     * that would be cut is an error, and nothing is removed.
     */
    int unmap(long deviceAddress, long lengthBytes) {
        final long last = deviceAddress + lengthBytes - 1;
        // Any length up to the last address: what lies above the addresses of interrupts is more than 2^63 bytes.
        if (lengthBytes == 0
                || Long.compareUnsigned(last, deviceAddress) < 0
                || cuts(deviceAddress, deviceAddress - 1)
                || cuts(last + 1, last)) {
            return Errno.EINVAL;
        }
        final Collection<Range> within =
                rangesByAddress.subMap(deviceAddress, true, last, true).values();
        for (Range range : within) {
            ranges.remove(range.deviceAddress, range.lengthBytes);
            takeBack(range);
        }
        within.clear();
        return 0;
    }

    /** Whether one range has both {@code address} and the one before it. */
    private boolean cuts(long address, long before) {
        final Map.Entry<Long, Range> below = rangesByAddress.floorEntry(before);
        return address != 0
                && below != null
                && Long.compareUnsigned(below.getValue().lastAddress(), address) >= 0;
    }

    private void takeBack(Range range) {
        if (range.memory != null) {
            function.unmapDma(range.deviceAddress, range.lengthBytes);
            range.memory.close();
        }
    }

    /** Removes every range. */
    void clear() {
        rangesByAddress.values().forEach(this::takeBack);
        rangesByAddress.clear();
        ranges.clear();
    }
}
