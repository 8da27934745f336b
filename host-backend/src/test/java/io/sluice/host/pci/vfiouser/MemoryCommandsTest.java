// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.EventFd;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Memory for DMA, as a client hands it over and takes it back. */
final class MemoryCommandsTest extends ServedCard {
    @Test
    void shouldTakeMemoryInPartsAndGiveItBack() throws Exception {
        try (SharedRegion guest = SharedRegion.create("guest", 16 * PAGE_BYTES);
                RawClient client = RawClient.greeted(socket)) {
            final Held greeted = Held.now();
            // QEMU sends several without waiting.
            for (int part = 0; part < 4; part++) {
                dma(client, READ_WRITE, part * 4L * PAGE_BYTES, part * 0x10_0000L, 4L * PAGE_BYTES);
                client.post(Protocol.DMA_MAP, Protocol.TYPE_COMMAND, guest.descriptor());
            }
            for (int part = 0; part < 4; part++) {
                client.reply().receive(64, RawClient.TIMEOUT_NANOS);
                assertThat(client.reply().flags()).isEqualTo(Protocol.TYPE_REPLY);
            }
            assertThat(card.mappedRanges()).isEqualTo(4);
            assertThat(Held.now().mappings()).isEqualTo(greeted.mappings() + 4);
            Memory.longAt(guest.address() + 13 * PAGE_BYTES, 77);
            copy(client, 0x30_0000L + PAGE_BYTES, 0x10_0000L, 8, 0);
            assertThat(Memory.longAt(guest.address() + 4 * PAGE_BYTES)).isEqualTo(77);

            // ROM and other devices' BARs: kept, but nothing to be touched.
            dma(client, Protocol.DMA_READABLE, 0, 0x100_0000, PAGE_BYTES);
            assertThat(client.call(Protocol.DMA_MAP)).isZero();
            dma(client, Protocol.DMA_READABLE, 0, 0x200_0000, PAGE_BYTES);
            assertThat(client.call(Protocol.DMA_MAP, guest.descriptor())).isZero();
            assertThat(card.mappedRanges()).isEqualTo(4);
            dma(client, READ_WRITE, 0, 0x100_0000, PAGE_BYTES);
            assertThat(client.call(Protocol.DMA_MAP, guest.descriptor())).isEqualTo(Errno.EEXIST);
            dma(client, READ_WRITE, 0, PAGE_BYTES, PAGE_BYTES);
            assertThat(client.call(Protocol.DMA_MAP, guest.descriptor())).isEqualTo(Errno.EEXIST);

            assertThat(unmap(client, 0, 0x10_0000, 2L * PAGE_BYTES)).as("cut").isEqualTo(Errno.EINVAL);
            assertThat(unmap(client, 0, 0x10_0000, 4L * PAGE_BYTES)).isZero();
            assertThat(ints(client)).containsExactly(24, 0, 0x10_0000, 0, 4 * PAGE_BYTES, 0);
            assertThat(unmap(client, 0, 0x10_0000, 4L * PAGE_BYTES))
                    .as("nothing there")
                    .isZero();
            assertThat(unmap(client, 0, 0x100_0000, PAGE_BYTES)).isZero();
            assertThat(unmap(client, 1, 0, 4L * PAGE_BYTES)).isEqualTo(Errno.EINVAL);
            assertThat(card.mappedRanges()).isEqualTo(3);
            assertThat(unmap(client, Protocol.DMA_UNMAP_ALL, 0, 0)).isZero();
            assertThat(card.mappedRanges()).isZero();
            assertThat(Held.now()).isEqualTo(greeted);
        }
    }

    /** As a virtual IOMMU does when its guest changes a table: all addresses, in halves, quarters and so on. */
    @Test
    void shouldTakeBackAllThatLiesWithin() throws Exception {
        try (SharedRegion guest = SharedRegion.create("guest", 2 * PAGE_BYTES);
                RawClient client = RawClient.greeted(socket)) {
            final Held greeted = Held.now();
            for (long page : new long[] {1, 2, 3, 5, 8, -1}) {
                dma(client, READ_WRITE, 0, page * PAGE_BYTES, PAGE_BYTES);
                assertThat(client.call(Protocol.DMA_MAP, guest.descriptor())).isZero();
            }
            assertThat(unmap(client, 0, PAGE_BYTES + 8, 8L * PAGE_BYTES)).isEqualTo(Errno.EINVAL);
            assertThat(unmap(client, 0, PAGE_BYTES, 8L * PAGE_BYTES - 8)).isEqualTo(Errno.EINVAL);
            assertThat(unmap(client, 0, 2L * PAGE_BYTES, 0)).isEqualTo(Errno.EINVAL);
            assertThat(unmap(client, 0, -PAGE_BYTES, 2L * PAGE_BYTES)).isEqualTo(Errno.EINVAL);
            assertThat(card.mappedRanges()).isEqualTo(6);
            assertThat(unmap(client, 0, 2L * PAGE_BYTES, 4L * PAGE_BYTES)).isZero();
            assertThat(card.mappedRanges()).isEqualTo(3);
            assertThat(unmap(client, 0, 0, 1L << 62)).isZero();
            assertThat(card.mappedRanges()).isEqualTo(1);
            assertThat(unmap(client, 0, 0xFEF0_0000L, -0xFEF0_0000L)).isZero();
            assertThat(Held.now()).isEqualTo(greeted);
        }
    }

