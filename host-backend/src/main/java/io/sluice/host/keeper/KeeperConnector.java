// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import io.sluice.host.keeper.KeeperMessage.Word;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Keeps a {@link KeeperLink} connected, in a thread of its own: starts a keeper where there is none, and another when it
 * has gone, and hands on what it says.
 */
final class KeeperConnector {
    private static final System.Logger LOG = System.getLogger(KeeperConnector.class.getName());
    private static final long SLOW_NANOS = 10_000_000_000L;
    /** In a machine that is emulated, or has much else to do, Java takes a minute to start. */
    private static final long GIVE_UP_NANOS = 180_000_000_000L;

    private static final long RETRY_MILLIS = 10_000;
    private static final long CONNECT_MILLIS = 5;
    private static final long AGAIN_MILLIS = 50;
    private static final long SHORT_LIFE_NANOS = 1_000_000_000L;

    private final KeeperLink link;
    private final RuntimeDirectory directory;
    private final Duration grace;
    private final Thread thread = new Thread(this::keepConnected, "keeper");
    private final CountDownLatch looked = new CountDownLatch(1);
    private boolean closed;

    /**
     * Not begun yet: see {@link #start}.
     *
     * @param grace how long a keeper shall hold what this backend leaves when it dies
     */
    KeeperConnector(KeeperLink link, RuntimeDirectory directory, Duration grace) {
        this.link = link;
        this.directory = directory;
        this.grace = grace;
        thread.setDaemon(true);
    }

    /** Begins, and waits until {@code link} is connected to the keeper that there is, or there is none yet. */
    void start() {
        thread.start();
        try {
            looked.await(KeeperLink.ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** From now on a keeper that goes needs no successor. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    private synchronized boolean closed() {
        return closed;
    }

    /** Waits until the thread has ended: after {@link #close}, and when the connection has ended. */
    void awaitEnd() {
        try {
            thread.join(KeeperLink.ANSWER_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keepConnected() {
        try {
            Optional<KeeperConnection> connection = connect();
            looked.countDown();
            while (!closed()) {
                if (connection.isEmpty()) {
                    connection = startAndConnect();
                }
                if (connection.isPresent()) {
                    final long start = System.nanoTime();
                    listen(connection.get());
                    connection = Optional.empty();
                    if (!closed()) {
                        LOG.log(System.Logger.Level.WARNING, "the keeper has gone; another one is started");
                        pauseAfter(System.nanoTime() - start);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            looked.countDown();
        }
    }

    private Optional<KeeperConnection> connect() {
        final Optional<KeeperConnection> connection = KeeperConnection.open(directory, grace, KeeperLink.ANSWER_LIMIT);
        connection.ifPresent(link::connected);
        return connection;
    }

    /** Starts a keeper and connects to it; where that fails, answers nothing after a while, for another attempt. */
    private Optional<KeeperConnection> startAndConnect() throws InterruptedException {
        String why = "";
        try {
            final long start = System.nanoTime();
            boolean slow = false;
            long pauseMillis = CONNECT_MILLIS;
            Process process = KeeperProcess.start(directory);
            while (why.isEmpty() && !closed()) {
                final Optional<KeeperConnection> connection = connect();
                if (connection.isPresent()) {
                    return connection;
                }
                // Looking all the time would keep the processor from the keeper where it takes long to start.
                TimeUnit.MILLISECONDS.sleep(pauseMillis);
                pauseMillis = Math.min(pauseMillis + 1, AGAIN_MILLIS);
                final long elapsed = System.nanoTime() - start;
                why = failure(process, elapsed);
                if (why.isEmpty() && !process.isAlive()) {
                    // It found another one that was just ending, or that has begun to listen since.
                    final Optional<KeeperConnection> other = connect();
                    if (other.isPresent()) {
                        return other;
                    }
                    TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
                    process = KeeperProcess.start(directory);
                } else if (why.isEmpty() && !slow && elapsed > SLOW_NANOS) {
                    slow = true;
                    LOG.log(
                            System.Logger.Level.INFO,
                            "the keeper is still starting: until it answers, guests end with this backend if it is killed");
                }
            }
        } catch (IOException e) {
            why = e.getMessage();
        }
        if (!closed()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "no keeper can be started, so guests end with this backend if it is killed: {0}",
                    why);
            pause();
        }
        return Optional.empty();
    }

    /** Why {@code process} will be no keeper that answers, {@code elapsed} nanoseconds after the first attempt; or empty. */
    private String failure(Process process, long elapsed) {
        if (process.isAlive()) {
            if (elapsed <= GIVE_UP_NANOS) {
                return "";
            }
            process.destroyForcibly();
            return "it has not answered for " + TimeUnit.NANOSECONDS.toSeconds(elapsed) + " s";
        }
        if (process.exitValue() != 0) {
            return "it has ended: " + log();
        }
        return elapsed <= SLOW_NANOS ? "" : "there is one already, and it does not answer";
    }

    private String log() {
        try {
            final Path log = directory.path().resolve(KeeperMain.LOG);
            return Files.exists(log) ? Files.readString(log).strip() : "another one has ended meanwhile";
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    /** Hands on what the keeper says until its connection ends. */
    private void listen(KeeperConnection connection) {
        for (KeeperAnswer answer = connection.receive(); answer != KeeperAnswer.NONE; answer = connection.receive()) {
            final KeeperMessage message = answer.message();
            if (message.word() == Word.REFUSED) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the keeper has no room for {0} of {1}: if this backend is killed, guests end with it",
                        message.name(1),
                        message.name(0));
                link.refused(message.name(0));
            } else {
                link.answered(answer);
            }
        }
        link.disconnected();
        connection.close();
    }

    /** A keeper that ends as soon as it begins shall not keep a processor busy with being started. */
    private void pauseAfter(long lifeNanos) throws InterruptedException {
        if (lifeNanos < SHORT_LIFE_NANOS) {
            pause();
        }
    }

    private synchronized void pause() throws InterruptedException {
        if (!closed) {
            wait(RETRY_MILLIS);
        }
    }
}
