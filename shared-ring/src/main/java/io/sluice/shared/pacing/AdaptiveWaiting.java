// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.pacing;

import io.sluice.shared.agent.Agent;
import java.util.function.LongSupplier;

/**
 * Spins past the usual gap between two pieces of work where that is short, and sleeps at once where it is long.
 *
 * <p>Spinning a little less than the gap burns a core and saves no wake-up at all; spinning a little more saves all of
 * them. So the gap is measured, as a moving average of the times without work, and the spin is twice that, or nothing.
 *
 * <p>A gap that ends by a wake-up holds the wake-up's own time, which may be longer than the gap: a thread that sleeps
 * would then never find that it need not. So one rest in {@link #PROBE_EVERY} spins as long as is allowed, and what it
 * finds is believed at once.
 *
 * <p>A thread whom no peer can kick sleeps for short, growing times instead: from {@link #MIN_BLIND_NANOS}, an eighth
 * of the time it has been idle, up to {@link #MAX_BLIND_NANOS}.
 */
final class AdaptiveWaiting implements Waiting {
    private static final long DEFAULT_MAX_SPIN_NANOS = 50_000;
    private static final long MIN_BLIND_NANOS = 20_000;
    private static final long MAX_BLIND_NANOS = 2_000_000;
    private static final int GAP_WEIGHT_SHIFT = 3;
    private static final int PROBE_EVERY = 16;

    private final Sleeper sleeper;
    private final long maxSpinNanos;
    private final LongSupplier clock;
    private boolean idle;
    private long idleSinceNanos;
    private long gapNanos;
    private long rests;
    private boolean probing;

    AdaptiveWaiting(Sleeper sleeper) {
        this(sleeper, DEFAULT_MAX_SPIN_NANOS);
    }

    /** As {@code adaptive}, spinning {@code maxSpinNanos} at most; 0 never spins. */
    AdaptiveWaiting(Sleeper sleeper, long maxSpinNanos) {
        this(sleeper, maxSpinNanos, System::nanoTime);
    }

    /** As above, by a clock that counts nanoseconds. */
    AdaptiveWaiting(Sleeper sleeper, long maxSpinNanos, LongSupplier clock) {
        this.sleeper = sleeper;
        this.maxSpinNanos = maxSpinNanos;
        this.clock = clock;
    }

    @Override
    public void idle(int workCount, Agent agent) {
        if (workCount > 0) {
            if (idle) {
                idle = false;
                measure(clock.getAsLong() - idleSinceNanos);
            }
            return;
        }
        final long now = clock.getAsLong();
        if (!idle) {
            idle = true;
            idleSinceNanos = now;
            probing = maxSpinNanos > 0 && ++rests % PROBE_EVERY == 0;
        }
        final long idleNanos = now - idleSinceNanos;
        if (idleNanos < spinNanos()) {
            Thread.onSpinWait();
        } else if (sleeper.canBeKicked()) {
            sleeper.sleep(agent, Sleeper.MAX_SLEEP_NANOS);
        } else {
            sleeper.sleep(agent, Math.clamp(idleNanos >> 3, MIN_BLIND_NANOS, MAX_BLIND_NANOS));
        }
    }

    private long spinNanos() {
        if (probing) {
            return maxSpinNanos;
        }
        return 2 * gapNanos <= maxSpinNanos ? Math.max(2 * gapNanos, maxSpinNanos / 8) : 0;
    }

    private void measure(long nanos) {
        // A long rest counts as one that was too long to spin through, not more: the load may have changed.
        final long gap = Math.min(nanos, 4 * maxSpinNanos);
        if (probing && gap < maxSpinNanos) {
            gapNanos = gap;
        } else {
            gapNanos += (gap - gapNanos) >> GAP_WEIGHT_SHIFT;
        }
    }
}