    /** Descriptors belong to the last message of which the beginning came with them, also where its end comes later. */
    @Test
    void shouldTakeSeveralMessagesThatComeAtOnce() throws Exception {
        try (SharedRegion guest = SharedRegion.create("guest", 2 * PAGE_BYTES);
                RawClient client = RawClient.greeted(socket)) {
            final Held greeted = Held.now();
            final ByteBuffer several = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
            header(several, 1, Protocol.DEVICE_RESET, 0);
            header(several, 2, Protocol.REGION_READ, Protocol.ACCESS_BYTES)
                    .putLong(0)
                    .putInt(0)
                    .putInt(4);
            final int whole = several.position();
            header(several, 3, Protocol.DMA_MAP, Protocol.DMA_MAP_BYTES)
                    .putInt(Protocol.DMA_MAP_BYTES)
                    .putInt(READ_WRITE)
                    .putLong(0)
                    .putLong(0)
                    .putLong(PAGE_BYTES);
            final byte[] bytes = Arrays.copyOf(several.array(), several.position());
            // Each time a little more of the third message comes with the first two; the rest follows with the next.
            for (int begun = 1; begun <= bytes.length - whole; begun++) {
                client.raw(Arrays.copyOf(bytes, whole + begun), guest.descriptor());
                expectReply(client, 1, Protocol.DEVICE_RESET);
                expectReply(client, 2, Protocol.REGION_READ);
                assertThat(client.reply().data().getInt(Protocol.ACCESS_BYTES)).isEqualTo(CopyingCard.IDENTITY);
                final byte[] unmap = header(
                                ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN), 4, Protocol.DMA_UNMAP, 24)
                        .putInt(Protocol.DMA_UNMAP_BYTES)
                        .putInt(0)
                        .putLong(0)
                        .putLong(PAGE_BYTES)
                        .array();
                final byte[] rest = Arrays.copyOfRange(bytes, whole + begun, bytes.length + 40);
                System.arraycopy(unmap, 0, rest, rest.length - 40, 40);
                client.raw(rest);
                expectReply(client, 3, Protocol.DMA_MAP);
                expectReply(client, 4, Protocol.DMA_UNMAP);
            }
            assertThat(card.mappedRanges()).isZero();
            assertThat(Held.now()).isEqualTo(greeted);
        }
    }

    private static ByteBuffer header(ByteBuffer target, int id, int command, int dataBytes) {
        return target.putShort((short) id)
                .putShort((short) command)
                .putInt(Protocol.HEADER_BYTES + dataBytes)
                .putInt(Protocol.TYPE_COMMAND)
                .putInt(0);
    }

    private static void expectReply(RawClient client, int id, int command) throws DisconnectedException {
        client.reply().receive(256, RawClient.TIMEOUT_NANOS);
        assertThat(client.reply().id()).isEqualTo(id);
        assertThat(client.reply().command()).isEqualTo(command);
        assertThat(client.reply().flags()).isEqualTo(Protocol.TYPE_REPLY);
    }

    @Test
    void shouldRefuseMemoryThatIsNone() throws Exception {
        final int bell = EventFd.create();
        try (SharedRegion guest = SharedRegion.create("guest", 2 * PAGE_BYTES);
                RawClient client = RawClient.greeted(socket)) {
            final Held greeted = Held.now();
            final long[][] wrong = {
                {READ_WRITE, 0, 0, 3 * PAGE_BYTES}, // longer than the file
                {READ_WRITE, PAGE_BYTES, 0, 2 * PAGE_BYTES},
                {READ_WRITE, -PAGE_BYTES, 0, PAGE_BYTES},
                {READ_WRITE, Long.MAX_VALUE, 0, PAGE_BYTES},
                {READ_WRITE, 0, -PAGE_BYTES, 2 * PAGE_BYTES}, // beyond the last address
                {READ_WRITE, 0, 0, 0},
                {READ_WRITE, 0, 0, -PAGE_BYTES},
                {0, 0, 0, PAGE_BYTES},
                {READ_WRITE | 1 << 8, 0, 0, PAGE_BYTES},
            };
            for (long[] range : wrong) {
                dma(client, (int) range[0], range[1], range[2], range[3]);
                assertThat(client.call(Protocol.DMA_MAP, guest.descriptor()))
                        .as(Arrays.toString(range))
                        .isEqualTo(Errno.EINVAL);
            }
            dma(client, READ_WRITE, 0, 0, PAGE_BYTES);
            assertThat(client.call(Protocol.DMA_MAP, bell)).as("an eventfd").isEqualTo(Errno.EINVAL);
            for (int i = 0; i < 64; i++) {
                dma(client, READ_WRITE, 0, (long) i * PAGE_BYTES, PAGE_BYTES);
                assertThat(client.call(Protocol.DMA_MAP, guest.descriptor())).isZero();
            }
            dma(client, READ_WRITE, 0, 64L * PAGE_BYTES, PAGE_BYTES);
            assertThat(client.call(Protocol.DMA_MAP, guest.descriptor()))
                    .as("more than the function takes")
                    .isEqualTo(Errno.ENOSPC);
            assertThat(unmap(client, Protocol.DMA_UNMAP_ALL, 0, 0)).isZero();
            assertThat(Held.now()).isEqualTo(greeted);
        } finally {
            Descriptors.close(bell);
        }
    }
}
