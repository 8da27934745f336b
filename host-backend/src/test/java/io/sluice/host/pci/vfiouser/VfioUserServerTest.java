// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.EventFd;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The server against a client that asks what QEMU's does, and against those that send what none should. */
final class VfioUserServerTest extends ServedCard {
    @Test
    void shouldAgreeOnASubsetOfWhatQemuProposes() throws Exception {
        try (RawClient client = new RawClient(socket)) {
            client.version(0, RawClient.QEMU);
            assertThat(client.call(Protocol.VERSION)).isZero();
            final ByteBuffer data = client.reply().data();
            assertThat(data.getShort(0)).isZero();
            assertThat(data.getShort(2)).as("minor version").isZero();
            assertThat(text(data))
                    .isEqualTo("{\"capabilities\":{\"max_msg_fds\":16,\"max_data_xfer_size\":1048576,"
                            + "\"max_dma_maps\":16384,\"pgsizes\":4096,\"write_multiple\":true}}\0")
                    .hasSizeLessThan(RawClient.QEMU.length());
        }
        try (RawClient client = new RawClient(socket)) {
            client.version(0, "{\"capabilities\":{\"max_msg_fds\":8,\"twin_socket\":{\"supported\":true}}}");
            assertThat(client.call(Protocol.VERSION)).isZero();
            assertThat(text(client.reply().data())).isEqualTo("{\"capabilities\":{\"max_msg_fds\":16}}\0");
        }
        try (RawClient client = new RawClient(socket)) {
            client.data().putInt(0);
            assertThat(client.call(Protocol.VERSION)).as("no text at all").isZero();
        }
    }

    @Test
    void shouldBeDrivenByItsUserAndRootAlone() {
        assertThat(VfioUserServer.mayDrive(1000, 1000)).isTrue();
        assertThat(VfioUserServer.mayDrive(0, 1000)).isTrue();
        assertThat(VfioUserServer.mayDrive(1001, 1000)).isFalse();
        assertThat(VfioUserServer.mayDrive(1000, 0)).isFalse();
        assertThat(VfioUserServer.mayDrive(-Errno.ENOTTY, 1000)).isFalse();
    }

