// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.posix.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * Ends of TCP and UDP connections in network namespaces: sockets of this process that were opened there, so that Linux's
 * own stack works at both ends.
 */
final class Peers {
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int PATIENCE_MILLIS = 30_000;
    /** Long enough for a first packet to ask for the peer's address and be answered, and to be sent twice. */
    private static final int REFUSED_MILLIS = 2_500;

    private Peers() {}

    /**
     * Sends {@code bytes} bytes by TCP from one namespace to {@code address} in another, and compares the SHA-256 of what
     * was sent and of what arrived.
     *
     * @return bytes per second
     */
    static double transfer(String from, String to, String address, int port, long bytes, long seed, long limitSeconds) {
        try (ServerSocketChannel listener = listen(to, address, port);
                SocketChannel sender = open(from, address)) {
            final long start = System.nanoTime();
            final CompletableFuture<String> arrived = Background.start("peer", () -> {
                try (SocketChannel receiver = listener.accept()) {
                    return receive(receiver);
                }
            });
            final CompletableFuture<String> sent = Background.start("peer", () -> {
                sender.socket().connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
                return send(sender, bytes, seed);
            });
            final Duration limit = Duration.ofSeconds(limitSeconds);
            final String digest = Background.await(sent, limit, "sending " + bytes + " bytes to " + address);
            assertThat(Background.await(arrived, limit, "receiving " + bytes + " bytes at " + address))
                    .isEqualTo(bytes + " " + digest);
            return bytes * 1e9 / (System.nanoTime() - start);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends {@code bytes} bytes and the end of them, and answers their SHA-256. */
    static String send(SocketChannel channel, long bytes, long seed) throws IOException {
        final MessageDigest digest = sha256();
        final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        new SplittableRandom(seed).nextBytes(block.array());
        final ByteBuffer copy = ByteBuffer.allocateDirect(BLOCK_BYTES);
        long left = bytes;
        for (long number = 0; left > 0; number++) {
            // No two blocks are alike, so that one in another's place is noticed.
            block.putLong(0, number);
            final int length = (int) Math.min(BLOCK_BYTES, left);
            digest.update(block.array(), 0, length);
            copy.clear().put(block.array(), 0, length).flip();
            while (copy.hasRemaining()) {
                channel.write(copy);
            }
            left -= length;
        }
        channel.shutdownOutput();
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Receives all there is, and answers how many bytes that was, and their SHA-256. */
    static String receive(SocketChannel channel) throws IOException {
        final MessageDigest digest = sha256();
        final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
        long bytes = 0;
        while (channel.read(block.clear()) >= 0) {
            bytes += block.flip().remaining();
            digest.update(block);
        }
        return bytes + " " + HexFormat.of().formatHex(digest.digest());
    }

    /** Connects by TCP from one namespace to {@code address}, where somebody listens; fails where it cannot. */
    static void connects(String from, String to, String address, int port) {
        assertThat(connects(from, to, address, port, PATIENCE_MILLIS))
                .as("connection to %s port %d", address, port)
                .isTrue();
    }

    /** Tries the same for a while, and fails where it succeeds. */
    static void cannotConnect(String from, String to, String address, int port) {
        assertThat(connects(from, to, address, port, REFUSED_MILLIS))
                .as("connection to %s port %d", address, port)
                .isFalse();
    }

    private static boolean connects(String from, String to, String address, int port, int limitMillis) {
        try (ServerSocketChannel listener = listen(to, address, port);
                SocketChannel client = open(from, address)) {
            client.socket().connect(new InetSocketAddress(address, port), limitMillis);
            listener.accept().close();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends {@code count} UDP datagrams from one namespace to {@code address} in another, where each must arrive. */
    static void datagramsArrive(String from, String to, String address, int port, int count) {
        assertThat(datagrams(from, to, address, port, count, PATIENCE_MILLIS))
                .as("datagrams to %s port %d", address, port)
                .isEqualTo(count);
    }

    /** Sends the same and waits a while, in which none may arrive. */
    static void noDatagramArrives(String from, String to, String address, int port, int count) {
        assertThat(datagrams(from, to, address, port, count, REFUSED_MILLIS))
                .as("datagrams to %s port %d", address, port)
                .isZero();
    }

    private static int datagrams(String from, String to, String address, int port, int count, int limitMillis) {
        try (DatagramChannel receiver = datagrams(to, address);
                DatagramChannel sender = datagrams(from, address)) {
            receiver.bind(new InetSocketAddress(address, port));
            for (int i = 0; i < count; i++) {
                sender.send(ByteBuffer.wrap(new byte[] {(byte) i}), new InetSocketAddress(address, port));
            }
            receiver.socket().setSoTimeout(limitMillis);
            int arrived = 0;
            while (arrived < count && receives(receiver)) {
                arrived++;
            }
            return arrived;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean receives(DatagramChannel receiver) throws IOException {
        try {
            receiver.socket().receive(new DatagramPacket(new byte[16], 16));
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    static ServerSocketChannel listen(String namespace, String address, int port) throws IOException {
        final ServerSocketChannel listener =
                NetworkNamespace.call(namespace, () -> unchecked(() -> ServerSocketChannel.open(family(address))));
        return listener.bind(new InetSocketAddress(address, port));
    }

    static SocketChannel open(String namespace, String address) {
        return NetworkNamespace.call(namespace, () -> unchecked(() -> SocketChannel.open(family(address))));
    }

    private static DatagramChannel datagrams(String namespace, String address) {
        return NetworkNamespace.call(namespace, () -> unchecked(() -> DatagramChannel.open(family(address))));
    }

    private static ProtocolFamily family(String address) throws IOException {
        return InetAddress.getByName(address).getAddress().length == 4
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
    }

    private static <T> T unchecked(Background.Work<T> work) {
        try {
            return work.call();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
