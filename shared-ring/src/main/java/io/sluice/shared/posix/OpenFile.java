// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.INT;
import static io.sluice.shared.posix.Native.LONG;
import static io.sluice.shared.posix.Native.POINTER;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;

/**
 * Files and devices by path: open(2), lseek(2), flock(2). Unlike a file channel's, these descriptors read and write by
 * address, allocate nothing per call and are not closed by a thread's interruption.
 */
public final class OpenFile {
    public static final int READ_ONLY = 0;
    public static final int WRITE_ONLY = 1;
    public static final int READ_WRITE = 2;
    public static final int CREATE = 0x40;
    public static final int NON_BLOCKING = 0x800;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int MODE_RW_R_R = 0644;

    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int SEEK_SET = 0;

    private static final MethodHandle OPEN = Native.variadic("open", 2, INT, POINTER, INT, INT);
    private static final MethodHandle LSEEK = Native.function("lseek", LONG, INT, LONG, INT);
    private static final MethodHandle FLOCK = Native.function("flock", INT, INT, INT);

    private OpenFile() {}

    /** open(2), closed on exec and, where created, for its owner to write and all to read: a descriptor or -errno. */
    public static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            final var errno = Native.errnoBuffer();
            final long address = arena.allocateFrom(path).address();
            final int result = (int) OPEN.invokeExact(errno, address, flags | CLOSE_ON_EXEC, MODE_RW_R_R);
            return Native.resultOrErrno(result, errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** lseek(2) from the start: the offset or {@code -errno}. */
    public static long seek(int descriptor, long offset) {
        try {
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno((long) LSEEK.invokeExact(errno, descriptor, offset, SEEK_SET), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** flock(2) shared, without waiting: 0, EAGAIN where someone else holds the file exclusively, or another -errno. */
    public static int lockShared(int descriptor) {
        return flock(descriptor, LOCK_SH | LOCK_NB);
    }

    /** flock(2) exclusive, without waiting: 0, EAGAIN where someone else holds the file, or another {@code -errno}. */
    public static int lockExclusive(int descriptor) {
        return flock(descriptor, LOCK_EX | LOCK_NB);
    }

    private static int flock(int descriptor, int operation) {
        try {
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno((int) FLOCK.invokeExact(errno, descriptor, operation), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }
}
