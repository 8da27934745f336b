// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.INT;
import static io.sluice.shared.posix.Native.LONG;
import static io.sluice.shared.posix.Native.POINTER;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;

/** Reading, writing and closing descriptors by address. Methods return a count or {@code -errno}. */
public final class Descriptors {
    private static final MethodHandle OPEN = Native.variadic("open", 2, INT, POINTER, INT);
    private static final MethodHandle READ = Native.function("read", LONG, INT, POINTER, LONG);
    private static final MethodHandle WRITE = Native.function("write", LONG, INT, POINTER, LONG);
    private static final MethodHandle READV = Native.function("readv", LONG, INT, POINTER, INT);
    private static final MethodHandle PREAD = Native.function("pread", LONG, INT, POINTER, LONG, LONG);
    private static final MethodHandle PWRITE = Native.function("pwrite", LONG, INT, POINTER, LONG, LONG);
    private static final MethodHandle CLOSE = Native.function("close", INT, INT);
    private static final MethodHandle FCNTL = Native.variadic("fcntl", 2, INT, INT, INT, INT);
    private static final MethodHandle PIPE2 = Native.function("pipe2", INT, POINTER, INT);
    private static final int F_SETFD = 2;
    private static final int FD_CLOEXEC = 1;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_NONBLOCK = 0x800;

    private Descriptors() {}

    /** open(2) for reading and writing, close-on-exec: a descriptor or {@code -errno}. */
    public static int open(String path) {
        try (Arena arena = Arena.ofConfined()) {
            final var errno = Native.errnoBuffer();
            final long address = arena.allocateFrom(path).address();
            return Native.resultOrErrno((int) OPEN.invokeExact(errno, address, O_RDWR | O_CLOEXEC), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** read(2): bytes read, 0 at the end, or {@code -errno}. */
    public static long read(int descriptor, long address, long lengthBytes) {
        try {
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno((long) READ.invokeExact(errno, descriptor, address, lengthBytes), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /**
     * readv(2) to the {@code count} struct iovec (address, length) at {@code vectors}: bytes read or {@code -errno}.
     */
    public static long readVector(int descriptor, long vectors, int count) {
        try {
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno((long) READV.invokeExact(errno, descriptor, vectors, count), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** write(2): bytes written, or {@code -errno}. */
    public static long write(int descriptor, long address, long lengthBytes) {
        try {
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno((long) WRITE.invokeExact(errno, descriptor, address, lengthBytes), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** pread(2) at {@code offset}: bytes read, 0 at the end, or {@code -errno}. */
    public static long readAt(int descriptor, long address, long lengthBytes, long offset) {
        try {
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno(
                    (long) PREAD.invokeExact(errno, descriptor, address, lengthBytes, offset), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** pwrite(2) at {@code offset}: bytes written, or {@code -errno}. */
    public static long writeAt(int descriptor, long address, long lengthBytes, long offset) {
        try {
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno(
                    (long) PWRITE.invokeExact(errno, descriptor, address, lengthBytes, offset), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** close(2). Its errors are of no use to anyone: the descriptor is gone either way on Linux. */
    public static void close(int descriptor) {
        try {
            final var errno = Native.errnoBuffer();
            final int ignored = (int) CLOSE.invokeExact(errno, descriptor);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** fcntl(2) F_SETFL with or without O_NONBLOCK. */
    public static void nonBlocking(int descriptor, boolean enabled) {
        final int flags = PosixException.check(fcntl(descriptor, F_GETFL, 0), "fcntl(F_GETFL)");
        PosixException.check(
                fcntl(descriptor, F_SETFL, enabled ? flags | O_NONBLOCK : flags & ~O_NONBLOCK), "fcntl(F_SETFL)");
    }

    /** fcntl(2) F_GETFL: whether reads and writes that would have to wait fail with EAGAIN instead. */
    public static boolean nonBlocking(int descriptor) {
        return (PosixException.check(fcntl(descriptor, F_GETFL, 0), "fcntl(F_GETFL)") & O_NONBLOCK) != 0;
    }

    /** fcntl(2) F_SETFD FD_CLOEXEC, for a descriptor that was inherited. */
    public static void closeOnExec(int descriptor) {
        PosixException.check(fcntl(descriptor, F_SETFD, FD_CLOEXEC), "fcntl(F_SETFD)");
    }

    /** pipe2(2), close-on-exec: 0 or {@code -errno}; {@code ends} gets the reading and the writing descriptor. */
    public static int pipe(int[] ends) {
        try (Arena arena = Arena.ofConfined()) {
            final long address = arena.allocate(8, 4).address();
            final var errno = Native.errnoBuffer();
            final int result = Native.resultOrErrno((int) PIPE2.invokeExact(errno, address, O_CLOEXEC), errno);
            ends[0] = Memory.intAt(address);
            ends[1] = Memory.intAt(address + 4);
            return result;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    static int fcntl(int descriptor, int command, int argument) {
        try {
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno((int) FCNTL.invokeExact(errno, descriptor, command, argument), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }
}
