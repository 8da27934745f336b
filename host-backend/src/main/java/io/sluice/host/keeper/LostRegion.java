// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import static io.sluice.shared.ring.RegionDescriptor.*;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.SharedMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A region that no backend serves any more. A guest in a virtual machine has no connection that could end: it learns of
 * the end only from the region's state.
 */
public final class LostRegion {
    private LostRegion() {}

    /**
     * Marks the region behind {@code descriptor} as retired without anybody's fault; the descriptor stays the caller's.
     *
     * @return false where it cannot be mapped or is no region
     */
    public static boolean retire(int descriptor) {
        final long lengthBytes = length(descriptor);
        if (lengthBytes < HEADER_BYTES) {
            return false;
        }
        // All of it, for a part of a huge page cannot be mapped.
        final long address = SharedMemory.map(descriptor, 0, lengthBytes);
        if (address < 0 && address > -4096) {
            return false;
        }
        final boolean region = Memory.longAcquire(address + MAGIC_OFFSET) == MAGIC;
        if (region && Memory.intAcquire(address + STATE_OFFSET) == STATE_LIVE) {
            Memory.intRelease(address + STATE_OFFSET, STATE_RETIRED);
        }
        SharedMemory.unmap(address, lengthBytes);
        return region;
    }

    private static long length(int descriptor) {
        try {
            return Files.size(Path.of("/proc/self/fd/" + descriptor));
        } catch (IOException e) {
            return -1;
        }
    }
}
