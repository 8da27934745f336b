// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

/** A system call failed where set-up cannot go on; the message names call, arguments, errno and what to do. */
public final class PosixException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int errno;

    /** {@code what} failed with {@code errno}, given positive or negative. */
    public PosixException(String what, int errno) {
        this(what, errno, "");
    }

    /** As {@link #PosixException(String, int)}, with a {@code remedy} that tells the user what to do. */
    public PosixException(String what, int errno, String remedy) {
        super(what + ": " + Errno.describe(errno) + (remedy.isEmpty() ? "" : "; " + remedy));
        this.errno = Math.abs(errno);
    }

    /** The positive error number. */
    public int errno() {
        return errno;
    }

    /** {@code result} where it is not negative; throws otherwise. */
    public static int check(int result, String what) {
        if (result < 0) {
            throw new PosixException(what, result);
        }
        return result;
    }
}
