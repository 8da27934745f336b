// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import io.sluice.host.keeper.KeeperMessage.Word;
import io.sluice.shared.posix.DescriptorMessage;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.PollSet;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.posix.UnixSocket;
import java.time.Duration;
import java.util.Optional;

/**
 * A connection to a keeper that has said hello, until one of the two ends it. One thread reads; whoever sends, or ends
 * the reader's wait, makes sure that it is one at a time and that the connection is not closed meanwhile.
 */
final class KeeperConnection {
    private static final long ROOM_NANOS = 1_000_000_000L;

    private final int socket;
    private final long process;
    private final DescriptorMessage sending = new DescriptorMessage(KeeperMessage.MAX_BYTES);
    private final DescriptorMessage incoming = new DescriptorMessage(KeeperMessage.MAX_BYTES);

    private KeeperConnection(int socket, long process) {
        this.socket = socket;
        this.process = process;
    }

    /**
     * Connects to the keeper of {@code directory} and says hello.
     *
     * @param grace how long it shall hold what this backend leaves when it dies
     * @param limit how long to wait for its answer
     * @return nothing where there is none, or one that has just ended
     */
    static Optional<KeeperConnection> open(RuntimeDirectory directory, Duration grace, Duration limit) {
        final int socket = UnixSocket.connectForMessages(
                directory.path().resolve(KeeperMain.SOCKET).toString());
        if (socket < 0) {
            return Optional.empty();
        }
        final long process = hello(socket, grace, limit);
        if (process <= 0) {
            Descriptors.close(socket);
            return Optional.empty();
        }
        return Optional.of(new KeeperConnection(socket, process));
    }

    /** The keeper's process id, or 0. Nobody waits for this but the thread that it is for. */
    private static long hello(int socket, Duration grace, Duration limit) {
        final DescriptorMessage message = new DescriptorMessage(KeeperMessage.MAX_BYTES);
        final KeeperMessage hello = KeeperMessage.of(Word.HELLO_KEEPER, KeeperMessage.VERSION, grace.toMillis());
        try (PollSet answer = new PollSet(1)) {
            answer.add(socket, PollSet.READABLE);
            return message.send(socket, hello.format(), -1) == 0
                            && answer.await(limit.toNanos()) > 0
                            && message.receive(socket, false) > 0
                    ? KeeperMessage.parse(message.text()).number(0)
                    : 0;
        }
    }

    /** The keeper's process id. */
    long process() {
        return process;
    }

    /** Waits for room only, not for an answer. A keeper that reads nothing for long is no better than a dead one. */
    boolean send(KeeperMessage message, int descriptor) {
        int result = sending.send(socket, message.format(), descriptor);
        if (result == -Errno.EAGAIN) {
            // A connection carries some two hundred messages; all that a large backend holds is more.
            awaitRoom();
            result = sending.send(socket, message.format(), descriptor);
        }
        if (result < 0) {
            shutdown();
        }
        return result == 0;
    }

    private void awaitRoom() {
        try (PollSet room = new PollSet(1)) {
            room.add(socket, PollSet.WRITABLE);
            room.await(ROOM_NANOS);
        }
    }

    /** Waits for the next message; {@link KeeperAnswer#NONE} where the connection has ended. */
    KeeperAnswer receive() {
        return incoming.receive(socket, true) > 0
                ? new KeeperAnswer(KeeperMessage.parse(incoming.text()), incoming.descriptor())
                : KeeperAnswer.NONE;
    }

    /** Ends the connection for both; whoever waits in {@link #receive} sees it. */
    void shutdown() {
        UnixSocket.shutdown(socket);
    }

    /** Frees the socket: nobody uses it any more. */
    void close() {
        Descriptors.close(socket);
    }
}
