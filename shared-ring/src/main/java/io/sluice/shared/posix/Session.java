// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.INT;

import java.lang.invoke.MethodHandle;

/** Sessions of processes: setsid(2). */
public final class Session {
    private static final MethodHandle SETSID = Native.function("setsid", INT);

    private Session() {}

    /**
     * setsid(2): this process leaves its terminal, whose Ctrl-C and end no longer reach it. The new session's id, or
     * {@code -EPERM} where it leads a process group already, as a shell's job does.
     */
    public static int create() {
        try {
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno((int) SETSID.invokeExact(errno), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }
}
