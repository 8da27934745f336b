// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.pacing;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Adaptive waiting under loads that change, on a clock of the test's own: what it spins and how often it sleeps follows
 * from the times between packets alone, so every figure here is exact.
 *
 * <pre>
 *   a turn without work     100 ns
 *   a sleep                 until the next packet, and {@link #WAKE_NANOS} more for the wake-up
 * </pre>
 */
class ChangingLoadTest {
    private static final long TURN_NANOS = 100;
    private static final long WAKE_NANOS = 50_000;
    private static final long MILLISECOND = 1_000_000;

    /** A thread that waits for packets whose times the test decides. */
    private static final class World implements Agent, AutoCloseable {
        private final int bell = EventFd.create();
        private final Sleeper sleeper = new Sleeper(bell);
        private final AdaptiveWaiting waiting;
        private long now;
        private long nextPacket;
        long sleeps;
        long spunNanos;

        World() {
            waiting = new AdaptiveWaiting(sleeper, 50_000, () -> now);
        }

        /** Waits for the next packet, {@code gap} from now. */
        void packetAfter(long gapNanos) {
            nextPacket = now + gapNanos;
            while (now < nextPacket) {
                final long before = sleeps;
                waiting.idle(0, this);
                if (sleeps == before) {
                    now += TURN_NANOS;
                    spunNanos += TURN_NANOS;
                }
            }
            waiting.idle(1, this);
        }

        /** Packets {@code gapNanos} apart for {@code nanos}; forgets what was counted before. */
        World load(long gapNanos, long nanos) {
            sleeps = 0;
            spunNanos = 0;
            for (final long end = now + nanos; now < end; ) {
                packetAfter(gapNanos);
            }
            return this;
        }

        @Override
        public boolean arm(WaitSet waitSet) {
            sleeps++;
            now = Math.max(now, nextPacket) + WAKE_NANOS;
            return false;
        }

        @Override
        public void disarm() {}

        @Override
        public String roleName() {
            return "world";
        }

        @Override
        public int doWork() {
            return 0;
        }

        @Override
        public void close() {
            sleeper.close();
            Descriptors.close(bell);
        }
    }

    @Test
    void shouldStopSleepingWithinTwoMillisecondsOfADenseLoad() {
        try (World world = new World()) {
            for (int change = 0; change < 100; change++) {
                world.load(5 * MILLISECOND, 50 * MILLISECOND);
                world.load(5_000, 2 * MILLISECOND);
                assertThat(world.load(5_000, 5 * MILLISECOND).sleeps).isZero();
            }
        }
    }

    @Test
    void shouldRestWithinMillisecondsOfASparseLoad() {
        try (World world = new World()) {
            for (int change = 0; change < 100; change++) {
                world.load(5_000, 20 * MILLISECOND);
                world.load(MILLISECOND, 3 * MILLISECOND);
                // One rest in sixteen spins to see whether the load has changed.
                assertThat(world.load(MILLISECOND, 100 * MILLISECOND).spunNanos).isLessThan(MILLISECOND);
            }
        }
    }

    @Test
    void shouldNeitherSpinAwayNorSleepAwayARandomLoad() {
        final long seed = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("sluice.seed=" + seed);
        final SplittableRandom random = new SplittableRandom(seed);
        try (World world = new World()) {
            long sleeps = 0;
            long rests = 0;
            long spunNanos = 0;
            for (int phase = 0; phase < 1000; phase++) {
                // Between 10 us and 5 ms apart, each order of magnitude as likely as the others.
                final long gap = (long) (10_000 * Math.pow(500, random.nextDouble()));
                final long nanos = random.nextLong(MILLISECOND, 20 * MILLISECOND);
                final long start = world.now;
                world.load(gap, nanos);
                sleeps += world.sleeps;
                rests += nanos / gap;
                spunNanos += world.spunNanos;
                assertThat(world.now - start).isLessThan(nanos + gap + WAKE_NANOS + TURN_NANOS);
            }
            System.out.printf(
                    "%,d phases in %.1f s of their own time: slept %,d of %,d times, spun %.1f %% of the time%n",
                    1000, world.now / 1e9, sleeps, rests, 100.0 * spunNanos / world.now);
            assertThat(spunNanos).isLessThan(world.now / 4);
        }
    }
}
