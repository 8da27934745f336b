// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import io.sluice.host.keeper.KeeperMessage.Word;
import io.sluice.shared.posix.DescriptorMessage;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.PollSet;
import io.sluice.shared.posix.UnixSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The keeper at work: one thread that takes what backends give it ({@link KeeperMessage}) and gives it to their
 * successors.
 *
 * <p>That a backend has died is told by its connection alone: the kernel ends it when the last of the process's threads
 * has, so that whoever claims the group after that is the only one who writes to its memory. What a dying backend has
 * sent lies in its connection's queue and is read before the end; therefore all connections are read until nothing waits
 * before a claim is answered.
 *
 * <p>A peer that sends what is no message, or asks and does not read, is disconnected: what it had waits for its
 * successor.
 */
final class KeeperServer implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 64;
    private static final int MAX_MESSAGES_A_TURN = 1024;
    private static final long TURN_NANOS = 500_000_000L;

    /** A keeper that nobody needs waits so long for somebody who does. */
    private static final long IDLE_NANOS = 3_000_000_000L;

    private final int listener;
    private final int user;
    private final Holdings holdings = new Holdings();
    private final List<Connection> connections = new ArrayList<>();
    private final DescriptorMessage message = new DescriptorMessage(KeeperMessage.MAX_BYTES);
    private final PollSet pollSet = new PollSet(MAX_CONNECTIONS + 1);
    private long busyNanos = System.nanoTime();
    private boolean dismissed;
    private volatile boolean cards;
    private final List<Question> questions = new ArrayList<>();

    private record Question(Connection from, KeeperMessage asked) {}

    /** A backend: its socket is its name in {@link Holdings}. */
    private static final class Connection {
        private final int socket;
        private long graceNanos;

        private Connection(int socket) {
            this.socket = socket;
        }
    }

    /** Serves processes of {@code user} that connect to {@code listener}, which is this object's from now on. */
    KeeperServer(int listener, int user) {
        this.listener = listener;
        this.user = user;
    }

    /** Serves until nobody needs it. */
    void serve() {
        while (!dismissed && !idle()) {
            turn();
        }
    }

    private boolean idle() {
        if (!connections.isEmpty() || !holdings.isEmpty()) {
            busyNanos = System.nanoTime();
        }
        return System.nanoTime() - busyNanos > IDLE_NANOS;
    }

    private void turn() {
        pollSet.clear();
        pollSet.add(listener, connections.size() < MAX_CONNECTIONS ? PollSet.READABLE : 0);
        connections.forEach(connection -> pollSet.add(connection.socket, PollSet.READABLE));
        final List<Connection> polled = List.copyOf(connections);
        pollSet.await(TURN_NANOS);
        for (int i = 0; i < polled.size(); i++) {
            if (pollSet.ready(i + 1)) {
                read(polled.get(i));
            }
        }
        if (pollSet.ready(0)) {
            accept();
        }
        if (!questions.isEmpty()) {
            // A backend may have died since the wait, and the one that asks knows of it.
            List.copyOf(connections).forEach(this::read);
            questions.forEach(this::answer);
            questions.clear();
        }
        for (String group : holdings.expire(System.nanoTime())) {
            log("given up, for no backend came: " + group);
        }
        cards = holdings.hasCards();
    }

    /**
     * Waits until no card is held any more, from another thread: those of living backends are stopped when these end.
     *
     * @return false where that takes longer than {@code limit}
     */
    boolean awaitNoCards(Duration limit) throws InterruptedException {
        final long deadline = System.nanoTime() + limit.toNanos();
        while (cards && System.nanoTime() < deadline) {
            Thread.sleep(TURN_NANOS / 1_000_000);
        }
        return !cards;
    }

    private void accept() {
        final int socket = UnixSocket.accept(listener);
        if (socket < 0) {
            return;
        }
        if (UnixSocket.peerUser(socket) == user) {
            connections.add(new Connection(socket));
        } else {
            Descriptors.close(socket);
        }
    }

    /** Reads what waits. What others may have a say in is answered later. */
    private void read(Connection connection) {
        for (int i = 0; i < MAX_MESSAGES_A_TURN && connections.contains(connection); i++) {
            final int received = message.receive(connection.socket, false);
            if (received == -Errno.EAGAIN) {
                return;
            }
            if (received <= 0) {
                disconnect(connection);
                return;
            }
            final int descriptor = message.descriptor();
            try {
                final KeeperMessage told = KeeperMessage.parse(message.text());
                if (told.word() == Word.HOLD && descriptor >= 0) {
                    hold(connection, told, descriptor);
                } else {
                    closeIfOpen(descriptor);
                    follow(connection, told);
                }
            } catch (IllegalArgumentException e) {
                log("a backend is disconnected: " + e.getMessage());
                disconnect(connection);
            }
        }
    }

    private void hold(Connection from, KeeperMessage told, int descriptor) {
        if (!holdings.hold(from.socket, told.name(0), told.name(1), descriptor)) {
            refuse(from, told);
        }
    }

    private void refuse(Connection from, KeeperMessage told) {
        send(from, KeeperMessage.of(Word.REFUSED, told.name(0), told.name(1)), -1);
    }

    private void follow(Connection from, KeeperMessage told) {
        switch (told.word()) {
            case HELLO_KEEPER -> hello(from, told);
            // Its descriptor did not come: this process can have no more of them.
            case HOLD -> refuse(from, told);
            case DROP -> holdings.drop(from.socket, told.name(0), told.name(1));
            case FORGET -> {
                holdings.forget(from.socket, told.name(0));
                send(from, KeeperMessage.of(Word.FORGOTTEN, told.name(0)), -1);
            }
            case TAKE -> take(from, told);
            case RELEASE -> holdings.release(from.socket, told.name(0));
            case LIST, CLAIM, BYE_KEEPER -> questions.add(new Question(from, told));
            default -> throw new IllegalArgumentException("not for the keeper: " + told.format());
        }
    }

    private void answer(Question question) {
        final Connection from = question.from();
        if (!connections.contains(from)) {
            return;
        }
        switch (question.asked().word()) {
            case LIST -> send(from, new KeeperMessage(Word.ORPHANS, holdings.orphans()), -1);
            case CLAIM -> {
                final String group = question.asked().name(0);
                send(from, KeeperMessage.of(Word.CLAIMED, group, holdings.claim(from.socket, group)), -1);
            }
            default -> bye(from);
        }
    }

    private void hello(Connection from, KeeperMessage asked) {
        if (asked.number(0) != KeeperMessage.VERSION) {
            throw new IllegalArgumentException("another version: " + asked.format());
        }
        from.graceNanos = asked.number(1) * 1_000_000L;
        send(from, KeeperMessage.of(Word.HELLO, ProcessHandle.current().pid()), -1);
    }

    private void take(Connection from, KeeperMessage asked) {
        final Map.Entry<String, Integer> item = holdings.item(from.socket, asked.name(0), asked.number(1));
        if (item == null) {
            throw new IllegalArgumentException("there is no such item: " + asked.format());
        }
        send(from, KeeperMessage.of(Word.ITEM, asked.name(0), item.getKey()), item.getValue());
    }

    /** Ends where nothing needs this process any more; a backend that would connect just now starts another one. */
    private void bye(Connection from) {
        dismissed = connections.size() == 1 && holdings.isEmpty();
        send(
                from,
                KeeperMessage.of(Word.BYE, dismissed ? ProcessHandle.current().pid() : 0),
                -1);
    }

    private void send(Connection to, KeeperMessage answer, int descriptor) {
        if (message.send(to.socket, answer.format(), descriptor) < 0) {
            disconnect(to);
        }
    }

    private void disconnect(Connection connection) {
        if (connections.remove(connection)) {
            // Before anything else: until then a card writes to memory that nobody looks after.
            holdings.stopCards(connection.socket).forEach(card -> log("stopped, for its backend has gone: " + card));
            holdings.orphan(connection.socket, System.nanoTime(), connection.graceNanos);
            Descriptors.close(connection.socket);
        }
    }

    /** The logger is made when it is needed: it would be a good part of this process. */
    private static void log(String text) {
        System.getLogger(KeeperServer.class.getName()).log(System.Logger.Level.WARNING, text);
    }

    private static void closeIfOpen(int descriptor) {
        if (descriptor >= 0) {
            Descriptors.close(descriptor);
        }
    }

    /** Closes the listener; connections and what is held end with the process. */
    @Override
    public void close() {
        Descriptors.close(listener);
        pollSet.close();
    }
}
