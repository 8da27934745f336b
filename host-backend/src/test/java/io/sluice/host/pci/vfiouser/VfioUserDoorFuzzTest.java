// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.host.Limits;
import io.sluice.host.pci.PciConfig;
import io.sluice.host.pci.PciDevice;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.UnixSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Servers that answer anything: a door opens or says why not, reads something, and holds nothing afterwards. */
class VfioUserDoorFuzzTest {
    private static final long LIMIT_BYTES = 16 << 20;
    private static final int STEP_BYTES = 3;
    private static final long TIMEOUT_NANOS = 2_000_000_000L;
    private static final long COMMAND_NANOS = 10_000_000L;

    /** A door says that its server is lost, which is too much for a million of them. */
    private static final Logger LOGGER = Logger.getLogger("io.sluice.host.pci.vfiouser");

    private static final Path PATH = FuzzDescriptors.path("door");
    private static final int LISTENER = PosixException.check(UnixSocket.listen(PATH.toString(), 8), "listen");
    private static final FuzzDescriptors DESCRIPTORS = new FuzzDescriptors();
    private static final MessageStream.Buffers BUFFERS = new MessageStream.Buffers();
    private static final SharedRegion MEMORY = SharedRegion.create("fuzz-driver", 4096);
    private static final int BELL = EventFd.create();

    static {
        LOGGER.setLevel(Level.OFF);
    }

    /**
     * What the server sends, a step for each command that it gets, or waits for in vain, before it closes:
     *
     * <pre>
     *   0 bits 0-3: which descriptors; bit 6: an error; bit 7: the bytes are sent as they are, else behind a header of the
     *     reply that is due   1 bytes that follow u16   3 bytes
     * </pre>
     */
    @FuzzTest
    void shouldOpenOrSayWhyNotWhateverAServerAnswers(byte[] input) throws Exception {
        Limits.hold(LIMIT_BYTES, () -> answer(input));
    }

    private static void answer(byte[] input) throws IOException {
        final Held before = Held.now();
        final CompletableFuture<Void> server = CompletableFuture.runAsync(() -> serve(input));
        try (PciDevice device = VfioUserDoor.connect(PATH, TIMEOUT_NANOS)) {
            use(device);
        } catch (IOException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
        server.join();
        assertThat(Held.now()).isEqualTo(before);
    }

    private static void use(PciDevice device) throws IOException {
        final PciConfig config = new PciConfig(device);
        assertThat(config.vendorId()).isBetween(0, 0xFFFF);
        assertThat(config.capabilities().size()).isLessThanOrEqualTo(48);
        for (int bar = 0; bar < 6; bar++) {
            assertThat(device.barBytes(bar)).isNotNegative();
        }
        device.write32(4, 1);
        device.tail(0x1000).write(device.read32(0));
        device.tail(0).write(1);
        device.map(MEMORY).close();
        device.interrupt(Math.max(0, device.vectors() - 1), BELL);
        device.reset();
    }

    private static void serve(byte[] input) {
        int connection = UnixSocket.accept(LISTENER);
        while (connection < 0) {
            Thread.onSpinWait();
            connection = UnixSocket.accept(LISTENER);
        }
        final ByteBuffer steps = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
        try (MessageStream stream = new MessageStream(BUFFERS, connection, -1)) {
            boolean taken = true;
            while (taken && steps.remaining() >= STEP_BYTES) {
                awaitCommand(stream);
                final int kind = steps.get() & 0xFF;
                final byte[] bytes = new byte[Math.min(steps.getShort() & 0x7FF, steps.remaining())];
                steps.get(bytes);
                taken = DESCRIPTORS.send(
                        connection, (kind & 0x80) != 0 ? bytes : reply(stream, kind, bytes), kind & 0xF);
            }
        } catch (DisconnectedException e) {
            assertThat(e.reason()).isIn(Disconnect.LEFT, Disconnect.TORN);
        }
    }

    /** A door that sends none waits for the rest of what it was sent before. */
    private static void awaitCommand(MessageStream stream) throws DisconnectedException {
        try {
            stream.receive(Protocol.MAX_MESSAGE_BYTES, COMMAND_NANOS);
        } catch (DisconnectedException e) {
            if (e.reason() != Disconnect.STALLED) {
                throw e;
            }
        }
    }

    private static byte[] reply(MessageStream stream, int kind, byte[] bytes) {
        return ByteBuffer.allocate(Protocol.HEADER_BYTES + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) stream.id())
                .putShort((short) stream.command())
                .putInt(Protocol.HEADER_BYTES + bytes.length)
                .putInt(Protocol.TYPE_REPLY | ((kind & 0x40) != 0 ? Protocol.ERROR : 0))
                .putInt(22)
                .put(bytes)
                .array();
    }
}
