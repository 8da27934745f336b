// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

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
    private static final int PACKETS = 300_000;
    private static final long GAP_NANOS = 50_000;
    private static final Duration LIMIT = Duration.ofSeconds(120);

    @Test
    void shouldKeepEveryPacketInOrderWhileGuestsComeAndGo() {
        final long seed = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("sluice.seed=" + seed);
        final SplittableRandom random = new SplittableRandom(seed);
        final SluiceProcess[] guests = new SluiceProcess[GUESTS];
        try (Scratch scratch = new Scratch()) {
            final Path input = Capture.write(scratch.file("in.pcap"), PACKETS, GAP_NANOS, seed);
            final Path output = scratch.file("out.pcap");
            try (SluiceProcess backend = SluiceProcess.backend(
                            scratch,
                            "pcap:" + input + "?pace=capture => guest:g0 => guest:g1 => guest:g2 => guest:g3 => guest:g4"
                                    + " => pcap:" + output);
                    ChainStatus status = ChainStatus.open(scratch, "chain1")) {
                final String end = "pcap:" + output;
                start(scratch, guests, shuffled(random));
                for (int i = 0; i < STOPS; i++) {
                    awaitMore(status, end);
                    final int guest = random.nextInt(GUESTS);
                    if (random.nextBoolean()) {
                        stop(guests, guest);
                        start(scratch, guests, List.of(guest));
                    } else {
                        final int other = (guest + 1 + random.nextInt(GUESTS - 1)) % GUESTS;
                        stop(guests, guest);
                        stop(guests, other);
                        start(scratch, guests, List.of(guest, other));
                    }
                }
                assertThat(backend.awaitExit(LIMIT)).as(backend::output).isZero();
            } finally {
                for (SluiceProcess guest : guests) {
                    Closing.close(guest);
                }
            }
            assertThat(Capture.records(output)).isEqualTo(Capture.records(input));
            assertThat(scratch.leftovers()).isEmpty();
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
        Await.until("more packets at " + hop, LIMIT, () -> status.packets(hop) > Math.min(before + 5_000, PACKETS - 1));
    }
}
