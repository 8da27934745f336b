// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.UnixSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A client's connection: commands, each followed by its reply. One thread at a time.
 *
 * <p>Once a command has not got its reply, whatever the reason, no later one is sent: nobody could tell whose reply comes
 * next.
 */
final class ServerConnection implements AutoCloseable {
    private final MessageStream stream;
    private final long timeoutNanos;
    private Capabilities server = Capabilities.NONE;
    private int nextId;

    private ServerConnection(MessageStream stream, long timeoutNanos) {
        this.stream = stream;
        this.timeoutNanos = timeoutNanos;
    }

    /**
     * Connects and agrees on a version.
     *
     * @throws IOException where nobody listens, or they are not understood
     */
    static ServerConnection open(Path socket, long timeoutNanos) throws IOException {
        final int descriptor = UnixSocket.connectWithin(socket.toString(), timeoutNanos);
        if (descriptor == -Errno.ETIMEDOUT) {
            throw new IOException("the server at socket=" + socket + " takes no connection within "
                    + timeoutNanos / 1_000_000 + " ms: it hangs; restart it");
        }
        if (descriptor < 0) {
            throw new IOException("cannot connect to socket=" + socket + ": " + Errno.describe(descriptor)
                    + "; start the vfio-user server that is to listen there");
        }
        final ServerConnection connection =
                new ServerConnection(new MessageStream(new MessageStream.Buffers(), descriptor, -1), timeoutNanos);
        try {
            connection.agree();
            return connection;
        } catch (DisconnectedException e) {
            connection.close();
            final String advice = e.reason() == Disconnect.LEFT ? "; a server takes one client at a time" : "";
            throw new IOException("no vfio-user server at socket=" + socket + ": " + e.getMessage() + advice, e);
        }
    }

    private void agree() throws DisconnectedException {
        final byte[] text = Capabilities.OURS.format().getBytes(StandardCharsets.UTF_8);
        command()
                .putShort((short) Protocol.MAJOR)
                .putShort((short) Protocol.MINOR)
                .put(text)
                .put((byte) 0);
        final int result = call(Protocol.VERSION, Protocol.VERSION_BYTES);
        if (result != 0) {
            throw new DisconnectedException(Disconnect.VERSION, "the server answers " + Errno.describe(result));
        }
        final ByteBuffer data = stream.data();
        final int major = Short.toUnsignedInt(data.getShort(0));
        final int minor = Short.toUnsignedInt(data.getShort(2));
        if (major != Protocol.MAJOR || minor > Protocol.MINOR) {
            throw new DisconnectedException(Disconnect.VERSION, "the server speaks " + major + "." + minor);
        }
        if (data.limit() > Protocol.MAX_VERSION_BYTES) {
            throw new DisconnectedException(Disconnect.TOO_LONG, "version of " + data.limit() + " bytes");
        }
        final byte[] answer = new byte[data.limit() - Protocol.VERSION_BYTES];
        data.get(Protocol.VERSION_BYTES, answer);
        try {
            server = Capabilities.parse(answer);
        } catch (IOException e) {
            throw new DisconnectedException(Disconnect.VERSION, e.getMessage(), e);
        }
    }

    /** What the server says of itself. */
    Capabilities server() {
        return server;
    }

    /** Where the data of the next command is written, from 0 on. */
    ByteBuffer command() {
        return stream.outgoing();
    }

    /** The data of the last reply; none where that was an error. */
    ByteBuffer data() {
        return stream.data();
    }

    /** The last reply, with its descriptors. */
    MessageStream reply() {
        return stream;
    }

    /**
     * Sends a command with what was written to {@link #command}, and receives its reply.
     *
     * @param least bytes of data that the reply has where it is no error
     * @return 0, or the server's error number
     */
    int call(int command, int least, int... toPass) throws DisconnectedException {
        return call(command, least, timeoutNanos, toPass);
    }

    /** As the other, with a timeout of its own. */
    int call(int command, int least, long timeoutNanos, int... toPass) throws DisconnectedException {
        final int id = nextId++ & 0xFFFF;
        stream.send(id, command, Protocol.TYPE_COMMAND, 0, timeoutNanos, toPass);
        final long deadline = System.nanoTime() + timeoutNanos;
        stream.receive(Protocol.MAX_MESSAGE_BYTES, timeoutNanos);
        while ((stream.flags() & Protocol.TYPE_MASK) == Protocol.TYPE_COMMAND) {
            // A server that wants memory read or written for it: it was given descriptors of all there is.
            if ((stream.flags() & Protocol.NO_REPLY) == 0) {
                final int flags = Protocol.TYPE_REPLY | Protocol.ERROR;
                stream.outgoing();
                stream.send(stream.id(), stream.command(), flags, Errno.EOPNOTSUPP, timeoutNanos);
            }
            stream.receive(Protocol.MAX_MESSAGE_BYTES, Math.max(0, deadline - System.nanoTime()));
        }
        if ((stream.flags() & Protocol.TYPE_MASK) != Protocol.TYPE_REPLY
                || stream.id() != id
                || stream.command() != command) {
            throw new DisconnectedException(
                    Disconnect.MALFORMED,
                    "reply command=" + stream.command() + " id=" + stream.id() + " flags=" + stream.flags()
                            + " to command=" + command + " id=" + id);
        }
        if ((stream.flags() & Protocol.ERROR) != 0) {
            return stream.errno() == 0 ? Errno.EIO : stream.errno();
        }
        if (stream.data().limit() < least) {
            throw new DisconnectedException(
                    Disconnect.MALFORMED,
                    "reply to command=" + command + " bytes=" + stream.data().limit() + " least=" + least);
        }
        return 0;
    }

    @Override
    public void close() {
        stream.close();
    }
}
