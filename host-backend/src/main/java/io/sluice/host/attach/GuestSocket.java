// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.UnixSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** The listening socket of one guest's name: its owner's only, and gone when it is closed. */
final class GuestSocket implements AutoCloseable {
    /** Connections that may wait: as many are answered at once, so that a flood of them can be told from mistakes. */
    static final int BACKLOG = 128;

    /** After turning somebody away nobody is answered for so long: whoever tries again and again has to wait for it. */
    private static final long DEAF_NANOS = 100_000_000L;

    private final Path path;
    private final int descriptor;
    private final ConnectionLimit limit = new ConnectionLimit();
    private long deafSinceNanos;
    private boolean deaf;

    /** What {@link #turnAway} has done: closed so many connections, and whether there were far too many lately. */
    record TurnedAway(int connections, boolean flood) {}

    private GuestSocket(Path path, int descriptor) {
        this.path = path;
        this.descriptor = descriptor;
    }

    /**
     * Listens at {@code path}; a socket that a dead backend has left there is replaced.
     *
     * @throws IOException where another backend listens there
     */
    static GuestSocket listen(Path path) throws IOException {
        if (Files.exists(path)) {
            final int probe = UnixSocket.connect(path.toString());
            if (probe >= 0) {
                Descriptors.close(probe);
                throw new IOException("another backend serves " + path
                        + "; stop it, or give this guest another name ('sluice status' lists running backends)");
            }
            if (probe != -Errno.ECONNREFUSED) {
                throw new PosixException("connect(" + path + ")", probe);
            }
            Files.delete(path);
        }
        final int descriptor = PosixException.check(UnixSocket.listen(path.toString(), BACKLOG), "bind(" + path + ")");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        return new GuestSocket(path, descriptor);
    }

    /** Goes on listening by {@code descriptor}, as the dead backend did that has left it. */
    static GuestSocket inherit(Path path, int descriptor) {
        return new GuestSocket(path, descriptor);
    }

    int descriptor() {
        return descriptor;
    }

    /** Closes {@code connection} and all others that wait. */
    TurnedAway turnAway(int connection, long nowNanos) {
        // All are taken before one is closed: whoever tries again at once waits for the next time.
        final List<Integer> waiting = new ArrayList<>();
        for (int next = connection; next >= 0; ) {
            waiting.add(next);
            next = waiting.size() < BACKLOG ? UnixSocket.accept(descriptor) : -1;
        }
        waiting.forEach(Descriptors::close);
        deaf = true;
        deafSinceNanos = nowNanos;
        return new TurnedAway(waiting.size(), limit.exceeded(waiting.size(), nowNanos));
    }

    /** Whether connections are to be answered now. */
    boolean listening(long nowNanos) {
        deaf &= nowNanos - deafSinceNanos < DEAF_NANOS;
        return !deaf;
    }

    Path path() {
        return path;
    }

    /** Listens no more by this process, but whoever holds the descriptor does: the path stays. */
    void leave() {
        Descriptors.close(descriptor);
    }

    @Override
    public void close() {
        Descriptors.close(descriptor);
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            System.getLogger(GuestSocket.class.getName())
                    .log(System.Logger.Level.WARNING, "cannot delete the socket " + path, e);
        }
    }
}
