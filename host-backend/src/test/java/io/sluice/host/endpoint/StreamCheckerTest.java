// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.memory.Memory;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamCheckerTest {
    private static final int LENGTH = 100;

    private final Slot slot = new Slot();
    private final StreamChecker checker = new StreamChecker();
    private final TestFrame frames = new TestFrame(false, true, -1);

    private void arrives(int flow, long sequence) {
        frames.write(slot.address(), LENGTH, flow, sequence);
        checker.check(slot.address(), LENGTH);
    }

    private void shouldHaveCounted(long inOrder, long lost, long reordered, long duplicate, long corrupt) {
        assertThat(checker.details())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "in-order", inOrder,
                        "lost", lost,
                        "reordered", reordered,
                        "duplicate", duplicate,
                        "corrupt", corrupt,
                        "foreign", 0L));
    }

    @ParameterizedTest
    @CsvSource({"4,udp,5", "4,tcp,", "6,udp,", "6,tcp,6"})
    void shouldAcceptWhatTheGeneratorSends(String ip, String protocol, String vlan) {
        final var options =
                new HashMap<>(Map.of("size", "102-1518", "count", "5000", "flows", "7", "ip", ip, "proto", protocol));
        if (vlan != null) {
            options.put("vlan", vlan);
        }
        try (Endpoint gen = Endpoints.open("gen", "", options, true, false);
                Endpoint sink = Endpoints.open("null", "", Map.of("check", "true"), false, true)) {
            for (int length = gen.source().receive(slot.address(), slot.capacity());
                    length > 0;
                    length = gen.source().receive(slot.address(), slot.capacity())) {
                sink.sink().transmit(slot.address(), length, 0);
            }
            assertThat(sink.details())
                    .containsEntry("in-order", 5000L)
                    .containsEntry("lost", 0L)
                    .containsEntry("corrupt", 0L)
                    .containsEntry("foreign", 0L);
        }
    }

    @Test
    void shouldCountLossPerFlow() {
        arrives(0, 0);
        arrives(1, 0);
        arrives(0, 3);
        arrives(1, 1);
        shouldHaveCounted(4, 2, 0, 0, 0);
    }

    @Test
    void shouldTellLateFromLostAndFromDuplicate() {
        arrives(0, 0);
        arrives(0, 2);
        arrives(0, 1);
        arrives(0, 1);
        arrives(0, 2);
        arrives(0, 3);
        shouldHaveCounted(3, 0, 1, 2, 0);
    }

    @Test
    void shouldNoticeEveryChangedByte() {
        final long seed = 20;
        final var random = new Random(seed);
        for (int at = 42; at < LENGTH; at++) {
            frames.write(slot.address(), LENGTH, 0, at);
            final byte old = Memory.byteAt(slot.address() + at);
            Memory.byteAt(slot.address() + at, (byte) (old ^ (1 + random.nextInt(255))));
            checker.check(slot.address(), LENGTH);
        }
        assertThat(checker.details().get("corrupt") + checker.details().get("foreign"))
                .isEqualTo(LENGTH - 42);
    }

    @Test
    void shouldNoticeSwappedBytesThatKeepTheChecksum() {
        frames.write(slot.address(), LENGTH, 0, 0);
        final short one = Memory.shortAt(slot.address() + 60);
        final short other = Memory.shortAt(slot.address() + 70);
        Memory.shortAt(slot.address() + 60, other);
        Memory.shortAt(slot.address() + 70, one);
        checker.check(slot.address(), LENGTH);
        shouldHaveCounted(0, 0, 0, 0, 1);
    }

    @Test
    void shouldSurviveAnyBytes() {
        final long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        final var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            frames.write(slot.address(), LENGTH, 0, i);
            for (int changes = 0; changes < 4; changes++) {
                Memory.byteAt(slot.address() + random.nextInt(LENGTH), (byte) random.nextInt());
            }
            checker.check(slot.address(), 1 + random.nextInt(LENGTH));
        }
        assertThat(checker.details().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isGreaterThanOrEqualTo(20_000);
    }
}
