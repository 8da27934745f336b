// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.posix.PollSet;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Two threads, two real eventfds, a ring of eight slots: they sleep on each other hundreds of thousands of times. */
class WakeStressTest {
    private static final int SLEEPS = 200_000;
    private static final long TIMEOUT_NANOS = 2_000_000_000L;
    private static final long DEADLINE_NANOS = 60_000_000_000L;

    private static final class Party extends Thread implements AutoCloseable {
        private final Stage stage;
        private final int bell;
        private final boolean spins;
        private final SplittableRandom random;
        private final AtomicReference<Throwable> failure;
        private final PollSet pollSet = new PollSet(1);
        private volatile boolean stop;
        private volatile int sleeps;
        private int lost;

        Party(Stage stage, int bell, boolean spins, long seed, AtomicReference<Throwable> failure) {
            this.stage = stage;
            this.bell = bell;
            this.spins = spins;
            this.random = new SplittableRandom(seed);
            this.failure = failure;
        }

        @Override
        public void run() {
            try {
                while (!stop) {
                    turn();
                }
            } catch (Throwable t) {
                failure.set(t);
            }
        }

        private void turn() {
            assertThat(stage.refresh()).isTrue();
            final int available = stage.available();
            final int work = available == 0 ? 0 : 1 + random.nextInt(available);
            for (int i = 0; i < work; i++) {
                final long slot = stage.slotAddress(stage.position());
                if (stage.index() == 0) {
                    Memory.longAt(slot, stage.position());
                } else {
                    assertThat(Memory.longAt(slot)).isEqualTo(stage.position());
                }
                stage.advance(1);
                if (random.nextInt(3) == 0) {
                    stage.publish();
                }
                for (int spin = random.nextInt(20); spin > 0; spin--) {
                    Thread.onSpinWait();
                }
            }
            if (work > 0) {
                stage.publish();
            }
            if (stage.available() == 0) {
                stage.settle();
                if (!spins) {
                    sleep();
                }
            }
        }

        private void sleep() {
            if (stage.arm(1)) {
                pollSet.clear();
                pollSet.add(bell, PollSet.READABLE);
                if (pollSet.await(TIMEOUT_NANOS) == 0 && stage.look() > 0) {
                    lost++;
                }
                sleeps++;
                EventFd.drain(bell);
            }
            stage.disarm();
        }

        void end() throws InterruptedException {
            stop = true;
            EventFd.signal(bell);
            join();
        }

        @Override
        public void close() {
            pollSet.close();
        }
    }

    private void run(int sleeps, long packets, boolean spin, AtomicReference<Party[]> result) throws Exception {
        final long seed = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("sluice.seed=" + seed);
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final int[] bells = {EventFd.create(), EventFd.create()};
        final Doorbell doorbell = (peerId, vector) -> EventFd.signal(bells[vector]);
        try (TestRegion region = TestRegion.of(8, 8, 2);
                Party first = new Party(region.stage(0, doorbell), bells[0], spin, seed, failure);
                Party last = new Party(region.stage(1, doorbell), bells[1], spin, seed + 1, failure)) {
            first.start();
            last.start();
            final Ring ring = region.directory().ring(0);
            final long end = System.nanoTime() + DEADLINE_NANOS;
            while ((first.sleeps + last.sleeps < sleeps || ring.positionAcquire(1) < packets)
                    && failure.get() == null
                    && System.nanoTime() < end) {
                LockSupport.parkNanos(1_000_000);
            }
            first.end();
            last.end();
            assertThat(failure.get()).isNull();
            assertThat(first.sleeps + last.sleeps).isGreaterThanOrEqualTo(sleeps);
            assertThat(ring.positionAcquire(1)).isGreaterThanOrEqualTo(packets);
            result.set(new Party[] {first, last});
        } finally {
            Descriptors.close(bells[0]);
            Descriptors.close(bells[1]);
        }
    }

    @Test
    void shouldLoseNoWakeUp() throws Exception {
        final AtomicReference<Party[]> parties = new AtomicReference<>();
        run(SLEEPS, 0, false, parties);
        assertThat(parties.get()[0].lost + parties.get()[1].lost)
                .as("wake-ups lost")
                .isZero();
        assertThat(parties.get()[0].stage.kicks() + parties.get()[1].stage.kicks())
                .isPositive();
    }

    @Test
    void shouldNeverKickWhoSpins() throws Exception {
        final AtomicReference<Party[]> parties = new AtomicReference<>();
        run(0, 200_000, true, parties);
        assertThat(parties.get()[0].stage.kicks()).isZero();
        assertThat(parties.get()[1].stage.kicks()).isZero();
    }
}
