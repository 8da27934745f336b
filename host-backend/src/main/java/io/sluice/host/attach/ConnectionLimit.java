// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

/**
 * Tells a flood of connections to one guest's socket from mistakes: a second start of a guest that is attached already,
 * or a program that tries again and again.
 *
 * <p>Somebody who tries again first waits for the answer, which comes ten times a second. So every program that does so,
 * however fast, is turned away ten times a second; {@link #FORGIVEN_PER_SECOND} are as many as ten of them, and
 * {@link #ROOM} lets hundreds start at once. Used by one thread.
 */
final class ConnectionLimit {
    static final int ROOM = 400;
    static final int FORGIVEN_PER_SECOND = 100;
    private static final long NANOS_PER_FORGIVEN = 1_000_000_000L / FORGIVEN_PER_SECOND;

    private long excess;
    private long atNanos;

    /** Whether {@code refused} more connections at {@code nowNanos} of {@link System#nanoTime} are a flood. */
    boolean exceeded(int refused, long nowNanos) {
        final long forgiven = excess == 0 ? 0 : (nowNanos - atNanos) / NANOS_PER_FORGIVEN;
        atNanos = excess == 0 ? nowNanos : atNanos + forgiven * NANOS_PER_FORGIVEN;
        excess = Math.max(0, excess - forgiven) + refused;
        return excess > ROOM;
    }
}
