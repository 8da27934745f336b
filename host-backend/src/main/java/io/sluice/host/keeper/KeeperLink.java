// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import io.sluice.host.keeper.KeeperMessage.Word;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.RuntimeDirectory;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What a backend wants the keeper's process of its runtime directory to hold, whether one is there or not.
 *
 * <p>A {@link KeeperConnector} keeps the connection, and each new keeper is given all that this backend wants held, also
 * when the one before has died meanwhile. So nobody waits for a keeper, except who asks it for what a dead backend has
 * left.
 */
public final class KeeperLink implements DescriptorStore {
    private static final System.Logger LOG = System.getLogger(KeeperLink.class.getName());

    /** How long a keeper may take to answer. */
    static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

    private record Name(String group, String item) {}

    private final KeeperConnector connector;
    private final BlockingQueue<KeeperAnswer> answers = new LinkedBlockingQueue<>();
    /** Only one asks at a time; taken before this object's own monitor. */
    private final Object asking = new Object();

    /** What shall be held, whether a keeper knows or not; guarded by this. */
    private final Map<Name, Integer> held = new LinkedHashMap<>();

    /** Groups of which the keeper that there is does not hold all, for it has no room; guarded by this. */
    private final Set<String> refused = new HashSet<>();

    /** The one that there is, or null; guarded by this, and so is whoever sends. */
    private KeeperConnection connection;

    private KeeperLink(RuntimeDirectory directory, Duration grace) {
        this.connector = new KeeperConnector(this, directory, grace);
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
        // Whether there is one decides whether a dead backend has left something: that is worth the wait.
        link.connector.start();
        return link;
    }

    /** Gives the keeper of a new connection all that is to be held. */
    synchronized void connected(KeeperConnection newConnection) {
        connection = newConnection;
        refused.clear();
        held.forEach(this::sendHold);
        notifyAll();
    }

    /** Notes that the keeper does not hold all of {@code group}. */
    synchronized void refused(String group) {
        refused.add(group);
    }

    /** Hands {@code answer} to whoever has asked. */
    void answered(KeeperAnswer answer) {
        answers.add(answer);
    }

    /** Says that the connection has ended, also to whoever waits for an answer. When this returns nobody uses it. */
    void disconnected() {
        answers.add(KeeperAnswer.NONE);
        synchronized (this) {
            connection = null;
        }
    }

    private boolean send(KeeperMessage message, int descriptor) {
        return connection != null && connection.send(message, descriptor);
    }

    private void sendHold(Name name, int descriptor) {
        send(KeeperMessage.of(Word.HOLD, name.group(), name.item()), descriptor);
    }

    /** The connector sees the end and starts over. */
    private synchronized void disconnectKeeper() {
        if (connection != null) {
            connection.shutdown();
        }
    }

    /** Asks, and waits for the answer; {@link KeeperAnswer#NONE} where none comes. */
    private KeeperAnswer ask(KeeperMessage question) {
        synchronized (asking) {
            answers.clear();
            synchronized (this) {
                if (!send(question, -1)) {
                    return KeeperAnswer.NONE;
                }
            }
            try {
                final KeeperAnswer answer = answers.poll(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
                if (answer == null) {
                    // It must not answer the next question with this one's answer.
                    disconnectKeeper();
                }
                return answer == null ? KeeperAnswer.NONE : answer;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return KeeperAnswer.NONE;
            }
        }
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public List<String> orphans() {
        final KeeperAnswer answer = ask(KeeperMessage.of(Word.LIST));
        return answer == KeeperAnswer.NONE ? List.of() : answer.message().arguments();
    }

    @Override
    public Map<String, Integer> claim(String group) {
        final Map<String, Integer> items = new LinkedHashMap<>();
        final KeeperAnswer claimed = ask(KeeperMessage.of(Word.CLAIM, group));
        final long count = claimed == KeeperAnswer.NONE ? 0 : claimed.message().number(1);
        for (long i = 0; i < count; i++) {
            final KeeperAnswer item = ask(KeeperMessage.of(Word.TAKE, group, i));
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
    public boolean holds(String group) {
        // The keeper answers in order: what it refuses comes before the answer to any later question.
        if (ask(KeeperMessage.of(Word.LIST)) == KeeperAnswer.NONE) {
            return false;
        }
        synchronized (this) {
            return !refused.contains(group);
        }
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
            for (long left = limit.toMillis();
                    connection == null && left > 0;
                    left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return connection != null;
    }

    @Override
    public synchronized String describe() {
        return "process " + (connection == null ? 0 : connection.process());
    }

    @Override
    public void close() {
        // First: a keeper that ends because it was told goodbye needs no successor.
        connector.close();
        final KeeperAnswer bye = ask(KeeperMessage.of(Word.BYE_KEEPER));
        disconnectKeeper();
        connector.awaitEnd();
        if (bye != KeeperAnswer.NONE && bye.message().number(0) != 0) {
            // It has said that it ends: whoever looks after this process has ended shall find nothing of it.
            ProcessHandle.of(bye.message().number(0)).ifPresent(KeeperLink::awaitEnd);
        }
    }

    private static void awaitEnd(ProcessHandle process) {
        try {
            process.onExit().get(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            LOG.log(System.Logger.Level.DEBUG, "the keeper takes its time to end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
