// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.INT;
import static io.sluice.shared.posix.Native.LONG;
import static io.sluice.shared.posix.Native.POINTER;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;

/** Anonymous shared files and mappings: memfd_create(2), fallocate(2), mmap(2), fstatfs(2). */
public final class SharedMemory {
    private static final MethodHandle MEMFD_CREATE = Native.function("memfd_create", INT, POINTER, INT);
    private static final MethodHandle FALLOCATE = Native.function("fallocate", INT, INT, INT, LONG, LONG);
    private static final MethodHandle FTRUNCATE = Native.function("ftruncate", INT, INT, LONG);
    private static final MethodHandle MMAP = Native.function("mmap", LONG, POINTER, LONG, INT, INT, INT, LONG);
    private static final MethodHandle MUNMAP = Native.function("munmap", INT, POINTER, LONG);

    private static final MethodHandle FSTATFS = Native.function("fstatfs", INT, INT, POINTER);

    /** struct statfs, 120 bytes: 0 type i64, 8 block size i64. */
    private static final int STATFS_BYTES = 120;

    private static final long HUGETLBFS_MAGIC = 0x958458F6L;
    private static final long PAGE_BYTES = 4096;

    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int MFD_HUGETLB = 4;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_SEAL_SEAL = 1;
    private static final int F_SEAL_SHRINK = 2;
    private static final int F_SEAL_GROW = 4;
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_PUNCH_HOLE = 2;
    private static final int PROT_READ_WRITE = 3;
    private static final int PROT_READ = 1;
    private static final int MAP_SHARED = 1;
    private static final int MAP_POPULATE = 0x8000;

    private SharedMemory() {}

    /** memfd_create(2) with MFD_CLOEXEC and MFD_ALLOW_SEALING: a descriptor or {@code -errno}. */
    public static int memfd(String name, boolean hugePages) {
        try (Arena arena = Arena.ofConfined()) {
            final var errno = Native.errnoBuffer();
            final int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING | (hugePages ? MFD_HUGETLB : 0);
            final long address = arena.allocateFrom(name).address();
            return Native.resultOrErrno((int) MEMFD_CREATE.invokeExact(errno, address, flags), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /**
     * fallocate(2) of the first {@code lengthBytes}: 0 or {@code -errno}. Memory that this call has not reserved would
     * be a SIGBUS at first touch; here its absence is ENOSPC or ENOMEM.
     */
    public static int allocate(int descriptor, long lengthBytes) {
        return allocate(descriptor, 0, 0, lengthBytes);
    }

    /** As the other, of {@code lengthBytes} from {@code offset} on. */
    public static int allocate(int descriptor, long offset, long lengthBytes) {
        return allocate(descriptor, 0, offset, lengthBytes);
    }

    /** fallocate(2) with FALLOC_FL_PUNCH_HOLE: gives these pages back, the file's size stays. 0 or {@code -errno}. */
    public static int punchHole(int descriptor, long offset, long lengthBytes) {
        return allocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, lengthBytes);
    }

    private static int allocate(int descriptor, int mode, long offset, long lengthBytes) {
        try {
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno(
                    (int) FALLOCATE.invokeExact(errno, descriptor, mode, offset, lengthBytes), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** ftruncate(2): 0 or {@code -errno}. */
    public static int truncate(int descriptor, long lengthBytes) {
        try {
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno((int) FTRUNCATE.invokeExact(errno, descriptor, lengthBytes), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** fcntl(2) F_ADD_SEALS: no holder of the descriptor can resize the file any more. 0 or {@code -errno}. */
    public static int sealSize(int descriptor) {
        return Descriptors.fcntl(descriptor, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW);
    }

    /** mmap(2) shared, readable and writable, populated: an address or {@code -errno}. */
    public static long map(int descriptor, long offset, long lengthBytes) {
        return mmap(PROT_READ_WRITE, MAP_SHARED | MAP_POPULATE, descriptor, offset, lengthBytes);
    }

    /** mmap(2) shared, readable and writable, of pages that come as they are touched: an address or {@code -errno}. */
    public static long mapPart(int descriptor, long offset, long lengthBytes) {
        return mmap(PROT_READ_WRITE, MAP_SHARED, descriptor, offset, lengthBytes);
    }

    /**
     * fstatfs(2): what offset and length of a mapping of {@code descriptor} must be multiples of, a huge page's size in a
     * file of huge pages; or {@code -errno}.
     */
    public static long pageBytes(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            final long address = arena.allocate(STATFS_BYTES, 8).address();
            final var errno = Native.errnoBuffer();
            final int result = Native.resultOrErrno((int) FSTATFS.invokeExact(errno, descriptor, address), errno);
            if (result < 0) {
                return result;
            }
            return Memory.longAt(address) == HUGETLBFS_MAGIC ? Memory.longAt(address + 8) : PAGE_BYTES;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** mmap(2) shared of a device's resource, readable and writable: an address or {@code -errno}. */
    public static long mapDevice(int descriptor, long lengthBytes) {
        return mmap(PROT_READ_WRITE, MAP_SHARED, descriptor, 0, lengthBytes);
    }

    /** mmap(2) shared and read-only: an address or {@code -errno}. */
    public static long mapReadOnly(int descriptor, long lengthBytes) {
        return mmap(PROT_READ, MAP_SHARED, descriptor, 0, lengthBytes);
    }

    private static long mmap(int protection, int flags, int descriptor, long offset, long lengthBytes) {
        try {
            final var errno = Native.errnoBuffer();
            final long address = (long) MMAP.invokeExact(errno, 0L, lengthBytes, protection, flags, descriptor, offset);
            return Native.resultOrErrno(address, errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** munmap(2). */
    public static void unmap(long address, long lengthBytes) {
        try {
            final var errno = Native.errnoBuffer();
            PosixException.check(
                    Native.resultOrErrno((int) MUNMAP.invokeExact(errno, address, lengthBytes), errno), "munmap");
        } catch (PosixException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }
}
