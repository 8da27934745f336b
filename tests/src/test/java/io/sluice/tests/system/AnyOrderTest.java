// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Five guests that come and go in any order while packets flow: none is lost, none changes places. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
final class AnyOrderTest {
    private static final int GUESTS = 5;
    private static final int STOPS = 6;
    private static final int PACKETS_BETWEEN = 5_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Of a generated frame over IPv4 and UDP: behind the headers, a mark and the flow's number. */
    private static final int SEQUENCE_OFFSET = 14 + 20 + 8 + 8;

    @Test
    void shouldKeepEveryPacketInOrderWhileGuestsComeAndGo() {
        final long seed = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("sluice.seed=" + seed);
        final SplittableRandom random = new SplittableRandom(seed);
        final SluiceProcess[] guests = new SluiceProcess[GUESTS];
        try (Scratch scratch = new Scratch()) {
            final Path output = scratch.file("out.pcap");
            final String end = "pcap:" + output;
            try (SluiceProcess backend = SluiceProcess.backend(
                            scratch,
                            "gen:?rate=20000 => guest:g0 => guest:g1 => guest:g2 => guest:g3 => guest:g4 => " + end);
                    ChainStatus status = ChainStatus.open(scratch, "chain1")) {
                start(scratch, guests, shuffled(random));
                for (int i = 0; i < STOPS; i++) {
                    awaitMore(status, end);
                    final int guest = random.nextInt(GUESTS);
                    final int other = (guest + 1 + random.nextInt(GUESTS - 1)) % GUESTS;
                    final List<Integer> leaving = random.nextBoolean() ? List.of(guest) : List.of(guest, other);
                    leaving.forEach(leaver -> stop(guests, leaver));
                    start(scratch, guests, leaving);
                }
                awaitMore(status, end);
                backend.stop();
                for (SluiceProcess guest : guests) {
                    assertThat(guest.awaitExit(LIMIT)).as(guest::output).isZero();
                }
            } finally {
                for (SluiceProcess guest : guests) {
                    Closing.close(guest);
                }
            }
            assertInOrder(Capture.frames(output));
            assertThat(scratch.leftovers()).isEmpty();
        }
    }

    /** None is missing, none is there twice, none in another's place. */
    private static void assertInOrder(List<byte[]> frames) {
        assertThat(frames).hasSizeGreaterThan((STOPS + 1) * PACKETS_BETWEEN);
        for (int i = 0; i < frames.size(); i++) {
            assertThat(ByteBuffer.wrap(frames.get(i)).getLong(SEQUENCE_OFFSET)).isEqualTo(i);
        }
    }

    private static List<Integer> shuffled(SplittableRandom random) {
        final List<Integer> order = new ArrayList<>();
        for (int i = 0; i < GUESTS; i++) {
            order.add(random.nextInt(i + 1), i);
        }
        return order;
    }

    private static void start(Scratch scratch, SluiceProcess[] guests, List<Integer> order) {
        System.out.println("starting " + order);
        for (int guest : order) {
            guests[guest] = SluiceProcess.startGuest(scratch, "g" + guest, "forward");
        }
        for (int guest : order) {
            guests[guest].awaitAttached();
        }
    }

    private static void stop(SluiceProcess[] guests, int guest) {
        System.out.println("stopping " + guest);
        guests[guest].stop();
    }

    private static void awaitMore(ChainStatus status, String hop) {
        final long before = status.packets(hop);
        Await.until("more packets at " + hop, LIMIT, () -> status.packets(hop) > before + PACKETS_BETWEEN);
    }
}
