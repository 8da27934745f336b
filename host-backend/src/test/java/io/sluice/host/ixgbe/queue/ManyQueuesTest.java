// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.MacAddress;
import io.sluice.host.ixgbe.Pools;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which ring a frame comes to, where a card has several. */
class ManyQueuesTest {
    private static final int GUESTS = 4;
    private static final int QUEUES = 16;
    private static final long BROADCAST = 0xFFFF_FFFF_FFFFL;
    private static final long GROUP = 0x0100_5E00_0001L;

    private static MacAddress address(int guest) {
        return new MacAddress(0x5254_0000_0001L + guest);
    }

    private static ByteBuffer frame(long destination, int etherType, int length) {
        final ByteBuffer frame = ByteBuffer.allocate(length);
        frame.putShort((short) (destination >>> 32)).putInt((int) destination);
        frame.putShort((short) 0x0200).putInt(1);
        return frame.putShort((short) etherType);
    }

    @Test
    void shouldGiveEachGuestOfAPoolExactlyItsOwn() throws IOException {
        try (ManyQueues card = new ManyQueues()) {
            card.card.divide(Pools.Layout.POOLS_64);
            final List<ManyQueues.Guest> guests = new ArrayList<>();
            for (int i = 0; i < GUESTS; i++) {
                card.card.pools().open(3 * i, address(i), Pools.NONE);
                guests.add(card.guest(2 * 3 * i, ReceiveFormat.ADVANCED));
            }
            final Random random = new Random(4);
            final List<List<byte[]>> expected = new ArrayList<>();
            for (int i = 0; i < GUESTS; i++) {
                expected.add(new ArrayList<>());
            }
            for (int n = 0; n < 2000; n++) {
                final int to = random.nextInt(GUESTS + 2);
                final long destination = switch (to) {
                    case GUESTS -> BROADCAST;
                    case GUESTS + 1 -> 0x5254_0000_00FFL; // nobody's
                    default -> address(to).bits();
                };
                final byte[] frame = frame(destination, 0x88B5, 60 + random.nextInt(1400))
                        .putInt(n)
                        .array();
                for (int i = 0; i < GUESTS; i++) {
                    if (to == i || to == GUESTS) {
                        expected.get(i).add(frame);
                    }
                }
                card.receive(frame);
            }
            for (int i = 0; i < GUESTS; i++) {
                assertThat(guests.get(i).received.size())
                        .isEqualTo(expected.get(i).size());
                for (int n = 0; n < expected.get(i).size(); n++) {
                    assertThat(guests.get(i).received.get(n))
                            .as("guest %d, frame %d", i, n)
                            .isEqualTo(expected.get(i).get(n));
                }
            }
        }
    }

    private static byte[] tcp(int source, int destination, int sourcePort, int destinationPort, int number) {
        final ByteBuffer frame = frame(GROUP, 0x0800, 64);
        frame.putShort((short) 0x4500).putShort((short) 50).putInt(0).putShort((short) 0x4006);
        frame.putShort((short) 0).putInt(source).putInt(destination);
        frame.putShort((short) sourcePort).putShort((short) destinationPort);
        return frame.putInt(number).array();
    }

    @Test
    void shouldKeepFlowsTogetherInBothDirections() throws IOException {
        try (ManyQueues card = new ManyQueues()) {
            card.card.addresses().promiscuous(true);
            card.card.rss().spread(QUEUES);
            final List<ManyQueues.Guest> guests = new ArrayList<>();
            for (int queue = 0; queue < QUEUES; queue++) {
                guests.add(card.guest(queue, ReceiveFormat.LEGACY));
            }
            final Random random = new Random(16);
            final Map<Integer, Integer> queueOfFlow = new HashMap<>();
            for (int flow = 0; flow < 500; flow++) {
                final int a = random.nextInt();
                final int b = random.nextInt();
                final int aPort = 1 + random.nextInt(65_535);
                final int bPort = 1 + random.nextInt(65_535);
                for (int n = 0; n < 4; n++) {
                    card.receive(n % 2 == 0 ? tcp(a, b, aPort, bPort, n) : tcp(b, a, bPort, aPort, n));
                    for (int queue = 0; queue < QUEUES; queue++) {
                        if (!guests.get(queue).received.isEmpty()) {
                            assertThat(queueOfFlow.merge(flow, queue, (first, now) -> first))
                                    .as("flow %d, packet %d", flow, n)
                                    .isEqualTo(queue);
                            guests.get(queue).received.clear();
                        }
                    }
                }
                assertThat(queueOfFlow).containsKey(flow);
            }
            assertThat(queueOfFlow.values().stream().distinct().count()).isEqualTo(QUEUES);
        }
    }
}
