// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP transfer from one namespace to another that goes on until it is told to finish, so that whatever a test does
 * meanwhile happens in the middle of it. It takes a part of what the way can carry: others have work to do.
 */
final class LongTransfer implements AutoCloseable {
    private static final int BLOCK_BYTES = 1 << 16;
    private static final long PAUSE_NANOS = 2_000_000;
    private static final int CONNECT_MILLIS = 30_000;

    private final ServerSocketChannel listener;
    private final SocketChannel sender;
    private final AtomicLong arrived = new AtomicLong();
    private final CompletableFuture<String> sentDigest;
    private final CompletableFuture<String> arrivedDigest;
    private volatile boolean finishing;

    /** Begins to send from one namespace to {@code address} in another. */
    LongTransfer(String from, String to, String address, int port, long seed) {
        try {
            listener = Peers.listen(to, address, port);
            sender = Peers.open(from, address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        arrivedDigest = Background.start("transfer", this::receive);
        sentDigest = Background.start("transfer", () -> send(new InetSocketAddress(address, port), seed));
    }

    private String send(InetSocketAddress to, long seed) throws IOException {
        sender.socket().connect(to, CONNECT_MILLIS);
        final MessageDigest digest = Peers.sha256();
        final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        new SplittableRandom(seed).nextBytes(block.array());
        for (long number = 0; !finishing; number++) {
            // No two blocks are alike, so that one in another's place is noticed.
            block.clear().putLong(0, number);
            digest.update(block.array());
            while (block.hasRemaining()) {
                sender.write(block);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        sender.shutdownOutput();
        return HexFormat.of().formatHex(digest.digest());
    }

    private String receive() throws IOException {
        try (SocketChannel receiver = listener.accept()) {
            final MessageDigest digest = Peers.sha256();
            final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
            while (receiver.read(block.clear()) >= 0) {
                arrived.addAndGet(block.flip().remaining());
                digest.update(block);
            }
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    /** Bytes that have arrived so far. */
    long arrived() {
        return arrived.get();
    }

    /** Waits until {@code bytes} more have arrived. */
    void awaitProgress(long bytes, Duration limit) {
        final long goal = arrived() + bytes;
        Await.until(
                bytes + " more bytes to arrive",
                limit,
                () -> arrived() >= goal || arrivedDigest.isDone() || sentDigest.isDone(),
                () -> "arrived: " + arrived() + " of " + goal);
        assertThat(sentDigest).as("the sender").isNotCompletedExceptionally();
        assertThat(arrivedDigest.isDone()).as("ended before its time").isFalse();
    }

    /** Waits until nothing has arrived for as long as {@code quiet}. */
    void awaitStall(Duration quiet, Duration limit) {
        final long[] last = {arrived(), System.nanoTime()};
        Await.until("the transfer to stall", limit, () -> {
            if (arrived() != last[0]) {
                last[0] = arrived();
                last[1] = System.nanoTime();
            }
            return System.nanoTime() - last[1] >= quiet.toNanos();
        });
    }

    /**
     * Sends no more and compares the SHA-256 of what was sent and of what arrived.
     *
     * @return bytes
     */
    long finish(Duration limit) {
        finishing = true;
        assertThat(Background.await(arrivedDigest, limit, "receiving"))
                .as("what arrived")
                .isEqualTo(Background.await(sentDigest, limit, "sending"));
        return arrived();
    }

    /** Ends it whatever its state. */
    @Override
    public void close() {
        finishing = true;
        Closing.close(sender);
        Closing.close(listener);
    }
}
