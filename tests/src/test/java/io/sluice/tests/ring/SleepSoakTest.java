// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.function.FunctionAgent;
import io.sluice.shared.pacing.WaitMode;
import io.sluice.shared.ring.Stage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Three stages as programs run them, on three threads that wake each other through eventfds: a million sleeps (ten in the
 * long run), and not one that only its bound has ended.
 */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class SleepSoakTest {
    private static final long SLEEPS = Boolean.getBoolean("sluice.long") ? 10_000_000 : 1_000_000;
    private static final Duration DEADLINE = Duration.ofSeconds(500);
    private static final int SLOTS = 16;

    @ParameterizedTest
    @EnumSource(
            value = WaitMode.class,
            names = {"ADAPTIVE", "BLOCK"})
    void shouldLoseNoWakeUp(WaitMode mode) {
        // Adaptive threads sleep less often, and take longer for as many sleeps.
        final long sleeps = mode == WaitMode.BLOCK ? SLEEPS : SLEEPS / 10;
        final long seed = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("sluice.seed=" + seed);
        try (LocalRing ring = new LocalRing(SLOTS, 3)) {
            final NumberedSender sender = new NumberedSender(ring.stage(0), Long.MAX_VALUE, 0);
            final Stage middle = ring.stage(1);
            final NumberedChecker checker = new NumberedChecker(ring.stage(2), 0);
            final List<SleepWatch> watches = List.of(
                    new SleepWatch(sender, sender.stage(), ring, seed),
                    new SleepWatch(new FunctionAgent("forward", middle, (_, _) -> {}), middle, ring, seed),
                    new SleepWatch(checker, checker.stage(), ring, seed));
            final long start = System.nanoTime();
            for (int i = 0; i < watches.size(); i++) {
                ring.start(i, watches.get(i), mode);
            }
            while (total(watches) < sleeps
                    && ring.failure() == null
                    && System.nanoTime() - start < DEADLINE.toNanos()) {
                LockSupport.parkNanos(1_000_000);
            }
            final long nanos = System.nanoTime() - start;
            ring.stop();
            assertThat(ring.failure()).isNull();
            assertThat(total(watches)).isGreaterThanOrEqualTo(sleeps);
            assertThat(checker.mismatches()).isZero();
            System.out.printf(
                    "%s: %,d sleeps in %.1f s over %,d packets; by their bound ended %d, kicked after it %d, never %d%n",
                    mode.label(),
                    total(watches),
                    nanos / 1e9,
                    checker.stage().position(),
                    watches.stream().mapToLong(SleepWatch::boundsReached).sum(),
                    watches.stream().mapToInt(SleepWatch::late).sum(),
                    watches.stream().mapToInt(SleepWatch::lost).sum());
            assertThat(watches)
                    .allSatisfy(watch -> assertThat(watch.lost())
                            .as("wake-ups lost by %s", watch.roleName())
                            .isZero());
        }
    }

    private static long total(List<SleepWatch> watches) {
        return watches.stream().mapToLong(SleepWatch::sleeps).sum();
    }
}
