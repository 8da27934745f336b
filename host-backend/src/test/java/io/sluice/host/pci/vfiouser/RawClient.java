// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.SocketMessage;
import io.sluice.shared.posix.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A client that sends what a test tells it to, message by message. */
final class RawClient implements AutoCloseable {
    static final long TIMEOUT_NANOS = 10_000_000_000L;
    static final String QEMU = "{\"capabilities\": {\"migration\": {\"pgsize\": 4096, \"max_bitmap_size\": 268435456},"
            + " \"max_msg_fds\": 16, \"max_data_xfer_size\": 1048576, \"pgsizes\": 4096, \"max_dma_maps\": 65535,"
            + " \"write_multiple\": true}}";
    /** As our own driver's side: it stores nothing but tails on the pages that it maps. */
    static final String OURS = QEMU.replace("true}}", "true, \"sluice_mapped_tails\": true}}");

    private final MessageStream stream;
    private final SocketMessage sender = new SocketMessage(Protocol.MAX_DESCRIPTORS);
    private ByteBuffer data;
    private int id = 100;

    RawClient(Path socket) {
        final int descriptor = PosixException.check(UnixSocket.connect(socket.toString()), "connect");
        stream = new MessageStream(new MessageStream.Buffers(), descriptor, -1);
    }

    /** A client that has agreed on a version as QEMU does. */
    static RawClient greeted(Path socket) throws DisconnectedException {
        return greeted(socket, QEMU);
    }

    /** A client that has agreed on a version and said {@code capabilities} of itself. */
    static RawClient greeted(Path socket, String capabilities) throws DisconnectedException {
        final RawClient client = new RawClient(socket);
        client.version(0, capabilities);
        assertThat(client.call(Protocol.VERSION)).isZero();
        return client;
    }

    RawClient version(int major, String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        data().putShort((short) major).putShort((short) 3).put(bytes).put((byte) 0);
        return this;
    }

    /** Where the data of the next message is written. */
    ByteBuffer data() {
        data = stream.outgoing();
        return data;
    }

    /** Writes one byte more of the data. */
    RawClient more(byte value) {
        data.put(value);
        return this;
    }

    /** Sends bytes as they are, whatever they mean. */
    void raw(byte[] bytes, int... toPass) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment segment = arena.allocate(bytes.length);
            MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
            final long sent = sender.send(stream.socket(), segment.address(), bytes.length, toPass);
            assertThat(sent).isEqualTo(bytes.length);
        }
    }

    MessageStream reply() {
        return stream;
    }

    /** Sends what was written to {@link #data} as a command, and receives its reply: 0 or the error number. */
    int call(int command, int... toPass) throws DisconnectedException {
        post(command, Protocol.TYPE_COMMAND, toPass);
        stream.receive(Protocol.MAX_MESSAGE_BYTES, TIMEOUT_NANOS);
        assertThat(stream.id()).isEqualTo(id);
        assertThat(stream.command()).isEqualTo(command);
        assertThat(stream.flags() & Protocol.TYPE_MASK).isEqualTo(Protocol.TYPE_REPLY);
        final boolean error = (stream.flags() & Protocol.ERROR) != 0;
        if (error) {
            assertThat(stream.data().limit()).as("an error has no data").isZero();
        }
        return error ? stream.errno() : 0;
    }

    /** Sends it with other flags, and does not wait. */
    void post(int command, int flags, int... toPass) throws DisconnectedException {
        stream.send(++id, command, flags, 0, TIMEOUT_NANOS, toPass);
    }

    /** What the server has disconnected for, seen from here: the end of the stream. */
    void awaitEnd() {
        try {
            stream.receive(Protocol.MAX_MESSAGE_BYTES, TIMEOUT_NANOS);
            throw new AssertionError("the server answers: command=" + stream.command() + " errno=" + stream.errno());
        } catch (DisconnectedException e) {
            assertThat(e.reason()).isEqualTo(Disconnect.LEFT);
        }
    }

    @Override
    public void close() {
        stream.close();
    }
}
