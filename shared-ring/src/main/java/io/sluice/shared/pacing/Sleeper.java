// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.pacing;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.posix.PollSet;

/**
 * Puts one thread to sleep until a peer's kick, a descriptor or a due time; owns no policy.
 *
 * <p>No sleep is longer than {@link #MAX_SLEEP_NANOS}: that a peer died, or that the thread shall end, is then noticed
 * even if nobody kicks.
 */
public final class Sleeper implements WaitSet, AutoCloseable {
    static final long MAX_SLEEP_NANOS = 100_000_000L;
    private static final int MAX_DESCRIPTORS = 256;
    private static final int MAX_BELLS = 128;

    private final PollSet pollSet = new PollSet(MAX_DESCRIPTORS);
    private final int descriptor;
    private final Bell bell;
    private final boolean ownsBell;
    private final boolean canBeKicked;
    private final Bell[] bells = new Bell[MAX_BELLS];
    private final int[] bellEntries = new int[MAX_BELLS];
    private int bellCount;
    private long dueNanos;
    private long sleeps;
    private long boundsReached;
    private boolean closed;

    /** A sleeper that a peer wakes by the eventfd {@code bell}, which stays the caller's. */
    public Sleeper(int bell) {
        this(bell, false, true);
    }

    private Sleeper(int bell, boolean ownsBell, boolean canBeKicked) {
        this.descriptor = bell;
        this.bell = new Bell(bell);
        this.ownsBell = ownsBell;
        this.canBeKicked = canBeKicked;
    }

    /** A sleeper whom no peer can wake: its sleeps are bounded by the caller. */
    public static Sleeper withoutBell() {
        return new Sleeper(EventFd.create(), true, false);
    }

    /** A sleeper whom peers wake by the bells that its agents {@linkplain #awaitKick await}, and nobody else. */
    public static Sleeper byAgentsBells() {
        return new Sleeper(EventFd.create(), true, true);
    }

    /** Sleeps at most {@code maxNanos}, or not at all where {@code agent} finds work while it prepares. */
    public void sleep(Agent agent, long maxNanos) {
        pollSet.clear();
        bellCount = 0;
        awaitKick(bell);
        dueNanos = Math.min(maxNanos, MAX_SLEEP_NANOS);
        try {
            if (agent.arm(this)) {
                sleeps++;
                if (pollSet.await(dueNanos) == 0 && dueNanos == MAX_SLEEP_NANOS) {
                    boundsReached++;
                }
                for (int i = 0; i < bellCount; i++) {
                    if (pollSet.ready(bellEntries[i])) {
                        bells[i].drain();
                    }
                }
            }
        } finally {
            agent.disarm();
        }
    }

    /** How often the thread has slept; for that thread. */
    public long sleeps() {
        return sleeps;
    }

    /**
     * How many of these sleeps ended by {@link #MAX_SLEEP_NANOS}, with neither a kick nor a descriptor nor a due time; for
     * that thread. Where there was work all the same, a wake-up was lost.
     */
    public long boundsReached() {
        return boundsReached;
    }

    /** Ends a sleep from another thread; nothing once this object is closed. */
    public synchronized void wake() {
        if (!closed) {
            EventFd.signal(descriptor);
        }
    }

    @Override
    public boolean canBeKicked() {
        return canBeKicked;
    }

    @Override
    public void awaitKick(Bell ringing) {
        if (bellCount == MAX_BELLS) {
            throw new IllegalStateException("too many bells in one wait: capacity=" + MAX_BELLS);
        }
        bells[bellCount] = ringing;
        bellEntries[bellCount++] = pollSet.size();
        pollSet.add(ringing.descriptor(), PollSet.READABLE);
    }

    @Override
    public void awaitReadable(int descriptor) {
        pollSet.add(descriptor, PollSet.READABLE);
    }

    @Override
    public void awaitWritable(int descriptor) {
        pollSet.add(descriptor, PollSet.WRITABLE);
    }

    @Override
    public void dueIn(long nanos) {
        dueNanos = Math.max(0, Math.min(dueNanos, nanos));
    }

    /** Frees what this object owns; its thread must have ended. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        pollSet.close();
        if (ownsBell) {
            Descriptors.close(descriptor);
        }
    }
}
