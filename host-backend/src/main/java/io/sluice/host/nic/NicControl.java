// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.posix.UnixSocket;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Takes orders for a card that this process serves, at a socket beside its report: in a folder that is its user's alone.
 *
 * <pre>
 *   nic-&lt;name&gt;.&lt;process id&gt;.control      a stream socket; a connection is one order
 *
 *     client  fault link-down transmit-stuck=3 \n       or nothing behind "fault", which asks what is wrong
 *     card    ok \n, then what is wrong now, a line each; or: error MESSAGE \n; then it closes
 *
 *     client  socket \n                                where the card is driven
 *     card    ok \n, then the path
 * </pre>
 */
public final class NicControl implements AutoCloseable {
    static final String FAULT = "fault";
    static final String SOCKET = "socket";
    static final String OK = "ok";
    static final String ERROR = "error ";

    private static final System.Logger LOG = System.getLogger(NicControl.class.getName());

    private final Path path;
    private final Orders orders;
    private final ServerSocketChannel listener;

    /** Who obeys. */
    public interface Orders {
        /**
         * Makes the card so; an empty list asks only.
         *
         * @return what is wrong with the card now, in words
         * @throws IllegalArgumentException where one of them is no fault; none is done then
         */
        List<String> fault(List<String> faults);

        /** The vfio-user socket where a driver finds the card. */
        Path socket();
    }

    private NicControl(Path path, Orders orders, ServerSocketChannel listener) {
        this.path = path;
        this.orders = orders;
        this.listener = listener;
    }

    /**
     * Begins to take orders.
     *
     * @throws IOException where the socket cannot be made, with what to do
     */
    public static NicControl start(RuntimeDirectory directory, String name, Orders orders) throws IOException {
        directory.create();
        final Path path = directory
                .path()
                .resolve(NicFiles.controlName(name, ProcessHandle.current().pid()));
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > UnixSocket.MAX_PATH_BYTES) {
            throw new IOException("socket=" + path + " is longer than the " + UnixSocket.MAX_PATH_BYTES
                    + " bytes of a unix socket's address; choose a shorter --run-directory, or name");
        }
        removeAbandoned(path);
        final ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listener.bind(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            listener.close();
            throw new IOException(
                    "cannot listen at socket=" + path + ": " + e.getMessage()
                            + "; this process serves a card of that name already, or the folder is not yours",
                    e);
        }
        final NicControl control = new NicControl(path, orders, listener);
        Thread.ofVirtual().name("nic-control-" + name).start(control::serve);
        return control;
    }

    /** One that a process of the same number has left; nobody is behind it. */
    private static void removeAbandoned(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            LOG.log(System.Logger.Level.DEBUG, "{0} is in use: {1}", path, probe);
        } catch (ConnectException e) {
            Files.delete(path);
        }
    }

    private void serve() {
        try {
            while (true) {
                final SocketChannel connection = listener.accept();
                Thread.ofVirtual().start(() -> answer(connection));
            }
        } catch (AsynchronousCloseException e) {
            // this is closed
        } catch (ClosedChannelException e) {
            // closed before it came to wait
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "no more orders are taken at " + path, e);
        }
    }

    private void answer(SocketChannel connection) {
        try (ControlLine line = new ControlLine(connection)) {
            line.write(answer(line.read()));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "whoever gave an order at " + path + " has gone", e);
        }
    }

    private String answer(String request) {
        final List<String> words = List.of(request.strip().split("\\s+"));
        if (words.getFirst().equals(SOCKET)) {
            return OK + '\n' + orders.socket() + '\n';
        }
        if (!words.getFirst().equals(FAULT)) {
            return ERROR + "no such order: '" + request + "'; there are: fault, socket\n";
        }
        try {
            final List<String> wrong = orders.fault(words.subList(1, words.size()));
            return OK + '\n' + String.join("\n", wrong) + (wrong.isEmpty() ? "" : "\n");
        } catch (IllegalArgumentException e) {
            return ERROR + e.getMessage() + '\n';
        }
    }

    /** Takes no more orders and removes the socket; idempotent. */
    @Override
    public void close() {
        try {
            listener.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot remove " + path, e);
        }
    }
}
