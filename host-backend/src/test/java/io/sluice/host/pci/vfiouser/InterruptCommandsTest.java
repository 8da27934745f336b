// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.EventFd;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Interrupts, as a client sets them up. */
final class InterruptCommandsTest extends ServedCard {
    @Test
    void shouldSignalVectorsThatComeInSeveralMessages() throws Exception {
        final int[] bells = new int[CopyingCard.VECTORS];
        Arrays.setAll(bells, vector -> EventFd.create());
        try (RawClient client = RawClient.greeted(socket)) {
            for (int start = 0; start < bells.length; start += 16) {
                final int count = Math.min(16, bells.length - start);
                irqs(client, Protocol.DATA_EVENTFD | Protocol.ACTION_TRIGGER, Protocol.MSIX, start, count);
                assertThat(client.call(Protocol.DEVICE_SET_IRQS, Arrays.copyOfRange(bells, start, start + count)))
                        .isZero();
            }
            assertThat(card.targets()).isEqualTo(bells.length);
            for (int vector = 0; vector < bells.length; vector++) {
                copy(client, 0, 0, 1, vector);
                for (int other = 0; other < bells.length; other++) {
                    assertThat(EventFd.drain(bells[other])).isEqualTo(other == vector ? 1 : 0);
                }
            }
            irqs(client, Protocol.DATA_EVENTFD | Protocol.ACTION_TRIGGER, Protocol.MSIX, 5, 10);
            assertThat(client.call(Protocol.DEVICE_SET_IRQS))
                    .as("none assigned any more")
                    .isZero();
            assertThat(card.targets()).isEqualTo(bells.length - 10);

            irqs(client, Protocol.DATA_NONE | Protocol.ACTION_TRIGGER, Protocol.MSIX, 0, 2);
            assertThat(client.call(Protocol.DEVICE_SET_IRQS)).as("loopback").isZero();
            irqs(client, Protocol.DATA_BOOL | Protocol.ACTION_TRIGGER, Protocol.MSIX, 2, 2);
            client.more((byte) 0).more((byte) 1);
            assertThat(client.call(Protocol.DEVICE_SET_IRQS))
                    .as("loopback of some")
                    .isZero();
            assertThat(EventFd.drain(bells[0])).isEqualTo(1);
            assertThat(EventFd.drain(bells[1])).isEqualTo(1);
            assertThat(EventFd.drain(bells[2])).isZero();
            assertThat(EventFd.drain(bells[3])).isEqualTo(1);

            irqs(client, Protocol.DATA_NONE | Protocol.ACTION_TRIGGER, Protocol.MSIX, 0, 0);
            assertThat(client.call(Protocol.DEVICE_SET_IRQS)).as("all off").isZero();
            assertThat(card.targets()).isZero();
        } finally {
            for (int bell : bells) {
                Descriptors.close(bell);
            }
        }
    }

    @Test
    void shouldMaskAnInterruptByLevelUntilItIsSeenTo() throws Exception {
        final int bell = EventFd.create();
        try (RawClient client = RawClient.greeted(socket)) {
            irqs(client, Protocol.DATA_EVENTFD | Protocol.ACTION_TRIGGER, Protocol.INTX, 0, 1);
            assertThat(client.call(Protocol.DEVICE_SET_IRQS, bell)).isZero();
            copy(client, 0, 0, 1, 0);
            assertThat(EventFd.drain(bell)).isEqualTo(1);
            copy(client, 0, 0, 1, 0);
            copy(client, 0, 0, 1, 0);
            assertThat(EventFd.drain(bell)).isZero();
            unmask(client);
            assertThat(EventFd.drain(bell)).as("asserted still").isEqualTo(1);
            card.read(0, CopyingCard.COPIES, 4);
            unmask(client);
            assertThat(EventFd.drain(bell)).as("seen to").isZero();
            irqs(client, Protocol.DATA_NONE | Protocol.ACTION_MASK, Protocol.INTX, 0, 1);
            assertThat(client.call(Protocol.DEVICE_SET_IRQS)).isZero();
            copy(client, 0, 0, 1, 0);
            assertThat(EventFd.drain(bell)).isZero();

            irqs(client, Protocol.DATA_NONE | Protocol.ACTION_TRIGGER, Protocol.INTX, 0, 0);
            assertThat(client.call(Protocol.DEVICE_SET_IRQS)).isZero();
            assertThat(card.targets()).isZero();
            irqs(client, Protocol.DATA_EVENTFD | Protocol.ACTION_TRIGGER, Protocol.INTX, 0, 1);
            assertThat(client.call(Protocol.DEVICE_SET_IRQS, bell)).isZero();
            assertThat(EventFd.drain(bell))
                    .as("asserted before somebody listened")
                    .isEqualTo(1);
        } finally {
            Descriptors.close(bell);
        }
    }

