// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import io.sluice.host.keeper.KeeperMessage.Word;
import io.sluice.shared.posix.DescriptorMessage;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.PollSet;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.posix.UnixSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A backend's connection to the keeper's process of its runtime directory.
 *
 * <p>A thread of its own keeps the connection: it starts a keeper where there is none, and gives a new one all that this
 * backend wants held, also when the one before has died meanwhile. So nobody else waits for a keeper, except who asks it
 * for what a dead backend has left.
 */
public final class KeeperLink implements DescriptorStore {
    private static final System.Logger LOG = System.getLogger(KeeperLink.class.getName());
    private static final long ANSWER_SECONDS = 5;
    private static final long START_NANOS = 10_000_000_000L;
    private static final long RETRY_MILLIS = 10_000;
    private static final long CONNECT_MILLIS = 5;
    private static final long SHORT_LIFE_NANOS = 1_000_000_000L;

    private record Name(String group, String item) {}

    private record Answer(KeeperMessage message, int descriptor) {
        /** The connection has ended. */
        private static final Answer NONE = new Answer(null, -1);
    }

    private final RuntimeDirectory directory;
    private final long graceMillis;
    private final Thread thread = new Thread(this::keepConnected, "keeper");
    private final CountDownLatch looked = new CountDownLatch(1);
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    /** Only one asks at a time; taken before this object's own monitor. */
    private final Object asking = new Object();

    /** What shall be held, whether a keeper knows or not; guarded by this. */
    private final Map<Name, Integer> held = new LinkedHashMap<>();

    private final DescriptorMessage sending = new DescriptorMessage(KeeperMessage.MAX_BYTES);
    private int socket = -1;
    private long keeper;
    private boolean closed;

    private KeeperLink(RuntimeDirectory directory, Duration grace) {
        this.directory = directory;
        this.graceMillis = grace.toMillis();
        thread.setDaemon(true);
    }

    /** Whether {@code directory} has a keeper, or had one until a moment ago. */
    public static boolean exists(RuntimeDirectory directory) {
        return Files.exists(directory.path().resolve(KeeperMain.SOCKET));
    }

    /**
     * Connects to the keeper of {@code directory}, which exists, and begins to start one where there is none.
     *
     * @param grace how long a keeper shall hold what this backend leaves when it dies
     */
    public static KeeperLink open(RuntimeDirectory directory, Duration grace) {
        final KeeperLink link = new KeeperLink(directory, grace);
        link.thread.start();
        // Whether there is one decides whether a dead backend has left something: that is worth the wait.
        await(link.looked, Duration.ofSeconds(ANSWER_SECONDS));
        return link;
    }

