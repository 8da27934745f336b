// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.PollSet;
import io.sluice.shared.posix.SocketMessage;
import io.sluice.shared.posix.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One end of a connection: whole messages, received and sent, with the descriptors beside them. One thread at a time.
 *
 * <p>{@link #data} is what came behind the header, {@link #outgoing} what is to be sent behind one; both are bounded, so
 * that reading or writing beyond what there is throws instead of touching anything else.
 *
 * <p>A call of the system takes as much as there is, since each takes longer than most commands:
 *
 * <pre>
 *   incoming   | done | the message at hand | further ones, the last of them perhaps not whole |
 *              0      current               next                                               end
 * </pre>
 *
 * Linux ends what it hands out with the piece that descriptors came with, and who sends them does so with the beginning of
 * their message: so they belong to the last message of which the beginning was handed out with them.
 */
final class MessageStream implements AutoCloseable {
    private final int socket;
    private final int stopBell;
    private final MemorySegment incoming;
    private final MemorySegment outgoing;
    private final ByteBuffer incomingBytes;
    private final ByteBuffer outgoingBytes;
    private final ByteBuffer outgoingData;
    private final SocketMessage transfer = new SocketMessage(Protocol.MAX_DESCRIPTORS);
    private final PollSet pollSet = new PollSet(2);
    private final int[] descriptors = new int[Protocol.MAX_DESCRIPTORS];
    private int descriptorCount;
    /** Those of a message that is there already, and not at hand yet. */
    private final int[] laterDescriptors = new int[Protocol.MAX_DESCRIPTORS];

    private int laterCount;
    private int laterAt;
    private int current;
    private int next;
    private int end;
    private ByteBuffer data;

    /** Room for the longest message in either direction; for one connection after the other, as it takes long to make. */
    static final class Buffers {
        private final Arena arena = Arena.ofAuto();
        private final MemorySegment incoming = arena.allocate(Protocol.MAX_MESSAGE_BYTES, 8);
        private final MemorySegment outgoing = arena.allocate(Protocol.MAX_MESSAGE_BYTES, 8);
    }

    /**
     * The end {@code socket}, which belongs to this object from now on.
     *
     * @param stopBell an eventfd that ends any wait, or -1
     */
    MessageStream(Buffers buffers, int socket, int stopBell) {
        this.incoming = buffers.incoming;
        this.outgoing = buffers.outgoing;
        this.incomingBytes = bytes(incoming);
        this.outgoingBytes = bytes(outgoing);
        this.outgoingData = bytes(outgoing.asSlice(Protocol.HEADER_BYTES));
        this.data = incomingBytes;
        this.socket = socket;
        this.stopBell = stopBell;
    }

    private static ByteBuffer bytes(MemorySegment segment) {
        return segment.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Receives one message; descriptors of the message before that nobody took are closed.
     *
     * @param maxBytes what the message may be long, with its header
     * @param timeoutNanos for all of it
     */
    void receive(int maxBytes, long timeoutNanos) throws DisconnectedException {
        final long deadline = System.nanoTime() + timeoutNanos;
        advance();
        receiveTo(Protocol.HEADER_BYTES, deadline);
        final int size = incomingBytes.getInt(current + 4);
        if (size < Protocol.HEADER_BYTES) {
            throw new DisconnectedException(Disconnect.MALFORMED, "size=" + Integer.toUnsignedString(size));
        }
        if (size > maxBytes) {
            throw new DisconnectedException(
                    Disconnect.TOO_LONG, "command=" + command() + " size=" + size + " limit=" + maxBytes);
        }
        receiveTo(size, deadline);
        next = current + size;
        data = incomingBytes
                .slice(current + Protocol.HEADER_BYTES, size - Protocol.HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Goes on to the next message, whatever of it is there. */
    private void advance() {
        closeDescriptors();
        if (laterCount > 0 && laterAt == next) {
            System.arraycopy(laterDescriptors, 0, descriptors, 0, laterCount);
            descriptorCount = laterCount;
            laterCount = 0;
        }
        current = next;
        if (current == end) {
            current = 0;
            next = 0;
            end = 0;
        }
    }

    /** Receives until there are {@code bytes} of the message at hand. */
    private void receiveTo(int bytes, long deadline) throws DisconnectedException {
        if (bytes > incoming.byteSize() - current) {
            // Nothing but this message is there: more was not asked for.
            MemorySegment.copy(incoming, current, incoming, 0, end - current);
            end -= current;
            current = 0;
        }
        while (end - current < bytes) {
            final long received = transfer.receive(socket, incoming.address() + end, incoming.byteSize() - end);
            if (received > 0) {
                end += (int) received;
                keepDescriptors();
            } else if (received == -Errno.EAGAIN) {
                await(PollSet.READABLE, deadline, Disconnect.STALLED);
            } else if (received == -Errno.EMSGSIZE) {
                throw new DisconnectedException(
                        Disconnect.DESCRIPTORS, "more than " + Protocol.MAX_DESCRIPTORS + " at once");
            } else if (received != -Errno.EINTR) {
                throw ended(received, end > current);
            }
        }
    }

    /** Whether something of a further message is there already. */
    boolean hasMore() {
        return end > next;
    }

    private static DisconnectedException ended(long result, boolean insideAMessage) {
        final String detail = result == 0 || result == -Errno.ECONNRESET ? "" : Errno.describe((int) result);
        return new DisconnectedException(insideAMessage ? Disconnect.TORN : Disconnect.LEFT, detail);
    }

    private void keepDescriptors() throws DisconnectedException {
        if (transfer.descriptors() == 0) {
            return;
        }
        final int at = lastMessage();
        if (at != current) {
            laterAt = at;
            for (int i = 0; i < transfer.descriptors(); i++) {
                laterDescriptors[laterCount++] = transfer.descriptor(i);
            }
            return;
        }
        for (int i = 0; i < transfer.descriptors(); i++) {
            if (descriptorCount < descriptors.length) {
                descriptors[descriptorCount++] = transfer.descriptor(i);
            } else {
                for (int left = i; left < transfer.descriptors(); left++) {
                    Descriptors.close(transfer.descriptor(left));
                }
                throw new DisconnectedException(
                        Disconnect.DESCRIPTORS, "more than " + Protocol.MAX_DESCRIPTORS + " with one message");
            }
        }
    }

    /** Where the last message begins of which anything is there. */
    private int lastMessage() {
        int at = current;
        while (end - at >= Long.BYTES) {
            final int size = incomingBytes.getInt(at + 4);
            if (size < Protocol.HEADER_BYTES || size >= end - at) {
                return at;
            }
            at += size;
        }
        return at;
    }

    private void await(short event, long deadline, Disconnect late) throws DisconnectedException {
        final long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new DisconnectedException(late, "");
        }
        pollSet.clear();
        pollSet.add(socket, event);
        if (stopBell >= 0) {
            pollSet.add(stopBell, PollSet.READABLE);
        }
        pollSet.await(left);
        if (stopBell >= 0 && pollSet.ready(1)) {
            throw new DisconnectedException(Disconnect.CLOSED, "");
        }
    }

    int socket() {
        return socket;
    }

    int id() {
        return Short.toUnsignedInt(incomingBytes.getShort(current));
    }

    int command() {
        return Short.toUnsignedInt(incomingBytes.getShort(current + 2));
    }

    int flags() {
        return incomingBytes.getInt(current + 8);
    }

    int errno() {
        return incomingBytes.getInt(current + 12);
    }

    /** What came behind the header, from 0 to its end. */
    ByteBuffer data() {
        return data;
    }

    /** Descriptors that came with the message and were not taken yet. */
    int descriptors() {
        return descriptorCount;
    }

    /** Takes the first descriptor that is left: the caller's from now on. */
    int takeDescriptor() {
        final int first = descriptors[0];
        System.arraycopy(descriptors, 1, descriptors, 0, --descriptorCount);
        return first;
    }

    private void closeDescriptors() {
        for (int i = 0; i < descriptorCount; i++) {
            Descriptors.close(descriptors[i]);
        }
        descriptorCount = 0;
    }

    private void closeLaterDescriptors() {
        for (int i = 0; i < laterCount; i++) {
            Descriptors.close(laterDescriptors[i]);
        }
        laterCount = 0;
    }

    /** Where the data of the next message to be sent is written, from 0 on; its position says how much that is. */
    ByteBuffer outgoing() {
        return outgoingData.clear();
    }

    /** Sends a message with what was written to {@link #outgoing} since that was asked for. */
    void send(int id, int command, int flags, int errno, long timeoutNanos, int... toPass)
            throws DisconnectedException {
        final int size = Protocol.HEADER_BYTES + outgoingData.position();
        outgoingBytes.putShort(0, (short) id);
        outgoingBytes.putShort(2, (short) command);
        outgoingBytes.putInt(4, size);
        outgoingBytes.putInt(8, flags);
        outgoingBytes.putInt(12, errno);
        final long deadline = System.nanoTime() + timeoutNanos;
        int at = 0;
        while (at < size) {
            final long sent = at == 0
                    ? transfer.send(socket, outgoing.address(), size, toPass)
                    : transfer.send(socket, outgoing.address() + at, size - at);
            if (sent > 0) {
                at += (int) sent;
            } else if (sent == -Errno.EAGAIN) {
                await(PollSet.WRITABLE, deadline, Disconnect.UNREAD);
            } else if (sent != -Errno.EINTR) {
                throw new DisconnectedException(
                        Disconnect.LEFT, sent == -Errno.EPIPE ? "" : Errno.describe((int) sent));
            }
        }
    }

    /** Ends the connection for the peer; the descriptor stays until {@link #close}. */
    void shutdown() {
        UnixSocket.shutdown(socket);
    }

    @Override
    public void close() {
        closeDescriptors();
        closeLaterDescriptors();
        Descriptors.close(socket);
        pollSet.close();
    }
}
