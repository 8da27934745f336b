// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

/**
 * How long a thread may sleep that has to look at memory which a card writes: an eighth of the time it has found nothing,
 * within bounds. So a packet waits longer by an eighth of the silence before it, and a silent card costs next to nothing.
 */
public final class IdleLimit {
    private static final long MIN_NANOS = 20_000;
    private static final long MAX_NANOS = 500_000;

    private boolean idle;
    private long sinceNanos;

    /** After each turn: whether there was anything. */
    public void turned(boolean found) {
        if (found) {
            idle = false;
        } else if (!idle) {
            idle = true;
            sinceNanos = System.nanoTime();
        }
    }

    /** The longest sleep now. */
    public long nanos() {
        return idle ? Math.clamp(System.nanoTime() - sinceNanos >> 3, MIN_NANOS, MAX_NANOS) : MIN_NANOS;
    }
}
