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

/** The listening socket of one guest's name: its owner's only, and gone when it is closed. */
final class GuestSocket implements AutoCloseable {
    private static final int BACKLOG = 4;

    private final Path path;
    private final int descriptor;

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

    int descriptor() {
        return descriptor;
    }

    Path path() {
        return path;
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
