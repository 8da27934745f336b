// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.shared.pacing.Bell;
import io.sluice.shared.posix.PollSet;
import io.sluice.shared.ring.Violation;

/** How guests say that they have asked for something: who rings all the time is heard once a millisecond. */
final class RequestBell {
    private static final long DEAF_NANOS = 1_000_000L;

    private final HostRegion region;
    private final int descriptor;
    private final Bell bell;
    private final KickLimit limit = new KickLimit(System.nanoTime());
    private boolean belled;

    /** Listens to {@code descriptor}, an eventfd of the host's that all guests of {@code region} hold. */
    RequestBell(HostRegion region, int descriptor) {
        this.region = region;
        this.descriptor = descriptor;
        this.bell = new Bell(descriptor);
    }

    /** Adds the bell to {@code pollSet}, for this turn. */
    void addTo(PollSet pollSet) {
        pollSet.add(descriptor, belled ? 0 : PollSet.READABLE);
    }

    /** How long the turn may wait that would wait for {@code turnNanos}. */
    long waitNanos(long turnNanos) {
        return belled ? Math.min(turnNanos, DEAF_NANOS) : turnNanos;
    }

    /**
     * Empties the bell, where it was heard.
     *
     * @param ready whether it could be read after the turn's wait
     */
    void hear(boolean ready) {
        belled = !belled && ready;
        if (belled) {
            bell.drain();
            if (limit.exceeded(bell.kicks(), 0, System.nanoTime())) {
                region.retire(Violation.KICK_FLOOD, "a guest that asks without end to be attached");
            }
        }
    }
}
