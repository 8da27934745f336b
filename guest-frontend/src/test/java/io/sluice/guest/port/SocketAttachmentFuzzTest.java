// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.guest.Limits;
import io.sluice.shared.posix.DescriptorPassing;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.SharedMemory;
import io.sluice.shared.posix.UnixSocket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Servers that say anything: a guest attaches or is told why not, and holds no descriptor of theirs afterwards. */
class SocketAttachmentFuzzTest {
    private static final long LIMIT_BYTES = 64 << 20;
    private static final int STEP_BYTES = 9;
    private static final Path PATH = path();
    private static final int LISTENER = PosixException.check(UnixSocket.listen(PATH.toString(), 8), "listen");
    private static final int REGION = memory(1 << 16);
    private static final int EMPTY = memory(0);
    private static final int PAGE = memory(4096);
    private static final int FOLDER = PosixException.check(OpenFile.open("/", OpenFile.READ_ONLY), "open");
    private static final int BELL = EventFd.create();

    /** An attachment that loses its server says so, which is too much for a million of them. */
    private static final Logger LOGGER = Logger.getLogger(SocketAttachment.class.getName());

    static {
        LOGGER.setLevel(Level.OFF);
        DescriptorPassing.warmUp();
    }

    private static Path path() {
        final Path path = Path.of(
                System.getProperty("java.io.tmpdir"),
                "sluice-fuzz-" + ProcessHandle.current().pid());
        path.toFile().deleteOnExit();
        return path;
    }

    private static int memory(long bytes) {
        final int memory = PosixException.check(SharedMemory.memfd("fuzz", false), "memfd_create");
        PosixException.check(SharedMemory.truncate(memory, bytes), "ftruncate");
        return memory;
    }

    private static long openDescriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    /**
     * What the server sends before it closes:
     *
     * <pre>
     *   step   0 what comes with the number, or how many bytes of it come   1 number, i64
     * </pre>
     */
    @FuzzTest
    void shouldAttachOrSayWhyNotWhateverAServerSays(byte[] input) throws Exception {
        Limits.hold(LIMIT_BYTES, () -> attach(input));
    }

    private static void attach(byte[] input) throws IOException {
        final long before = openDescriptors();
        final CompletableFuture<Void> server = CompletableFuture.runAsync(() -> serve(input));
        try {
            use(SocketAttachment.connect(PATH));
        } catch (IOException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
        server.join();
        assertThat(openDescriptors()).isEqualTo(before);
    }

    private static void use(SocketAttachment attachment) {
        try {
            assertThat(attachment.peerId()).isBetween(1, PeerBells.MAX_PEER_ID);
            assertThat(attachment.lengthBytes()).isGreaterThanOrEqualTo(4096);
            while (attachment.hostPresent()) {
                attachment.doorbell().ring(0, 0);
                attachment.doorbell().ring(2, 1);
                Thread.onSpinWait();
            }
        } finally {
            attachment.close();
        }
    }

    private static void serve(byte[] input) {
        int connection = UnixSocket.accept(LISTENER);
        while (connection < 0) {
            Thread.onSpinWait();
            connection = UnixSocket.accept(LISTENER);
        }
        final ByteBuffer steps = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
        int sent = 0;
        while (sent >= 0 && steps.remaining() >= STEP_BYTES) {
            sent = send(connection, steps.get() & 0xFF, steps.getLong());
        }
        Descriptors.close(connection);
    }

    private static int send(int connection, int kind, long number) {
        return switch (kind) {
            case 0 -> DescriptorPassing.send(connection, number, -1);
            case 1 -> DescriptorPassing.send(connection, number, BELL);
            case 2 -> DescriptorPassing.send(connection, number, REGION);
            case 3 -> DescriptorPassing.send(connection, number, EMPTY);
            case 4 -> DescriptorPassing.send(connection, number, PAGE);
            case 5 -> DescriptorPassing.send(connection, number, FOLDER);
            default -> {
                try (Arena arena = Arena.ofConfined()) {
                    final int bytes = kind % Long.BYTES;
                    yield (int) Descriptors.write(connection, arena.allocate(8).address(), bytes);
                }
            }
        };
    }
}
