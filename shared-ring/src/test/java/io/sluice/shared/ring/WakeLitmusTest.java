// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * One publish and one going to sleep, at the same moment, a million times: either the sleeper sees the slot and stays
 * awake, or the publisher sees the sleeper and kicks. With a fence taken out, both miss each other now and then.
 */
class WakeLitmusTest {
    private static final int ROUNDS = 1_000_000;
    private static final int MIN_ROUNDS = 1_000;
    private static final long ENOUGH_NANOS = 5_000_000_000L;
    private static final int MAX_SPINS = 2_000;

    private final AtomicLong started = new AtomicLong();
    private final AtomicLong published = new AtomicLong();

    private static void await(AtomicLong round, long value) {
        for (int spins = 0; round.getAcquire() < value; spins++) {
            if (spins < MAX_SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield(); // the other thread may need this processor
            }
        }
    }

    private static void delay(SplittableRandom random) {
        for (int i = random.nextInt(32); i > 0; i--) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldNeverSleepUnseenOnASlotUnseen() throws InterruptedException {
        final long seed = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("sluice.seed=" + seed);
        try (TestRegion region = TestRegion.of(8, 8, 2)) {
            final long[] kicks = new long[1];
            final Stage first = region.stage(0, (peerId, vector) -> kicks[0]++);
            final Stage last = region.stage(1);
            final Thread publisher = new Thread(() -> {
                final SplittableRandom random = new SplittableRandom(seed);
                for (long round = 1; round <= ROUNDS; round++) {
                    await(started, round);
                    if (started.getPlain() > round) {
                        return;
                    }
                    delay(random);
                    first.advance(1);
                    first.publish();
                    first.settle();
                    published.setRelease(round);
                }
            });
            publisher.setDaemon(true);
            publisher.start();
            final SplittableRandom random = new SplittableRandom(seed + 1);
            int slept = 0;
            int lost = 0;
            final long enough = System.nanoTime() + ENOUGH_NANOS; // other programs may want these processors, too
            for (long round = 1; round <= ROUNDS && (round < MIN_ROUNDS || System.nanoTime() < enough); round++) {
                final long kicksBefore = kicks[0]; // the publisher waits for the round
                started.setRelease(round);
                delay(random);
                final boolean armed = last.arm(1);
                await(published, round);
                if (armed) {
                    slept++;
                    if (kicks[0] == kicksBefore) {
                        lost++;
                    }
                    last.disarm();
                }
                assertThat(last.look()).isEqualTo(1);
                last.advance(1);
                last.publish();
            }
            started.setRelease(Long.MAX_VALUE);
            publisher.join();
            assertThat(slept).isPositive();
            assertThat(lost).as("wake-ups lost").isZero();
        }
    }
}
