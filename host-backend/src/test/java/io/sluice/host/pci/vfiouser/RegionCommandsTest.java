// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.posix.Errno;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Accesses to configuration space and BARs, as a client sends them. */
final class RegionCommandsTest extends ServedCard {
    @Test
    void shouldSplitAnAccessIntoRegisters() throws Exception {
        try (RawClient client = RawClient.greeted(socket)) {
            assertThat(write(client, 0, 4, new byte[] {1, 2, 3, 4})).isZero();
            assertThat(ints(client)).containsExactly(4, 0, 0, 4);
            assertThat(write(client, 0, 0x10, new byte[8])).isZero();
            assertThat(write(client, 0, 0x14, new byte[8])).isZero();
            assertThat(write(client, 0, 5, new byte[6])).isZero();
            assertThat(write(client, 7, 0x40, new byte[8])).isZero();
            assertThat(write(client, 7, 0x43, new byte[1])).isZero();
            assertThat(card.takeWrites())
                    .containsExactly(
                            "0:4/4=4030201",
                            "0:10/8=0",
                            "0:14/4=0",
                            "0:18/4=0",
                            "0:5/1=0",
                            "0:6/2=0",
                            "0:8/2=0",
                            "0:a/1=0",
                            "config 40/4=0",
                            "config 44/4=0",
                            "config 43/1=0");

            assertThat(read(client, 0, 0, 4)).isZero();
            assertThat(ints(client)).containsExactly(0, 0, 0, 4, CopyingCard.IDENTITY);
            assertThat(read(client, 7, 0, 256)).isZero();
            assertThat(client.reply().data().limit()).isEqualTo(16 + 256);
            assertThat(read(client, 7, 4095, 1)).isZero();
            final long[][] outside = {
                {7, 4095, 2},
                {7, -1, 1},
                {0, CopyingCard.BAR_BYTES, 4},
                {0, Long.MAX_VALUE, 4},
                {0, 0, 0},
                {1, 0, 4},
                {0, 0, -4},
                {8, 0, 4},
                {-1, 0, 4},
                {0, 0, CopyingCard.BAR_BYTES + 1}
            };
            for (long[] access : outside) {
                assertThat(read(client, (int) access[0], access[1], (int) access[2]))
                        .as(Arrays.toString(access))
                        .isEqualTo(Errno.EINVAL);
            }
            assertThat(write(client, 0, CopyingCard.BAR_BYTES - 2, new byte[4])).isEqualTo(Errno.EINVAL);
            assertThat(write(client, 1, 0, new byte[4])).isEqualTo(Errno.EINVAL);
            assertThat(server.refusedCommands()).isEqualTo(outside.length + 2);
            assertThat(card.takeWrites()).isEmpty();
        }
    }

    @Test
    void shouldRunPostedAndManyWritesInOrder() throws Exception {
        try (RawClient client = RawClient.greeted(socket)) {
            for (int i = 0; i < 100; i++) {
                client.data().putLong(CopyingCard.SCRATCH).putInt(0).putInt(4).putInt(i);
                client.post(Protocol.REGION_WRITE, Protocol.NO_REPLY);
            }
            client.data().putLong(99_999_999).putInt(0).putInt(4).putInt(0);
            client.post(Protocol.REGION_WRITE, Protocol.NO_REPLY);
            final ByteBuffer multiple = client.data().putLong(200);
            for (int i = 100; i < 300; i++) {
                multiple.putLong(CopyingCard.SCRATCH).putInt(0).putInt(4).putLong(i);
            }
            client.post(Protocol.REGION_WRITE_MULTI, Protocol.NO_REPLY);
            assertThat(read(client, 0, CopyingCard.SCRATCH, 4)).isZero();
            assertThat(client.reply().data().getInt(16)).isEqualTo(299);
            assertThat(card.takeWrites())
                    .hasSize(300)
                    .startsWith("0:4/4=0", "0:4/4=1")
                    .endsWith("0:4/4=12b");
            Held.await("the refusal that nobody was told", () -> server.refusedCommands() == 1);

            client.data()
                    .putLong(1)
                    .putLong(CopyingCard.SCRATCH)
                    .putInt(0)
                    .putInt(2)
                    .putLong(0x1111_2222L);
            assertThat(client.call(Protocol.REGION_WRITE_MULTI)).isZero();
            assertThat(client.reply().data().getLong(0)).isEqualTo(1);
            assertThat(card.takeWrites()).containsExactly("0:4/2=2222");
            client.data()
                    .putLong(1)
                    .putLong(CopyingCard.SCRATCH)
                    .putInt(0)
                    .putInt(9)
                    .putLong(0);
            assertThat(client.call(Protocol.REGION_WRITE_MULTI)).isEqualTo(Errno.EINVAL);
        }
    }
}
