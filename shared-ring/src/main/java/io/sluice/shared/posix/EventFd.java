// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.INT;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;

/** eventfd(2): what a kick or a call is made of. Descriptors are non-blocking and close on exec. */
public final class EventFd {
    private static final MethodHandle EVENTFD = Native.function("eventfd", INT, INT, INT);
    private static final int EFD_NONBLOCK = 0x800;
    private static final int EFD_CLOEXEC = 0x80000;

    /** The 8-byte number that a kick adds; never written again. */
    private static final long ONE = Arena.global().allocate(8, 8).address();

    static {
        Memory.longAt(ONE, 1);
    }

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

    /** Takes all pending signals, to the 8 bytes at {@code scratch}; true where there were any. */
    public static boolean drain(int descriptor, long scratch) {
        return Descriptors.read(descriptor, scratch, Long.BYTES) > 0;
    }
}
