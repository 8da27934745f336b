// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import java.util.Map;

/** Error numbers of Linux (errno(3)), the same on x86-64 and aarch64, with names and words for messages. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int EMFILE = 24;
    public static final int ENOTTY = 25;
    public static final int ENOSPC = 28;
    public static final int EPIPE = 32;
    public static final int EBADFD = 77;
    public static final int EMSGSIZE = 90;
    public static final int EOPNOTSUPP = 95;
    public static final int EADDRINUSE = 98;
    public static final int ENETDOWN = 100;
    public static final int ECONNRESET = 104;
    public static final int ENOBUFS = 105;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;

    private static final Map<Integer, String> WORDS = Map.ofEntries(
            Map.entry(EPERM, "EPERM, operation not permitted"),
            Map.entry(ENOENT, "ENOENT, no such file or directory"),
            Map.entry(EINTR, "EINTR, interrupted"),
            Map.entry(EIO, "EIO, input/output error"),
            Map.entry(ENXIO, "ENXIO, no such device or address"),
            Map.entry(EBADF, "EBADF, bad file descriptor"),
            Map.entry(EAGAIN, "EAGAIN, try again"),
            Map.entry(ENOMEM, "ENOMEM, cannot allocate memory"),
            Map.entry(EACCES, "EACCES, permission denied"),
            Map.entry(EBUSY, "EBUSY, device or resource busy"),
            Map.entry(EEXIST, "EEXIST, exists already"),
            Map.entry(ENODEV, "ENODEV, no such device"),
            Map.entry(EINVAL, "EINVAL, invalid argument"),
            Map.entry(EMFILE, "EMFILE, too many open files"),
            Map.entry(ENOTTY, "ENOTTY, no such control operation"),
            Map.entry(ENOSPC, "ENOSPC, no space left"),
            Map.entry(EPIPE, "EPIPE, broken pipe"),
            Map.entry(EBADFD, "EBADFD, descriptor in bad state"),
            Map.entry(EMSGSIZE, "EMSGSIZE, message too long"),
            Map.entry(EOPNOTSUPP, "EOPNOTSUPP, operation not supported"),
            Map.entry(EADDRINUSE, "EADDRINUSE, address in use"),
            Map.entry(ENETDOWN, "ENETDOWN, network is down"),
            Map.entry(ECONNRESET, "ECONNRESET, connection reset by peer"),
            Map.entry(ENOBUFS, "ENOBUFS, no buffer space"),
            Map.entry(ETIMEDOUT, "ETIMEDOUT, timed out"),
            Map.entry(ECONNREFUSED, "ECONNREFUSED, connection refused"));

    private Errno() {}

    /**
     * Words for an error number, given as {@code errno} or {@code -errno}: {@code "EPERM, operation not permitted"}.
     */
    public static String describe(int errno) {
        final int number = Math.abs(errno);
        return WORDS.getOrDefault(number, "errno " + number);
    }
}
