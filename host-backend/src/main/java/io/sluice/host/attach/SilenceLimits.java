// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

/**
 * For how long a guest may show no sign of life. A guest that is well shows one ten times a second or more often.
 *
 * @param suspectNanos after which the status says so; {@value #MIN_SUSPECT_NANOS} to {@value #MAX_SUSPECT_NANOS}
 * @param lostNanos after which the guest counts as lost and its {@link LossPolicy} applies; more than suspectNanos,
 *     {@value #MIN_LOST_NANOS} to {@value #MAX_LOST_NANOS}
 * @param suspectGiven whether somebody chose it; else it gives way to the other
 * @param lostGiven likewise
 */
public record SilenceLimits(long suspectNanos, long lostNanos, boolean suspectGiven, boolean lostGiven) {
    public static final long MIN_SUSPECT_NANOS = 200_000_000L;
    public static final long MAX_SUSPECT_NANOS = 1_200_000_000_000L;
    public static final long MIN_LOST_NANOS = 300_000_000L;
    public static final long MAX_LOST_NANOS = 3_600_000_000_000L;
    public static final SilenceLimits DEFAULTS = new SilenceLimits(1_000_000_000L, 3_000_000_000L, false, false);

    public SilenceLimits {
        if (suspectNanos < MIN_SUSPECT_NANOS
                || suspectNanos > MAX_SUSPECT_NANOS
                || lostNanos < MIN_LOST_NANOS
                || lostNanos > MAX_LOST_NANOS
                || suspectNanos >= lostNanos) {
            throw new IllegalArgumentException("suspect=" + suspectNanos + "ns lost=" + lostNanos
                    + "ns: must be 200ms to 20min and 300ms to 60min, and lost the longer");
        }
    }

    /** Limits both of which somebody has chosen. */
    public SilenceLimits(long suspectNanos, long lostNanos) {
        this(suspectNanos, lostNanos, true, true);
    }

    /** These with a chosen {@code suspect}; a {@code lost} that nobody chose becomes three times as long where it has to. */
    public SilenceLimits suspectAfter(long nanos) {
        return new SilenceLimits(nanos, lostGiven || nanos < lostNanos ? lostNanos : 3 * nanos, true, lostGiven);
    }

    /** These with a chosen {@code lost}; a {@code suspect} that nobody chose becomes a third of it where it has to. */
    public SilenceLimits lostAfter(long nanos) {
        final boolean kept = suspectGiven || suspectNanos < nanos;
        return new SilenceLimits(
                kept ? suspectNanos : Math.max(MIN_SUSPECT_NANOS, nanos / 3), nanos, suspectGiven, true);
    }
}
