// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import io.sluice.host.pci.PciFunction;
import io.sluice.shared.agent.ThreadEnd;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.posix.PollSet;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.posix.UnixSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Serves a {@link PciFunction} by vfio-user to one client at a time, a virtual machine or a driver: a socket of the user's
 * own, and a thread that answers. A further client is turned away while there is one.
 *
 * <p>Behind each client the function is left without interrupts, reset and without its memory. A client that sends what is
 * no message is disconnected, which is counted by reason and logged the first, second, fourth, eighth ... time.
 */
public final class VfioUserServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(VfioUserServer.class.getName());
    private static final int BACKLOG = 8;
    private static final int ROOT = 0;
    private static final long TIMEOUT_NANOS = 5_000_000_000L;
    private static final long NO_TIMEOUT_NANOS = 3_600_000_000_000L;
    /** For whoever serves at a socket already to take a connection. */
    private static final long PROBE_NANOS = 1_000_000_000L;
    /** Before connections are accepted again after that has failed: the process has no descriptor left. */
    private static final long RETRY_NANOS = 100_000_000L;

    private final Path path;
    private final PciFunction function;
    private final int user = RuntimeDirectory.effectiveUserId();
    private final long timeoutNanos;
    private final int listener;
    private final int stopBell;
    private final PollSet pollSet = new PollSet(3);
    private final MessageStream.Buffers buffers = new MessageStream.Buffers();
    private final Thread thread;
    private final AtomicLongArray disconnects = new AtomicLongArray(Disconnect.values().length);
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong turnedAway = new AtomicLong();
    private volatile boolean running = true;
    private volatile boolean connected;
    private boolean closed;

    /**
     * Listens at {@code socket} and serves until closed; a socket that a dead process has left there is replaced.
     *
     * @throws IOException where somebody listens there already, or the socket cannot be made
     */
    public VfioUserServer(Path socket, PciFunction function) throws IOException {
        this(socket, function, TIMEOUT_NANOS);
    }

    /** As the other, for clients that finish a message, and take a reply, within {@code timeoutNanos}. */
    VfioUserServer(Path socket, PciFunction function, long timeoutNanos) throws IOException {
        this.timeoutNanos = timeoutNanos;
        this.path = socket;
        this.function = function;
        this.listener = listen(socket);
        this.stopBell = EventFd.create();
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("vfio-user " + function.name())
                .unstarted(this::serve);
        thread.start();
    }

    private static int listen(Path path) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            // Linux refuses a connection to a file that is no socket by the same error as to a socket of nobody's.
            if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isOther()) {
                throw new IOException("socket=" + path + " is there and no socket; choose another path");
            }
            final int probe = UnixSocket.connectWithin(path.toString(), PROBE_NANOS);
            if (probe >= 0 || probe == -Errno.ETIMEDOUT) {
                if (probe >= 0) {
                    Descriptors.close(probe);
                }
                throw new IOException("somebody serves at socket=" + path + "; stop that, or choose another path");
            }
            if (probe != -Errno.ECONNREFUSED) {
                throw new IOException("socket=" + path + " is there and cannot be replaced: " + Errno.describe(probe)
                        + "; delete it, or choose another path");
            }
            Files.delete(path);
        }
        final int listener = UnixSocket.listen(path.toString(), BACKLOG);
        if (listener < 0) {
            throw new IOException("cannot listen at socket=" + path + ": " + Errno.describe(listener)
                    + "; its folder must exist and be yours");
        }
        try {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException | RuntimeException e) {
            Descriptors.close(listener);
            throw e;
        }
        return listener;
    }

    private void serve() {
        try {
            while (running) {
                final int connection = accept();
                if (connection >= 0) {
                    serve(connection);
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "serving " + function.name() + " at " + path + " has failed", e);
        }
    }

    private int accept() {
        pollSet.clear();
        pollSet.add(stopBell, PollSet.READABLE);
        pollSet.add(listener, PollSet.READABLE);
        pollSet.await(NO_TIMEOUT_NANOS);
        final int connection = UnixSocket.accept(listener);
        if (connection < 0 && connection != -Errno.EAGAIN && connection != -Errno.EINTR) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} at {1} cannot take a client: {2}",
                    function.name(),
                    path,
                    Errno.describe(connection));
            pause();
        }
        return connection < 0 || welcome(connection) ? connection : -Errno.EPERM;
    }

    /** The file's mode keeps others away only once it is set; who comes before that is turned away here. */
    private boolean welcome(int connection) {
        final int peer = UnixSocket.peerUser(connection);
        if (mayDrive(peer, user)) {
            return true;
        }
        Descriptors.close(connection);
        if (Long.bitCount(turnedAway.incrementAndGet()) == 1) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} at {1} turns away a client of user={2}: only user={3} and root may drive it",
                    function.name(),
                    path,
                    Integer.toString(peer),
                    Integer.toString(user));
        }
        return false;
    }

    /** Whether a process of user {@code peer}, or {@code -errno}, may drive what {@code user} serves. */
    static boolean mayDrive(int peer, int user) {
        return peer == user || peer == ROOT;
    }

    private void pause() {
        pollSet.clear();
        pollSet.add(stopBell, PollSet.READABLE);
        pollSet.await(RETRY_NANOS);
    }

    private void serve(int connection) {
        final String process = "process " + UnixSocket.peerProcess(connection);
        try (MessageStream stream = new MessageStream(buffers, connection, stopBell)) {
            try (Session session = new Session(function, stream, timeoutNanos, refused)) {
                session.begin();
                connected = true;
                LOG.log(System.Logger.Level.INFO, "{0} at {1} serves {2}", function.name(), path, process);
                while (stream.hasMore() ? running : awaitMessage(connection)) {
                    session.turn();
                }
                throw new DisconnectedException(Disconnect.CLOSED, "");
            } catch (DisconnectedException e) {
                count(e, process);
                for (Throwable left : e.getSuppressed()) {
                    LOG.log(System.Logger.Level.ERROR, function.name() + " cannot be left as before " + process, left);
                }
            } finally {
                connected = false;
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, function.name() + " cannot serve " + process, e);
        }
    }

    /** False once this server closes; turns others away meanwhile. */
    private boolean awaitMessage(int connection) {
        while (running) {
            pollSet.clear();
            pollSet.add(stopBell, PollSet.READABLE);
            pollSet.add(listener, PollSet.READABLE);
            pollSet.add(connection, PollSet.READABLE);
            pollSet.await(NO_TIMEOUT_NANOS);
            // The client first: it may just have left, and be back already.
            if (pollSet.ready(2)) {
                return true;
            }
            if (pollSet.ready(1)) {
                turnAway();
            }
        }
        return false;
    }

    private void turnAway() {
        final int another = UnixSocket.accept(listener);
        if (another >= 0) {
            Descriptors.close(another);
            turnedAway.incrementAndGet();
        } else if (another != -Errno.EAGAIN) {
            pause();
        }
    }

    private void count(DisconnectedException end, String process) {
        final Disconnect reason = end.reason();
        final long times = disconnects.incrementAndGet(reason.ordinal());
        final boolean usual = reason == Disconnect.LEFT || reason == Disconnect.CLOSED;
        if (usual || Long.bitCount(times) == 1) {
            LOG.log(
                    usual ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
                    () -> function.name() + " at " + path + " is free of " + process + ": reason=" + reason + " times="
                            + times + ", " + end.getMessage(),
                    reason == Disconnect.FAILED ? end.getCause() : null);
        }
    }

    /** Where clients connect. */
    public Path path() {
        return path;
    }

    /** Whether there is a client with which a version was agreed. */
    public boolean connected() {
        return connected;
    }

    /** How many clients have gone for {@code reason}. */
    public long disconnects(Disconnect reason) {
        return disconnects.get(reason.ordinal());
    }

    /** How many commands were answered by an error. */
    public long refusedCommands() {
        return refused.get();
    }

    /** How many clients came while there was one, or were of another user than this and root. */
    public long turnedAway() {
        return turnedAway.get();
    }

    /** Disconnects the client, ends the thread and deletes the socket; the function is left to its owner. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        running = false;
        EventFd.signal(stopBell);
        ThreadEnd.await(thread);
        Descriptors.close(listener);
        Descriptors.close(stopBell);
        pollSet.close();
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot delete the socket " + path, e);
        }
    }
}
