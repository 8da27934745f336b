// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.host.Limits;
import io.sluice.shared.posix.Descriptors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Clients that send anything: the next one is served, and nothing of theirs is held. */
class VfioUserServerFuzzTest {
    private static final long LIMIT_BYTES = 16 << 20;
    private static final int STEP_BYTES = 5;
    private static final int MAX_STEP_BYTES = 2048;

    /** A server says why it has disconnected somebody, which is too much for a million of them. */
    private static final Logger LOGGER = Logger.getLogger("io.sluice.host.pci.vfiouser");

    private static final Path PATH = FuzzDescriptors.path("server");
    private static final CopyingCard CARD = new CopyingCard(true);
    private static final FuzzDescriptors DESCRIPTORS = new FuzzDescriptors();

    static {
        LOGGER.setLevel(Level.OFF);
        try {
            new VfioUserServer(PATH, CARD);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What the client sends before it closes, in steps of any number of bytes, of which some are messages:
     *
     * <pre>
     *   0 bits 0-3: which descriptors; bit 7: the bytes are sent as they are, else behind a header
     *   1 command u8   2 flags u8   3 bytes that follow u16   5 bytes
     * </pre>
     */
    @FuzzTest
    void shouldServeTheNextWhateverAClientSends(byte[] input) throws Exception {
        Limits.hold(LIMIT_BYTES, () -> serve(input));
    }

    private static void serve(byte[] input) throws Exception {
        final Held before = settled();
        final int socket = FuzzDescriptors.connect(PATH);
        try {
            final ByteBuffer steps = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
            boolean taken = input.length == 0 || input[0] == (byte) 0xFF || greet(socket);
            for (int id = 0; taken && steps.remaining() >= STEP_BYTES; id++) {
                final int kind = steps.get() & 0xFF;
                final int command = steps.get() & 0xFF;
                final int flags = steps.get() & 0xFF;
                final int wanted = (steps.getShort() & 0xFFFF) % MAX_STEP_BYTES;
                final byte[] bytes = new byte[Math.min(wanted, steps.remaining())];
                steps.get(bytes);
                final byte[] message = (kind & 0x80) != 0 ? bytes : message(id, command, flags, bytes);
                taken = DESCRIPTORS.send(socket, message, kind & 0xF);
            }
        } finally {
            Descriptors.close(socket);
        }
        assertThat(settled()).isEqualTo(before);
        assertThat(CARD.targets()).isZero();
        assertThat(CARD.mappedRanges()).isZero();
    }

    private static boolean greet(int socket) {
        final byte[] text = RawClient.QEMU.getBytes(StandardCharsets.UTF_8);
        final ByteBuffer version = ByteBuffer.allocate(Protocol.VERSION_BYTES + text.length + 1);
        version.putInt(0).put(text);
        return DESCRIPTORS.send(socket, message(0xFFFF, Protocol.VERSION, 0, version.array()), 0);
    }

    private static byte[] message(int id, int command, int flags, byte[] bytes) {
        return ByteBuffer.allocate(Protocol.HEADER_BYTES + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) id)
                .putShort((short) command)
                .putInt(Protocol.HEADER_BYTES + bytes.length)
                .putInt(flags)
                .putInt(0)
                .put(bytes)
                .array();
    }

    /** What is held while a client is served that does nothing wrong: the one before has gone then. */
    private static Held settled() throws Exception {
        try (RawClient client = RawClient.greeted(PATH)) {
            client.data().putLong(0).putInt(0).putInt(4);
            assertThat(client.call(Protocol.REGION_READ)).isZero();
            assertThat(client.reply().data().getInt(Protocol.ACCESS_BYTES)).isEqualTo(CopyingCard.IDENTITY);
            return Held.now();
        }
    }
}
