// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.INT;
import static io.sluice.shared.posix.Native.LONG;
import static io.sluice.shared.posix.Native.POINTER;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * eventfd(2): what a kick or a call is made of. Descriptors are non-blocking and close on exec.
 *
 * <p>That a descriptor does not block is a flag of the open file, which everybody shares who was given the descriptor:
 * any holder can take it away. So {@link #drain} does not rely on it. Writing has to: Linux has no write to an eventfd
 * that does not wait by its own words (pwritev2(2) with RWF_NOWAIT is EOPNOTSUPP). Who hands out eventfds to somebody
 * whom he does not trust looks after the flag: {@link #blocking}.
 */
public final class EventFd {
    private static final MethodHandle EVENTFD = Native.function("eventfd", INT, INT, INT);
    private static final MethodHandle PREADV2 = Native.function("preadv2", LONG, INT, POINTER, INT, LONG, INT);
    private static final int RWF_NOWAIT = 8;
    private static final long NO_OFFSET = -1;
    private static final int EFD_NONBLOCK = 0x800;
    private static final int EFD_CLOEXEC = 0x80000;

    /** The 8-byte number that a kick adds; never written again. */
    private static final long ONE = Arena.global().allocate(8, 8).address();

    static {
        Memory.longAt(ONE, 1);
    }

    /** Each thread's struct iovec (address, length) with the eight bytes that it points to. */
    private static final ThreadLocal<MemorySegment> VECTOR = ThreadLocal.withInitial(() -> {
        final MemorySegment segment = Arena.ofAuto().allocate(24, 8);
        Memory.longAt(segment.address(), segment.address() + 16);
        Memory.longAt(segment.address() + 8, Long.BYTES);
        return segment;
    });

    private EventFd() {}

    /** eventfd(2): a new descriptor. */
    public static int create() {
        try {
            final var errno = Native.errnoBuffer();
            final int result = (int) EVENTFD.invokeExact(errno, 0, EFD_NONBLOCK | EFD_CLOEXEC);
            return PosixException.check(
                    Native.resultOrErrno(result, errno),
                    "eventfd: raise the limit on open files (ulimit -n) if it is reached");
        } catch (PosixException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** Wakes whoever polls {@code descriptor}. A full counter (EAGAIN) wakes it as well, so nothing is lost. */
    public static void signal(int descriptor) {
        Descriptors.write(descriptor, ONE, Long.BYTES);
    }

    /**
     * preadv2(2) with RWF_NOWAIT: takes all pending signals and says how many there were, an unsigned number; 0 is none.
     * It never waits, whatever flags the descriptor has been given.
     */
    public static long drain(int descriptor) {
        try {
            final var errno = Native.errnoBuffer();
            final long vector = VECTOR.get().address();
            final long read = (long) PREADV2.invokeExact(errno, descriptor, vector, 1, NO_OFFSET, RWF_NOWAIT);
            return read == Long.BYTES ? Memory.longAt(vector + 16) : 0;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** Whether somebody has taken O_NONBLOCK away, so that ringing a bell that cannot count higher would wait. */
    public static boolean blocking(int descriptor) {
        return !Descriptors.nonBlocking(descriptor);
    }
}
