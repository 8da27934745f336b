// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

/**
 * Tells wake-ups from a storm. A thread's stages ask to be woken at so many positions, and an honest neighbour kicks once
 * for each of them; so kicks never outnumber the positions asked for, but for a few:
 *
 * <pre>
 *   at most                         because
 *   1 for each stage                its neighbour had read the last position asked for, and had not kicked yet
 *   1 for each stage, attachment    a new holder does not know what the one before has kicked for
 *   1 for each command              the host wakes its own threads to start and to stop them
 * </pre>
 *
 * The excess of kicks over positions is therefore small for ever. It may reach {@link #ROOM} here and is forgiven at
 * {@link #FORGIVEN_PER_SECOND}, which is also what a hostile guest can go on with: so many times a second it may wake a
 * thread for nothing. Used by one thread.
 */
public final class KickLimit {
    static final long ROOM = 4096;
    static final long FORGIVEN_PER_SECOND = 1000;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private long kicks;
    private long arms;
    private long excess;
    private long atNanos;

    /** Begins to count, at {@code nowNanos} of {@link System#nanoTime}. */
    public KickLimit(long nowNanos) {
        atNanos = nowNanos;
    }

    /**
     * Whether there were far more kicks than positions asked for.
     *
     * @param kicks all that the thread's bell has counted so far, {@link Long#MAX_VALUE} at most
     * @param arms positions at which the thread's stages have asked to be woken so far
     * @param nowNanos {@link System#nanoTime}
     */
    public boolean exceeded(long kicks, long arms, long nowNanos) {
        final long forgiven = (nowNanos - atNanos) / (SECOND_NANOS / FORGIVEN_PER_SECOND);
        // A bell may say any number: half of the largest is as bad and leaves room to reckon.
        final long rung = Math.min(kicks - this.kicks, Long.MAX_VALUE / 2);
        excess = Math.max(0, excess + rung - (arms - this.arms) - forgiven);
        this.kicks = kicks;
        this.arms = arms;
        if (forgiven > 0) {
            atNanos = nowNanos;
        }
        return excess > ROOM;
    }
}
