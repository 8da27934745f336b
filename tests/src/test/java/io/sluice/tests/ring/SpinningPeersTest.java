// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.pacing.WaitMode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Millions of packets between stages that spin: nobody is kicked. The same packets in the other modes, for comparison. */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class SpinningPeersTest {
    private static final long PACKETS = 10_000_000;
    private static final Duration DEADLINE = Duration.ofSeconds(100);
    private static final int SLOTS = 512;

    @Test
    void shouldNeverKickWhoSpins() {
        assertThat(kicks(WaitMode.SPIN)).isZero();
    }

    /** Once for the compiler, and again for who wants to compare. */
    @Test
    void shouldKickWhoSleeps() {
        for (int round = 0; round < 2; round++) {
            kicks(WaitMode.ADAPTIVE);
            assertThat(kicks(WaitMode.BLOCK)).isPositive();
        }
    }

    /** Sends packets from one thread to another, two spinners for two processors, and answers the kicks of both. */
    private static long kicks(WaitMode mode) {
        try (LocalRing ring = new LocalRing(SLOTS, 2)) {
            final NumberedSender sender = new NumberedSender(ring.stage(0), PACKETS, 0);
            final NumberedChecker checker = new NumberedChecker(ring.stage(1), 0);
            final long start = System.nanoTime();
            ring.start(0, sender, mode);
            ring.start(1, checker, mode);
            while (ring.ring().positionAcquire(1) < PACKETS
                    && ring.failure() == null
                    && System.nanoTime() - start < DEADLINE.toNanos()) {
                LockSupport.parkNanos(1_000_000);
            }
            final long nanos = System.nanoTime() - start;
            ring.stop();
            assertThat(ring.failure()).isNull();
            assertThat(ring.ring().positionAcquire(1)).isEqualTo(PACKETS);
            assertThat(checker.mismatches()).isZero();
            final long forPackets = sender.stage().kicks();
            final long forSlots = checker.stage().kicks();
            System.out.printf(
                    "%s: %.1f ns a packet, %d kicks for packets, %d for free slots%n",
                    mode.label(), (double) nanos / PACKETS, forPackets, forSlots);
            return forPackets + forSlots;
        }
    }
}