    private static boolean await(CountDownLatch latch, Duration limit) {
        try {
            return latch.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void keepConnected() {
        try {
            int connection = connect();
            if (connection < 0 || !introduce(connection)) {
                looked.countDown();
                connection = -1;
            }
            while (!closed()) {
                if (connection < 0) {
                    connection = startAndConnect();
                }
                if (connection >= 0) {
                    final long start = System.nanoTime();
                    read(connection);
                    disconnect(connection);
                    connection = -1;
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

    /** A keeper that ends as soon as it begins shall not keep a processor busy with being started. */
    private synchronized void pauseAfter(long lifeNanos) throws InterruptedException {
        if (lifeNanos < SHORT_LIFE_NANOS) {
            wait(RETRY_MILLIS);
        }
    }

    private int connect() {
        return UnixSocket.connectForMessages(
                directory.path().resolve(KeeperMain.SOCKET).toString());
    }

    /** Starts a keeper and connects to it; where that fails, answers -1 after a while, for another attempt. */
    private int startAndConnect() throws InterruptedException {
        String why;
        try {
            final Process process = KeeperProcess.start(directory);
            final long start = System.nanoTime();
            while (System.nanoTime() - start < START_NANOS && !closed()) {
                final int connection = connect();
                if (connection >= 0 && introduce(connection)) {
                    return connection;
                }
                TimeUnit.MILLISECONDS.sleep(CONNECT_MILLIS);
                if (!process.isAlive() && process.exitValue() != 0) {
                    break;
                }
            }
            why = process.isAlive() ? "it does not answer" : "it has ended: " + log();
        } catch (IOException e) {
            why = e.getMessage();
        }
        if (!closed()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "no keeper can be started, so guests end with this backend if it is killed: {0}",
                    why);
            synchronized (this) {
                wait(RETRY_MILLIS);
            }
        }
        return -1;
    }

    private String log() {
        try {
            final Path log = directory.path().resolve(KeeperMain.LOG);
            return Files.exists(log) ? Files.readString(log).strip() : "another one has ended meanwhile";
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    /** Says hello on a new connection and gives the keeper all that is to be held; false where it has just ended. */
    private boolean introduce(int connection) {
        final long process = hello(connection);
        if (process <= 0) {
            Descriptors.close(connection);
            return false;
        }
        synchronized (this) {
            keeper = process;
            socket = connection;
            held.forEach(this::sendHold);
            notifyAll();
        }
        looked.countDown();
        return true;
    }

    /** The keeper's process id, or 0. Nobody waits for this but the thread that it is for. */
    private long hello(int connection) {
        final DescriptorMessage message = new DescriptorMessage(KeeperMessage.MAX_BYTES);
        final KeeperMessage hello = KeeperMessage.of(Word.HELLO_KEEPER, KeeperMessage.VERSION, graceMillis);
        try (PollSet answer = new PollSet(1)) {
            answer.add(connection, PollSet.READABLE);
            return message.send(connection, hello.format(), -1) == 0
                            && answer.await(TimeUnit.SECONDS.toNanos(ANSWER_SECONDS)) > 0
                            && message.receive(connection, false) > 0
                    ? KeeperMessage.parse(message.text()).number(0)
                    : 0;
        }
    }

    private void read(int connection) {
        final DescriptorMessage incoming = new DescriptorMessage(KeeperMessage.MAX_BYTES);
        while (incoming.receive(connection, true) > 0) {
            final KeeperMessage message = KeeperMessage.parse(incoming.text());
            if (message.word() == Word.REFUSED) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the keeper has no room for {0} of {1}: if this backend is killed, guests end with it",
                        message.name(1),
                        message.name(0));
            } else {
                answers.add(new Answer(message, incoming.descriptor()));
            }
        }
        answers.add(Answer.NONE);
    }

    private synchronized void disconnect(int connection) {
        socket = -1;
        keeper = 0;
        Descriptors.close(connection);
    }

    private synchronized boolean closed() {
        return closed;
    }

    /** Sends without waiting. A keeper that has not read for long is no better than a dead one. */
    private boolean send(KeeperMessage message, int descriptor) {
        if (socket < 0) {
            return false;
        }
        final int result = sending.send(socket, message.format(), descriptor);
        if (result < 0) {
            disconnectKeeper();
        }
        return result == 0;
    }

    /** The reading thread sees the end and starts over. */
    private synchronized void disconnectKeeper() {
        if (socket >= 0) {
            UnixSocket.shutdown(socket);
        }
    }

    private void sendHold(Name name, int descriptor) {
        send(KeeperMessage.of(Word.HOLD, name.group(), name.item()), descriptor);
    }

    /** Asks, and waits for the answer; {@link Answer#NONE} where none comes. */
    private Answer ask(KeeperMessage question) {
        synchronized (asking) {
            answers.clear();
            synchronized (this) {
                if (!send(question, -1)) {
                    return Answer.NONE;
                }
            }
            try {
                final Answer answer = answers.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
                if (answer == null) {
                    // It must not answer the next question with this one's answer.
                    disconnectKeeper();
                }
                return answer == null ? Answer.NONE : answer;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Answer.NONE;
            }
        }
    }

    @Override
    public List<String> orphans() {
        final Answer answer = ask(KeeperMessage.of(Word.LIST));
        return answer == Answer.NONE ? List.of() : answer.message().arguments();
    }

    @Override
    public Map<String, Integer> claim(String group) {
        final Map<String, Integer> items = new LinkedHashMap<>();
        final Answer claimed = ask(KeeperMessage.of(Word.CLAIM, group));
        final long count = claimed == Answer.NONE ? 0 : claimed.message().number(1);
        for (long i = 0; i < count; i++) {
            final Answer item = ask(KeeperMessage.of(Word.TAKE, group, i));
            if (item.descriptor() < 0) {
                // The keeper has died in between, and with it what this backend has not got.
                items.values().forEach(Descriptors::close);
                return Map.of();
            }
            items.put(item.message().name(1), item.descriptor());
        }
        synchronized (this) {
            items.forEach((item, descriptor) -> held.put(new Name(group, item), descriptor));
        }
        return items;
    }

    @Override
    public synchronized void release(String group) {
        held.keySet().removeIf(name -> name.group().equals(group));
        send(KeeperMessage.of(Word.RELEASE, group), -1);
    }

    @Override
    public synchronized void hold(String group, String item, int descriptor) {
        final Name name = new Name(group, item);
        held.put(name, descriptor);
        sendHold(name, descriptor);
    }

    @Override
    public synchronized void drop(String group, String item) {
        if (held.remove(new Name(group, item)) != null) {
            send(KeeperMessage.of(Word.DROP, group, item), -1);
        }
    }

    @Override
    public void forget(String group) {
        final boolean known;
        synchronized (this) {
            known = held.keySet().removeIf(name -> name.group().equals(group));
        }
        if (known) {
            ask(KeeperMessage.of(Word.FORGET, group));
        }
    }

    @Override
    public synchronized boolean awaitHeld(Duration limit) {
        final long end = System.nanoTime() + limit.toNanos();
        try {
            for (long left = limit.toMillis(); socket < 0 && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return socket >= 0;
    }

    @Override
    public synchronized String describe() {
        return "process " + keeper;
    }

    @Override
    public void close() {
        // First: a keeper that ends because it was told goodbye needs no successor.
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        final Answer bye = ask(KeeperMessage.of(Word.BYE_KEEPER));
        disconnectKeeper();
        awaitEnd(thread);
        if (bye != Answer.NONE && bye.message().number(0) != 0) {
            // It has said that it ends: whoever looks after this process has ended shall find nothing of it.
            ProcessHandle.of(bye.message().number(0)).ifPresent(KeeperLink::awaitEnd);
        }
    }

    private static void awaitEnd(Thread thread) {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(ANSWER_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitEnd(ProcessHandle process) {
        try {
            process.onExit().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            LOG.log(System.Logger.Level.DEBUG, "the keeper takes its time to end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
