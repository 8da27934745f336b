// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.posix.Session;
import io.sluice.shared.posix.UnixSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The process that holds what backends must not lose when they die: one for each runtime directory, started by a backend
 * that finds none, and gone when it holds nothing.
 *
 * <p>It has a session of its own, so that what ends a backend at its terminal does not reach it, and as little in it as
 * possible, so that there is nothing to upgrade or to fail.
 */
public final class KeeperMain {
    /** Where backends find it, in the runtime directory; no guest's name begins with a dot. */
    static final String SOCKET = ".keeper.sock";

    /** Where it writes what went wrong; gone with it. */
    static final String LOG = ".keeper.log";

    private static final int BACKLOG = 16;
    private static final Duration LAST_CARDS = Duration.ofSeconds(60);

    private KeeperMain() {}

    /** Serves the runtime directory {@code args[0]} unless another process does. */
    public static void main(String[] args) throws IOException {
        final RuntimeDirectory directory = RuntimeDirectory.at(Path.of(args[0]));
        directory.check();
        Session.create();
        // The lock is the directory's own and ends with this process: no two listen, and no file is left of it.
        final int lock = PosixException.check(
                OpenFile.open(directory.path().toString(), OpenFile.READ_ONLY), "open(" + directory.path() + ")");
        final int locked = OpenFile.lockExclusive(lock);
        if (locked == -Errno.EAGAIN) {
            return;
        }
        PosixException.check(locked, "flock(" + directory.path() + ")");
        final Path socket = directory.path().resolve(SOCKET);
        Files.deleteIfExists(socket);
        final int listener =
                PosixException.check(UnixSocket.listenForMessages(socket.toString(), BACKLOG), "bind(" + socket + ")");
        try (KeeperServer server = new KeeperServer(listener, directory.userId())) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> outliveCards(server), "last cards"));
            server.serve();
            // First the name: whoever has connected by it meanwhile sees its connection end and starts another keeper.
            Files.deleteIfExists(socket);
            Files.deleteIfExists(directory.path().resolve(LOG));
        }
        Descriptors.close(lock);
        // Nothing is left that an orderly end would do.
        Runtime.getRuntime().halt(0);
    }

    /** Who ends a whole service ends this process too (systemd.kill(5)); what is told its backends, too, comes first. */
    private static void outliveCards(KeeperServer server) {
        try {
            server.awaitNoCards(LAST_CARDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
