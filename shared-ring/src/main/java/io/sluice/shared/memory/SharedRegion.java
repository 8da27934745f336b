// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.memory;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.NumaPolicy;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.SharedMemory;

/**
 * Memory that processes and virtual machines share: a sealed memfd, in huge pages where the system has enough of them.
 *
 * <p>All of it is reserved when it is made, so that a system without enough memory is an error message here and not a
 * SIGBUS at some packet; its size is sealed, so that no holder of the descriptor can shrink it under the others.
 */
public final class SharedRegion implements AutoCloseable {
    private final int descriptor;
    private final long address;
    private final long lengthBytes;
    private final boolean hugePages;
    private final String note;
    private boolean closed;

    private SharedRegion(int descriptor, long address, long lengthBytes, boolean hugePages, String note) {
        this.descriptor = descriptor;
        this.address = address;
        this.lengthBytes = lengthBytes;
        this.hugePages = hugePages;
        this.note = note;
    }

    /**
     * Makes a zeroed region.
     *
     * @param name shown in /proc/PID/maps
     * @param lengthBytes a multiple of the page size
     * @throws PosixException where there is not enough memory
     */
    public static SharedRegion create(String name, long lengthBytes) {
        return create(name, lengthBytes, Backing.USUAL);
    }

    /**
     * As the other, made of what {@code backing} says.
     *
     * @throws PosixException where there is not enough of it, or the length is no multiple of its pages, with what to do
     */
    public static SharedRegion create(String name, long lengthBytes, Backing backing) {
        if (backing.contiguous() || backing.folder().isPresent()) {
            return map(new HugePages(name, backing).reserve(lengthBytes), lengthBytes, true, "");
        }
        String note = "huge pages not used: the region is no multiple of 2 MiB";
        if (lengthBytes % Backing.HUGE_PAGE_BYTES == 0) {
            try {
                return map(new HugePages(name, backing).reserve(lengthBytes), lengthBytes, true, "");
            } catch (PosixException e) {
                note = "huge pages not used (" + Errno.describe(e.errno()) + "): reserve some with 'sysctl"
                        + " vm.nr_hugepages=" + lengthBytes / Backing.HUGE_PAGE_BYTES
                        + "' or more for fewer TLB misses";
            }
        }
        try (NumaPolicy _ = NumaPolicy.bind(backing.node())) {
            return ordinary(name, lengthBytes, note);
        }
    }

    private static SharedRegion ordinary(String name, long lengthBytes, String note) {
        if (lengthBytes > AvailableMemory.bytes()) {
            throw notEnough(name, lengthBytes, -Errno.ENOMEM);
        }
        final int descriptor = PosixException.check(SharedMemory.memfd(name, false), "memfd_create(" + name + ")");
        int result = SharedMemory.allocate(descriptor, lengthBytes);
        if (result >= 0) {
            result = SharedMemory.sealSize(descriptor);
        }
        if (result < 0) {
            Descriptors.close(descriptor);
            throw notEnough(name, lengthBytes, result);
        }
        return map(descriptor, lengthBytes, false, note);
    }

    /**
     * Maps the region behind {@code descriptor}, received from its maker; the descriptor then belongs to this object.
     */
    public static SharedRegion attach(int descriptor, long lengthBytes) {
        return map(descriptor, lengthBytes, SharedMemory.pageBytes(descriptor) == Backing.HUGE_PAGE_BYTES, "");
    }

    private static PosixException notEnough(String name, long lengthBytes, int result) {
        return new PosixException(
                "reserving shared memory: name=" + name + " bytes=" + lengthBytes + " available="
                        + AvailableMemory.bytes(),
                result,
                "fewer or smaller slots (slots=, buffer=) need less; 'free -m' and the cgroup's memory.max"
                        + " tell what there is");
    }

    private static SharedRegion map(int descriptor, long lengthBytes, boolean hugePages, String note) {
        final long address = SharedMemory.map(descriptor, 0, lengthBytes);
        if (address < 0 && address > -4096) {
            Descriptors.close(descriptor);
            throw new PosixException("mapping shared memory: bytes=" + lengthBytes, (int) address);
        }
        return new SharedRegion(descriptor, address, lengthBytes, hugePages, note);
    }

    public int descriptor() {
        return descriptor;
    }

    /** Where the region begins in this process. */
    public long address() {
        return address;
    }

    public long lengthBytes() {
        return lengthBytes;
    }

    public boolean hugePages() {
        return hugePages;
    }

    /** Why huge pages are not used and what would change that, or an empty text. */
    public String note() {
        return note;
    }

    /** Unmaps; no thread may touch the region any more. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            SharedMemory.unmap(address, lengthBytes);
            Descriptors.close(descriptor);
        }
    }
}
