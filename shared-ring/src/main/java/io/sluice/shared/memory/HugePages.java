// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.memory;

import static io.sluice.shared.memory.Backing.HUGE_PAGE_BYTES;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.NumaPolicy;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.SharedMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of huge pages: memfds, and files without a name in a mounted hugetlbfs. */
final class HugePages {
    private static final int ATTEMPTS = 5;

    private final String name;
    private final Backing backing;

    /** Makes files called {@code name}. */
    HugePages(String name, Backing backing) {
        this.name = name;
        this.backing = backing;
    }

    /**
     * A file with all of its pages reserved, sealed where it can be.
     *
     * @throws PosixException where there are too few pages, with what to do
     */
    int reserve(long lengthBytes) {
        if (lengthBytes % HUGE_PAGE_BYTES != 0) {
            throw new PosixException(
                    what(lengthBytes),
                    Errno.EINVAL,
                    "huge pages have 2 MiB, and the memory must be a multiple of that: more or larger slots (slots=,"
                            + " buffer=) need as much");
        }
        return backing.contiguous() ? contiguous(lengthBytes) : scattered(lengthBytes);
    }

    private int scattered(long lengthBytes) {
        final int descriptor = file();
        final int result = allocate(descriptor, lengthBytes);
        if (result < 0) {
            Descriptors.close(descriptor);
            throw tooFew(lengthBytes, result);
        }
        return descriptor;
    }

    /**
     * The kernel hands out the page first that was given back last. So a row of pages is looked for among those that are
     * free, given back from its end to its beginning, and taken again; what others take meanwhile makes that a new attempt.
     */
    private int contiguous(long lengthBytes) {
        final int pages = Math.toIntExact(lengthBytes / HUGE_PAGE_BYTES);
        int seen = 0;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try (PagePool pool = new PagePool(file(), backing.node())) {
                final boolean found = pool.freeRow(pages);
                seen = pool.pages();
                if (!found) {
                    break;
                }
                final int descriptor = scattered(lengthBytes);
                if (isRow(descriptor, lengthBytes)) {
                    return descriptor;
                }
                Descriptors.close(descriptor);
            } catch (IOException e) {
                throw new PosixException(what(lengthBytes) + " (" + e.getMessage() + ")", Errno.EPERM);
            }
        }
        if (seen < pages) {
            throw tooFew(lengthBytes, -Errno.ENOMEM);
        }
        throw new PosixException(
                what(lengthBytes) + " in one piece, which a card without an IOMMU needs: among free huge pages=" + seen
                        + " no " + pages + " follow each other",
                Errno.ENOMEM,
                "memory is in pieces some time after the start: reserve them with 'hugepages=" + Math.max(64, 4 * pages)
                        + "' on the kernel's command line, or ask for less (slots=, buffer=)");
    }

    private boolean isRow(int descriptor, long lengthBytes) throws IOException {
        final long address = mapped(SharedMemory.map(descriptor, 0, lengthBytes), "mapping huge pages");
        try {
            return isRow(PageMap.physicalAddresses(address, lengthBytes, HUGE_PAGE_BYTES));
        } finally {
            SharedMemory.unmap(address, lengthBytes);
        }
    }

    static boolean isRow(long... addresses) {
        for (int i = 1; i < addresses.length; i++) {
            if (addresses[i] != addresses[0] + i * HUGE_PAGE_BYTES) {
                return false;
            }
        }
        return true;
    }

    static long mapped(long result, String what) {
        if (result < 0 && result > -4096) {
            throw new PosixException(what, (int) result);
        }
        return result;
    }

    private int allocate(int descriptor, long lengthBytes) {
        try (NumaPolicy _ = NumaPolicy.bind(backing.node())) {
            final int result = SharedMemory.allocate(descriptor, lengthBytes);
            // A file of a file system cannot be sealed.
            return result < 0 || backing.folder().isPresent() ? result : SharedMemory.sealSize(descriptor);
        }
    }

    private int file() {
        if (backing.folder().isEmpty()) {
            return PosixException.check(SharedMemory.memfd(name, true), "memfd_create(" + name + ", MFD_HUGETLB)");
        }
        final Path folder = backing.folder().get();
        final Path path =
                folder.resolve("." + name + "-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
        final int descriptor = PosixException.check(
                OpenFile.open(path.toString(), OpenFile.READ_WRITE | OpenFile.CREATE), "open(" + path + ")");
        final long pageBytes;
        try {
            Files.delete(path);
            pageBytes = SharedMemory.pageBytes(descriptor);
        } catch (IOException e) {
            Descriptors.close(descriptor);
            throw new PosixException("unlink(" + path + ") " + e.getMessage(), Errno.EIO);
        }
        if (pageBytes != HUGE_PAGE_BYTES) {
            Descriptors.close(descriptor);
            throw new PosixException(
                    "memory=" + folder + " has pages of " + pageBytes + " bytes, must have 2 MiB",
                    Errno.EINVAL,
                    "'mount -t hugetlbfs -o pagesize=2M none " + folder + "' makes it such a place");
        }
        return descriptor;
    }

    private PosixException tooFew(long lengthBytes, int result) {
        final long pages = lengthBytes / HUGE_PAGE_BYTES;
        return new PosixException(
                what(lengthBytes) + (backing.node() < 0 ? "" : " on node=" + backing.node()),
                result,
                "there are too few of them: reserve some with 'sysctl vm.nr_hugepages=" + Math.max(64, 4 * pages)
                        + "', or on the kernel's command line");
    }

    private String what(long lengthBytes) {
        return "reserving huge pages: name=" + name + " bytes=" + lengthBytes;
    }
}
