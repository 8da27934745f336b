// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.INT;
import static io.sluice.shared.posix.Native.LONG;
import static io.sluice.shared.posix.Native.POINTER;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;

/**
 * Pages that are not freed and not moved for as long as a descriptor is open: vmsplice(2) has put a reference to each of
 * them into a pipe that nobody reads.
 *
 * <p>A device that reaches memory without an IOMMU knows physical addresses. A mapping does not hold those: it ends with
 * its process before that closes its descriptors, and any holder of a file may punch a hole into it (fallocate(2)). The
 * kernel gives no other reference to user space that survives both and that another process can hold.
 */
public final class PinnedPages implements AutoCloseable {
    private static final MethodHandle VMSPLICE = Native.function("vmsplice", LONG, INT, POINTER, LONG, INT);
    private static final int SPLICE_F_NONBLOCK = 2;
    private static final int F_SETPIPE_SZ = 1031;

    /** One buffer of a pipe refers to one page of this size, or to that part of a larger one. */
    private static final int BUFFER_BYTES = 4096;

    /** struct iovec: 0 address u64, 8 length u64. */
    private static final int VECTOR_BYTES = 16;

    private final int descriptor;

    private PinnedPages(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Pins all pages from {@code address} on.
     *
     * @param pageBytes how large they are
     * @throws PosixException where the system refuses it, with what to do
     */
    public static PinnedPages of(long address, long lengthBytes, long pageBytes) {
        final int pages = Math.toIntExact(lengthBytes / pageBytes);
        final int[] ends = new int[2];
        PosixException.check(Descriptors.pipe(ends), "pipe2");
        try {
            final int sized = Descriptors.fcntl(ends[1], F_SETPIPE_SZ, pages * BUFFER_BYTES);
            if (sized < 0) {
                throw new PosixException(
                        "a pipe that holds pages=" + pages,
                        sized,
                        "'sysctl fs.pipe-max-size=" + Integer.highestOneBit(pages) * 2 * BUFFER_BYTES + "' allows it");
            }
            for (int page = 0; page < pages; page++) {
                final long result = splice(ends[1], address + page * pageBytes);
                if (result != BUFFER_BYTES) {
                    throw new PosixException("vmsplice of page=" + page + " of " + pages, (int) result);
                }
            }
        } catch (RuntimeException e) {
            Descriptors.close(ends[0]);
            throw e;
        } finally {
            Descriptors.close(ends[1]);
        }
        return new PinnedPages(ends[0]);
    }

    private static long splice(int pipe, long address) {
        try (Arena arena = Arena.ofConfined()) {
            final long vector = arena.allocate(VECTOR_BYTES, 8).address();
            Memory.longAt(vector, address);
            Memory.longAt(vector + 8, BUFFER_BYTES);
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno((long) VMSPLICE.invokeExact(errno, pipe, vector, 1L, SPLICE_F_NONBLOCK), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** What holds the pages, to be passed to whoever shall hold them as well; it stays this object's. */
    public int descriptor() {
        return descriptor;
    }

    /** Holds them no more. To be called once. */
    @Override
    public void close() {
        Descriptors.close(descriptor);
    }
}