    private static String text(ByteBuffer data) {
        final byte[] bytes = new byte[data.limit() - Protocol.VERSION_BYTES];
        data.get(Protocol.VERSION_BYTES, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void shouldDisconnectWhoAgreesOnNoVersion() throws Exception {
        try (RawClient client = new RawClient(socket)) {
            client.version(1, RawClient.QEMU);
            assertThat(client.call(Protocol.VERSION)).isEqualTo(Errno.EINVAL);
            client.awaitEnd();
        }
        for (String text : new String[] {
            "{",
            "[]",
            "{} {}",
            "{\"capabilities\":1}",
            "{\"capabilities\":{\"max_msg_fds\":\"8\"}}",
            "{\"capabilities\":{\"max_msg_fds\":-1}}",
            "{\"capabilities\":{\"max_dma_maps\":99999999999999999999}}",
            "{\"capabilities\":{\"write_multiple\":1}}",
            "{\"capabilities\":{\"pgsizes\":4096.5}}"
        }) {
            try (RawClient client = new RawClient(socket)) {
                client.version(0, text);
                assertThat(client.call(Protocol.VERSION)).as(text).isEqualTo(Errno.EINVAL);
                client.awaitEnd();
            }
        }
        try (RawClient client = new RawClient(socket)) {
            client.data();
            client.post(Protocol.DEVICE_RESET, Protocol.TYPE_COMMAND);
            client.awaitEnd();
        }
        Held.await("all are counted", () -> server.disconnects(Disconnect.VERSION) == 11);
        assertThat(server.connected()).isFalse();
    }

    @Test
    void shouldMapPagesWithOtherRegistersForNobodyWhoMightStoreToThese() throws Exception {
        try (RawClient client = RawClient.greeted(socket)) {
            assertThat(region(client, 0, 80)).isZero();
            assertThat(ints(client)).containsExactly(32, 3, 0, 0, CopyingCard.BAR_BYTES, 0, 0, 0);
            assertThat(client.reply().descriptors()).isZero();
            assertThat(region(client, 2, 32)).isZero();
            assertThat(ints(client)).as("all of it mapped").containsExactly(32, 7, 2, 0, 2 * PAGE_BYTES, 0, 0, 0);
        }
    }

    @Test
    void shouldDescribeADeviceAsItsDriverAsks() throws Exception {
        try (RawClient client = RawClient.greeted(socket, RawClient.OURS)) {
            client.data().putInt(16).putInt(0).putInt(0).putInt(0);
            assertThat(client.call(Protocol.DEVICE_GET_INFO)).isZero();
            assertThat(ints(client)).containsExactly(16, Protocol.INFO_PCI | Protocol.INFO_RESET, 9, 5);

            // With room for the fixed part first: no capability, no descriptor, but how much room it takes.
            assertThat(region(client, 0, 32)).isZero();
            assertThat(ints(client)).containsExactly(32 + 16 + 2 * 16, 3, 0, 0, CopyingCard.BAR_BYTES, 0, 0, 0);
            assertThat(client.reply().descriptors()).isZero();
            assertThat(region(client, 0, 80)).isZero();
            assertThat(ints(client))
                    .containsExactly(
                            80,
                            0xF,
                            0,
                            32,
                            CopyingCard.BAR_BYTES,
                            0,
                            0,
                            0, // the region
                            0x0001_0001,
                            0,
                            2,
                            0,
                            0x1000,
                            0,
                            PAGE_BYTES,
                            0,
                            0x3000,
                            0,
                            PAGE_BYTES,
                            0);
            assertThat(client.reply().descriptors()).isEqualTo(1);
            assertThat(region(client, 2, 32)).isZero();
            assertThat(ints(client)).as("all of it mapped").containsExactly(32, 7, 2, 0, 2 * PAGE_BYTES, 0, 0, 0);
            assertThat(client.reply().descriptors()).isEqualTo(1);
            assertThat(region(client, Protocol.CONFIG_REGION, 32)).isZero();
            assertThat(ints(client)).containsExactly(32, 3, 7, 0, 4096, 0, 0, 0);
            assertThat(region(client, 6, 32)).isZero();
            assertThat(ints(client)).as("no ROM").containsExactly(32, 0, 6, 0, 0, 0, 0, 0);
            assertThat(region(client, 9, 32)).isEqualTo(Errno.EINVAL);
            assertThat(region(client, -1, 32)).isEqualTo(Errno.EINVAL);
            assertThat(region(client, 0, 31)).isEqualTo(Errno.EINVAL);

            final int[][] interrupts = {{0, 7, 1}, {1, 0, 0}, {2, 1, CopyingCard.VECTORS}, {3, 1, 1}, {4, 0, 0}};
            for (int[] expected : interrupts) {
                client.data().putInt(16).putInt(0).putInt(expected[0]).putInt(0);
                assertThat(client.call(Protocol.DEVICE_GET_IRQ_INFO)).isZero();
                assertThat(ints(client)).containsExactly(16, expected[1], expected[0], expected[2]);
            }
            client.data().putInt(16).putInt(0).putInt(5).putInt(0);
            assertThat(client.call(Protocol.DEVICE_GET_IRQ_INFO)).isEqualTo(Errno.EINVAL);
        }
    }

    private static int region(RawClient client, int index, int roomBytes) throws DisconnectedException {
        client.data()
                .putInt(roomBytes)
                .putInt(0)
                .putInt(index)
                .putInt(0)
                .putLong(0)
                .putLong(0);
        return client.call(Protocol.DEVICE_GET_REGION_INFO);
    }

    @Test
    void shouldAnswerUnknownCommandsByAnErrorAndGoOn() throws Exception {
        try (RawClient client = RawClient.greeted(socket)) {
            for (int command : new int[] {0, 1, 6, 11, 12, 14, 17, 18, 0xFFFF}) {
                client.data().putLong(0).putLong(0);
                assertThat(client.call(command)).as("command %d", command).isEqualTo(Errno.EOPNOTSUPP);
            }
            client.data().putInt(8).putInt(1 << 16 | 1);
            assertThat(client.call(Protocol.DEVICE_FEATURE)).as("no migration").isEqualTo(Errno.ENOTTY);
            client.data();
            assertThat(client.call(Protocol.DEVICE_RESET)).isZero();
            assertThat(card.resets()).isEqualTo(1);
        }
    }

    @Test
    void shouldDisconnectWhoSendsWhatIsNoMessage() throws Exception {
        // command, then how many bytes of data: each one too few.
        final int[][] tooShort = {
            {Protocol.DMA_MAP, 31}, {Protocol.DMA_UNMAP, 23}, {Protocol.DEVICE_GET_INFO, 15},
            {Protocol.DEVICE_GET_REGION_INFO, 31}, {Protocol.DEVICE_GET_IRQ_INFO, 15}, {Protocol.DEVICE_SET_IRQS, 19},
            {Protocol.REGION_READ, 15}, {Protocol.REGION_WRITE, 15}, {Protocol.REGION_WRITE_MULTI, 7},
            {Protocol.REGION_WRITE_MULTI, 9}
        };
        for (int[] message : tooShort) {
            try (RawClient client = RawClient.greeted(socket)) {
                client.data().put(new byte[message[1]]);
                client.post(message[0], Protocol.TYPE_COMMAND);
                client.awaitEnd();
            }
        }
        try (RawClient client = RawClient.greeted(socket)) {
            client.data().putLong(0).putInt(0).putInt(8).putInt(0);
            client.post(Protocol.REGION_WRITE, Protocol.TYPE_COMMAND);
            client.awaitEnd();
        }
        for (int type : new int[] {Protocol.TYPE_REPLY, 2, 15}) {
            try (RawClient client = RawClient.greeted(socket)) {
                client.data();
                client.post(Protocol.DEVICE_RESET, type);
                client.awaitEnd();
            }
        }
        for (int size : new int[] {0, 15, -1, Protocol.MAX_MESSAGE_BYTES + 1}) {
            try (RawClient client = RawClient.greeted(socket)) {
                client.raw(header(Protocol.DEVICE_RESET, size));
                client.awaitEnd();
            }
        }
        Held.await("all are counted", () -> server.disconnects(Disconnect.MALFORMED) == tooShort.length + 1 + 3 + 3);
        Held.await("all are counted", () -> server.disconnects(Disconnect.TOO_LONG) == 1);
    }

    private static byte[] header(int command, int size) {
        return ByteBuffer.allocate(16)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putShort((short) 1)
                .putShort((short) command)
                .putInt(size)
                .array();
    }

    @Test
    void shouldDisconnectWhoSendsDescriptorsThatDoNotBelong() throws Exception {
        final int bell = EventFd.create();
        try {
            try (RawClient client = RawClient.greeted(socket)) {
                client.data();
                client.post(Protocol.DEVICE_RESET, Protocol.TYPE_COMMAND, bell);
                client.awaitEnd();
            }
            try (RawClient client = RawClient.greeted(socket)) {
                dma(client, READ_WRITE, 0, 0, PAGE_BYTES);
                client.post(Protocol.DMA_MAP, Protocol.TYPE_COMMAND, bell, bell);
                client.awaitEnd();
            }
            try (RawClient client = RawClient.greeted(socket)) {
                final int[] many = new int[16];
                Arrays.fill(many, bell);
                client.raw(header(Protocol.DEVICE_SET_IRQS, 16 + 20), many);
                client.raw(new byte[20], bell);
                client.awaitEnd();
            }
            Held.await("all are counted", () -> server.disconnects(Disconnect.DESCRIPTORS) == 3);
        } finally {
            Descriptors.close(bell);
        }
    }

    @Test
    void shouldTakeAMessageInPiecesAndNoticeWhereItEndsInside() throws Exception {
        try (RawClient client = RawClient.greeted(socket)) {
            for (byte piece : header(Protocol.DEVICE_RESET, 16)) {
                client.raw(new byte[] {piece});
            }
            client.reply().receive(16, RawClient.TIMEOUT_NANOS);
            assertThat(card.resets()).isEqualTo(1);
            client.raw(Arrays.copyOf(header(Protocol.DEVICE_RESET, 16), 9));
        }
        Held.await("the torn message is counted", () -> server.disconnects(Disconnect.TORN) == 1);
        assertThat(server.disconnects(Disconnect.LEFT)).isZero();
    }

    @Test
    void shouldDisconnectWhoDoesNotFinishAMessageOrTakeAReply() throws Exception {
        server.close();
        try (VfioUserServer hasty = new VfioUserServer(socket, card, 50_000_000)) {
            try (RawClient client = new RawClient(socket)) {
                client.awaitEnd();
            }
            try (RawClient client = RawClient.greeted(socket)) {
                client.raw(new byte[] {1, 0, 13});
                client.awaitEnd();
            }
            Held.await("the silence is counted", () -> hasty.disconnects(Disconnect.STALLED) == 2);
            try (RawClient client = RawClient.greeted(socket)) {
                for (int i = 0; i < 200 && hasty.disconnects(Disconnect.UNREAD) == 0; i++) {
                    client.data().putLong(0).putInt(0).putInt(CopyingCard.BAR_BYTES);
                    client.post(Protocol.REGION_READ, Protocol.TYPE_COMMAND);
                }
                Held.await("the deafness is counted", () -> hasty.disconnects(Disconnect.UNREAD) == 1);
            }
        }
    }

    @Test
    void shouldLeaveTheFunctionWhereItFailsAndServeTheNext() throws Exception {
        try (RawClient client = RawClient.greeted(socket)) {
            card.broken(true);
            client.data().putLong(0).putInt(0).putInt(4);
            client.post(Protocol.REGION_READ, Protocol.TYPE_COMMAND);
            client.awaitEnd();
            card.broken(false);
        }
        try (RawClient client = RawClient.greeted(socket)) {
            assertThat(read(client, 0, 0, 4)).isZero();
            assertThat(card.resets()).isEqualTo(1);
        }
        assertThat(server.disconnects(Disconnect.FAILED)).isEqualTo(1);
    }
}
