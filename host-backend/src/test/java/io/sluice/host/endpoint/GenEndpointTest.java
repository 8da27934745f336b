// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenEndpointTest {
    private final Slot slot = new Slot(FrameSizes.MAX_FRAME_BYTES);

    private static Endpoint gen(Map<String, String> options) {
        return Endpoints.open("gen", "", options, true, false);
    }

    @Test
    void shouldCountTheCheckSequenceInASize() {
        try (Endpoint gen = gen(Map.of("size", "64", "count", "1"))) {
            assertThat(slot.receive(gen.source())).hasSize(60);
            assertThat(gen.source().receive(slot.address(), slot.capacity())).isEqualTo(PacketSource.END);
        }
    }

    @ParameterizedTest
    @CsvSource({"4,udp,0", "4,tcp,0", "6,udp,0", "6,tcp,0", "4,udp,7", "6,tcp,4094"})
    void shouldMakePacketsWithRightChecksums(String ip, String protocol, int vlan) {
        final var options = new HashMap<>(
                Map.of("size", "102-1518", "count", "3000", "flows", "70000", "ip", ip, "proto", protocol));
        if (vlan > 0) {
            options.put("vlan", String.valueOf(vlan));
        }
        try (Endpoint gen = gen(options)) {
            for (byte[] frame = slot.receive(gen.source()); frame != null; frame = slot.receive(gen.source())) {
                assertThat(TestPackets.ipv6(frame)).isEqualTo(ip.equals("6"));
                assertThat(TestPackets.protocol(frame)).isEqualTo(protocol.equals("udp") ? 17 : 6);
                assertThat(TestPackets.network(frame)).isEqualTo(vlan > 0 ? 18 : 14);
                assertThat(TestPackets.end(frame)).isEqualTo(frame.length);
                assertThat(TestPackets.checksumsRight(frame)).isTrue();
                if (vlan > 0) {
                    assertThat(TestPackets.int32(frame, 12)).isEqualTo(0x8100_0000 | vlan);
                }
            }
            assertThat(gen.details()).containsEntry("generated", 3000L);
        }
    }

    @Test
    void shouldSendFlowsInTurnWithASequenceEach() {
        try (Endpoint gen = gen(Map.of("flows", "100k", "count", "200k"))) {
            final Set<Long> tuples = new HashSet<>();
            for (int i = 0; i < 200_000; i++) {
                final byte[] frame = slot.receive(gen.source());
                tuples.add((long) TestPackets.int32(frame, 26) << 16 | TestPackets.uint16(frame, 34));
                assertThat(TestPackets.int32(frame, 42)).isEqualTo(StreamMark.MAGIC);
                assertThat(TestPackets.int32(frame, 46)).isEqualTo(i % 100_000);
                assertThat(TestPackets.int64(frame, 50)).isEqualTo(i / 100_000);
            }
            assertThat(tuples).hasSize(100_000);
        }
    }

    @Test
    void shouldDrawSizesEvenlyFromARange() {
        final Map<Integer, Integer> seen = new HashMap<>();
        try (Endpoint gen = gen(Map.of("size", "64-73", "count", "100k", "seed", "3"))) {
            for (int i = 0; i < 100_000; i++) {
                seen.merge(slot.receive(gen.source()).length, 1, Integer::sum);
            }
        }
        assertThat(new TreeSet<>(seen.keySet())).containsExactly(60, 61, 62, 63, 64, 65, 66, 67, 68, 69);
        assertThat(seen.values()).allSatisfy(times -> assertThat(times).isBetween(9_500, 10_500));
    }

    @Test
    void shouldMixSizesAsTheInternetDoes() {
        final Map<Integer, Integer> seen = new HashMap<>();
        try (Endpoint gen = gen(Map.of("size", "imix", "count", "120k"))) {
            for (int i = 0; i < 120_000; i++) {
                seen.merge(slot.receive(gen.source()).length, 1, Integer::sum);
            }
        }
        assertThat(seen).containsOnlyKeys(60, 590, 1514);
        assertThat(seen.get(60)).isBetween(68_000, 72_000);
        assertThat(seen.get(590)).isBetween(38_500, 41_500);
        assertThat(seen.get(1514)).isBetween(9_300, 10_700);
    }

    @Test
    void shouldRepeatItselfForTheSameSeed() {
        try (Endpoint one = gen(Map.of("size", "64-1518", "seed", "9"));
                Endpoint other = gen(Map.of("size", "64-1518", "seed", "9"))) {
            for (int i = 0; i < 1000; i++) {
                assertThat(slot.receive(one.source())).isEqualTo(new Slot().receive(other.source()));
            }
        }
    }

    @Test
    void shouldTellAPacketThatDoesNotFit() {
        try (Endpoint gen = gen(Map.of("size", "1518"))) {
            assertThat(gen.source().receive(slot.address(), 1513)).isEqualTo(PacketSource.OVERSIZE);
        }
    }

    @Test
    void shouldKeepARateOnTheRealClock() {
        // The whole second may be caught up on: a busy machine delays packets and does not lose any.
        try (Endpoint gen = gen(Map.of("rate", "100k", "burst", "100k"))) {
            final long start = System.nanoTime();
            long packets = 0;
            while (System.nanoTime() - start < 1_000_000_000L) {
                if (gen.source().receive(slot.address(), slot.capacity()) > 0) {
                    packets++;
                } else {
                    LockSupport.parkNanos(gen.source().nextDueNanos());
                }
            }
            while (gen.source().receive(slot.address(), slot.capacity()) > 0) {
                packets++;
            }
            final long due = (System.nanoTime() - start) / 10_000;
            assertThat(packets).isBetween(due - due / 100, due + 1);
        }
    }
}
