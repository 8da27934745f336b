// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.INT;
import static io.sluice.shared.posix.Native.LONG;
import static io.sluice.shared.posix.Native.POINTER;

import java.lang.invoke.MethodHandle;

/** ioctl(2) with a pointer as its argument. */
final class Ioctl {
    private static final MethodHandle IOCTL = Native.variadic("ioctl", 2, INT, INT, LONG, POINTER);

    private Ioctl() {}

    /** ioctl(2): the call's result, or {@code -errno}. */
    static int call(int descriptor, long request, long argumentAddress) {
        try {
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno((int) IOCTL.invokeExact(errno, descriptor, request, argumentAddress), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }
}
