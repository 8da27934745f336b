// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A card and its server for each test, behind which nothing may be left; and the commands that clients send. */
abstract class ServedCard {
    static final int PAGE_BYTES = 4096;
    static final int READ_WRITE = Protocol.DMA_READABLE | Protocol.DMA_WRITABLE;

    @TempDir
    Path folder;

    Path socket;
    CopyingCard card;
    VfioUserServer server;
    private Held before;

    @BeforeEach
    void serve() throws IOException {
        socket = folder.resolve("card.sock");
        before = Held.now();
        card = new CopyingCard(true);
        server = new VfioUserServer(socket, card);
    }

    @AfterEach
    void leaveNothing() throws IOException {
        server.close();
        assertThat(card.mappedRanges()).isZero();
        assertThat(card.targets()).isZero();
        card.close();
        before.awaitAgain();
        assertThat(socket).doesNotExist();
    }

    static int[] ints(RawClient client) {
        final ByteBuffer data = client.reply().data();
        final int[] ints = new int[data.limit() / Integer.BYTES];
        Arrays.setAll(ints, at -> data.getInt(Integer.BYTES * at));
        return ints;
    }

    static int read(RawClient client, int region, long offset, int count) throws DisconnectedException {
        client.data().putLong(offset).putInt(region).putInt(count);
        return client.call(Protocol.REGION_READ);
    }

    static int write(RawClient client, int region, long offset, byte[] bytes) throws DisconnectedException {
        client.data().putLong(offset).putInt(region).putInt(bytes.length).put(bytes);
        return client.call(Protocol.REGION_WRITE);
    }

    static void dma(RawClient client, int flags, long fileOffset, long address, long bytes) {
        client.data()
                .putInt(Protocol.DMA_MAP_BYTES)
                .putInt(flags)
                .putLong(fileOffset)
                .putLong(address)
                .putLong(bytes);
    }

    static int unmap(RawClient client, int flags, long address, long bytes) throws DisconnectedException {
        client.data()
                .putInt(Protocol.DMA_UNMAP_BYTES)
                .putInt(flags)
                .putLong(address)
                .putLong(bytes);
        return client.call(Protocol.DMA_UNMAP);
    }

    static void copy(RawClient client, long from, long to, int bytes, int vector) throws DisconnectedException {
        client.data()
                .putLong(3)
                .putLong(CopyingCard.FROM)
                .putInt(0)
                .putInt(8)
                .putLong(from)
                .putLong(CopyingCard.TO)
                .putInt(0)
                .putInt(8)
                .putLong(to)
                .putLong(CopyingCard.BYTES)
                .putInt(0)
                .putInt(4)
                .putLong(bytes);
        assertThat(client.call(Protocol.REGION_WRITE_MULTI)).isZero();
        client.data().putLong(CopyingCard.GO).putInt(0).putInt(4).putInt(vector);
        assertThat(client.call(Protocol.REGION_WRITE)).isZero();
    }

    static void irqs(RawClient client, int flags, int index, int start, int count) {
        client.data()
                .putInt(Protocol.SET_IRQS_BYTES)
                .putInt(flags)
                .putInt(index)
                .putInt(start)
                .putInt(count);
    }
}
