// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** Sends bytes by TCP from one namespace to another and compares their digests. */
final class Transfer {
    private static final int TIMEOUT_MILLIS = 20_000;

    private Transfer() {}

    static void shouldArriveWhole(Namespace client, Namespace server, String serverAddress, int lengthBytes) {
        final byte[] content = new byte[lengthBytes];
        new Random(lengthBytes).nextBytes(content);
        final ServerSocket listener = server.call(() -> new ServerSocket(0, 1, InetAddress.getByName(serverAddress)));
        try (listener) {
            listener.setSoTimeout(TIMEOUT_MILLIS);
            final CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(() -> digestOfAll(listener));
            // A plain Socket would only be made at connect, in the wrong namespace.
            try (Socket socket = client.call(() -> SocketChannel.open().socket())) {
                socket.connect(
                        new InetSocketAddress(InetAddress.getByName(serverAddress), listener.getLocalPort()),
                        TIMEOUT_MILLIS);
                socket.getOutputStream().write(content);
                socket.shutdownOutput();
                assertThat(received.join()).isEqualTo(sha256().digest(content));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] digestOfAll(ServerSocket listener) {
        try (Socket socket = listener.accept()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            final MessageDigest digest = sha256();
            final byte[] part = new byte[65_536];
            for (int read = socket.getInputStream().read(part);
                    read >= 0;
                    read = socket.getInputStream().read(part)) {
                digest.update(part, 0, read);
            }
            return digest.digest();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
