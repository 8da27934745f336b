// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One end of a connection over which a line goes one way and text the other ({@link NicControl}). */
record ControlLine(SocketChannel connection) implements AutoCloseable {
    private static final int MAX_BYTES = 1 << 16;

    /** The peer's next line, without its end. */
    String read() throws IOException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        final ByteBuffer one = ByteBuffer.allocate(1);
        while (connection.read(one) >= 0) {
            if (one.get(0) == '\n') {
                return line.toString(StandardCharsets.UTF_8);
            }
            if (line.size() == MAX_BYTES) {
                throw new IOException("a line has more than bytes=" + MAX_BYTES);
            }
            line.write(one.get(0));
            one.clear();
        }
        throw new EOFException("the other end has closed before a line's end");
    }

    /** All that the peer sends until it closes. */
    String readAll() throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
        while (bytes.hasRemaining() && connection.read(bytes) >= 0) {
            // there is more
        }
        return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
    }

    void write(String text) throws IOException {
        final ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        while (bytes.hasRemaining()) {
            connection.write(bytes);
        }
    }

    /** Ends the wait of whoever reads or writes. */
    void abandon() {
        try {
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
