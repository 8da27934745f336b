// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.vfio;

import io.sluice.shared.posix.SharedMemory;

/** A part of a region as memory of this process; registers on it are for {@code Mmio}. */
public final class VfioMapping implements AutoCloseable {
    private final VfioRegion.Area area;
    private final long address;
    private boolean closed;

    VfioMapping(VfioRegion.Area area, long address) {
        this.area = area;
        this.address = address;
    }

    /** Which part it is. */
    public VfioRegion.Area area() {
        return area;
    }

    /** Where the region's byte {@code offset} lies, or 0 where not all {@code bytes} from there on are in this part. */
    public long address(long offset, int bytes) {
        final long inside = offset - area.offset();
        return inside >= 0 && inside <= area.lengthBytes() - bytes ? address + inside : 0;
    }

    /** Unmaps; no thread may touch it any more. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            SharedMemory.unmap(address, area.lengthBytes());
        }
    }
}
