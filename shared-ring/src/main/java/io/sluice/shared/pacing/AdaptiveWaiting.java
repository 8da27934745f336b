// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.pacing;

import io.sluice.shared.agent.Agent;
import java.util.function.LongSupplier;

/**
 * Spins past the usual gap between two pieces of work where that is short, and sleeps at once where it is long.
 *
 * <p>Spinning a little less than the gap burns a core and saves no wake-up at all; spinning a little more saves all of
 * them. So the gap is measured, as a moving average of the rests that ended while this thread spun, and the spin is twice
 * that, or nothing.
 *
 * <pre>
 *                spin was in vain               probe was in vain
 *   spinning  ──────────────────▶ probe next  ──────────────────▶ sleeping, and one rest in
 *      ▲                              │                           {@link #PROBE_EVERY} is a probe
 *      └──────────────────────────────┴── probe found a short gap ──────┘
 * </pre>
 *
 * A probe spins as long as is allowed, and what it finds is believed at once. What a rest takes that ended by a wake-up
 * is not: it holds the wake-up's own time, and where the peer shares this thread's processor, it comes only because this
 * thread does not spin.
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
    private long spinNanos;
    private boolean slept;

    private boolean gapIsShort;
    private long gapNanos;
    private int restsToProbe;

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
                learn();
            }
            return;
        }
        final long now = clock.getAsLong();
        if (!idle) {
            idle = true;
            idleSinceNanos = now;
            slept = false;
            spinNanos = spinOfThisRest();
        }
        final long idleNanos = now - idleSinceNanos;
        if (idleNanos < spinNanos) {
            Thread.onSpinWait();
            return;
        }
        slept = true;
        if (sleeper.canBeKicked()) {
            sleeper.sleep(agent, Sleeper.MAX_SLEEP_NANOS);
        } else {
            sleeper.sleep(agent, Math.clamp(idleNanos >> 3, MIN_BLIND_NANOS, MAX_BLIND_NANOS));
        }
    }

    private long spinOfThisRest() {
        if (gapIsShort) {
            return Math.max(2 * gapNanos, maxSpinNanos / 8);
        }
        return --restsToProbe <= 0 ? maxSpinNanos : 0;
    }

    /** From the rest that has just ended. */
    private void learn() {
        if (!slept) {
            final long nanos = clock.getAsLong() - idleSinceNanos;
            gapNanos = gapIsShort ? gapNanos + ((nanos - gapNanos) >> GAP_WEIGHT_SHIFT) : nanos;
            gapIsShort = 2 * gapNanos <= maxSpinNanos;
            restsToProbe = PROBE_EVERY;
        } else if (gapIsShort) {
            gapIsShort = false;
            restsToProbe = 1;
        } else if (spinNanos > 0) {
            restsToProbe = PROBE_EVERY;
        }
    }
}