    private static void unmask(RawClient client) throws DisconnectedException {
        irqs(client, Protocol.DATA_NONE | Protocol.ACTION_UNMASK, Protocol.INTX, 0, 1);
        assertThat(client.call(Protocol.DEVICE_SET_IRQS)).isZero();
    }

    @Test
    void shouldRefuseInterruptsThatAreNone() throws Exception {
        final int bell = EventFd.create();
        try (SharedRegion memory = SharedRegion.create("memory", PAGE_BYTES);
                RawClient client = RawClient.greeted(socket)) {
            final Held greeted = Held.now();
            final int eventfd = Protocol.DATA_EVENTFD | Protocol.ACTION_TRIGGER;
            final int none = Protocol.DATA_NONE | Protocol.ACTION_TRIGGER;
            final int[][] wrong = {
                {eventfd, 2, 0, 2},
                {eventfd, 2, CopyingCard.VECTORS, 1},
                {eventfd, 2, -1, 1},
                {eventfd, 1, 0, 1},
                {eventfd, 5, 0, 1},
                {eventfd, -1, 0, 1},
                {none, 2, 0, 1},
                {Protocol.DATA_EVENTFD, 2, 0, 1},
                {eventfd | Protocol.DATA_NONE, 2, 0, 1},
                {eventfd | Protocol.ACTION_MASK, 2, 0, 1},
                {Protocol.DATA_EVENTFD | Protocol.ACTION_MASK, 0, 0, 1},
                {eventfd | 1 << 20, 2, 0, 1},
                {eventfd, 2, 0, 0}
            };
            for (int[] set : wrong) {
                irqs(client, set[0], set[1], set[2], set[3]);
                assertThat(client.call(Protocol.DEVICE_SET_IRQS, bell))
                        .as(Arrays.toString(set))
                        .isEqualTo(Errno.EINVAL);
            }
            irqs(client, eventfd, Protocol.MSIX, 0, 1);
            assertThat(client.call(Protocol.DEVICE_SET_IRQS, memory.descriptor()))
                    .as("no eventfd")
                    .isEqualTo(Errno.EINVAL);
            irqs(client, none, Protocol.MSIX, 1, 0);
            assertThat(client.call(Protocol.DEVICE_SET_IRQS)).isEqualTo(Errno.EINVAL);
            irqs(client, Protocol.DATA_NONE | Protocol.ACTION_UNMASK, Protocol.MSIX, 0, 1);
            assertThat(client.call(Protocol.DEVICE_SET_IRQS))
                    .as("MSI-X is not maskable")
                    .isEqualTo(Errno.EINVAL);
            irqs(client, Protocol.DATA_BOOL | Protocol.ACTION_TRIGGER, Protocol.MSIX, 0, 2);
            client.more((byte) 1);
            assertThat(client.call(Protocol.DEVICE_SET_IRQS))
                    .as("one boolean of two")
                    .isEqualTo(Errno.EINVAL);
            assertThat(card.targets()).isZero();
            // Descriptors of the last message but one are closed with the next.
            assertThat(Held.now()).isEqualTo(greeted);
        } finally {
            Descriptors.close(bell);
        }
    }

    @Test
    void shouldTakeTheBellForErrorsThatNeverCome() throws Exception {
        final int bell = EventFd.create();
        try (RawClient client = RawClient.greeted(socket)) {
            irqs(client, Protocol.DATA_EVENTFD | Protocol.ACTION_TRIGGER, Protocol.BUS_ERROR, 0, 1);
            assertThat(client.call(Protocol.DEVICE_SET_IRQS, bell)).isZero();
            assertThat(card.targets()).isZero();
            irqs(client, Protocol.DATA_NONE | Protocol.ACTION_TRIGGER, Protocol.BUS_ERROR, 0, 0);
            assertThat(client.call(Protocol.DEVICE_SET_IRQS)).isZero();
        } finally {
            Descriptors.close(bell);
        }
    }
}
