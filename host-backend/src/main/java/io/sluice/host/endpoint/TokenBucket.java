// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import java.util.function.LongSupplier;

/**
 * Keeps a rate exactly: packet {@code k} of each second is due {@code k / rate} seconds after its start. Whoever comes
 * late may catch up by {@code depth} packets; what is due beyond that is given up and counted.
 */
final class TokenBucket {
    /** The highest rate that can be kept, per second. */
    static final long MAX_RATE = 1_000_000_000L;

    private static final long SECOND = 1_000_000_000L;

    private final long rate;
    private final long depth;
    private final LongSupplier nanoClock;
    private final Tally givenUp = new Tally();
    private boolean started;

    /** Start of the second that {@link #index} and {@link #permitted} count packets of. */
    private long secondNanos;

    private long index;
    private long permitted;

    /**
     * @param rate packets per second, up to {@link #MAX_RATE}
     * @param depth packets, at least 1
     */
    TokenBucket(long rate, long depth, LongSupplier nanoClock) {
        this.rate = rate;
        this.depth = depth;
        this.nanoClock = nanoClock;
    }

    /** Takes one packet's turn: false where none is due. The clock is read only when all that was due is taken. */
    boolean take() {
        if (index >= permitted && !permitMore()) {
            return false;
        }
        index++;
        return true;
    }

    private boolean permitMore() {
        final long now = nanoClock.getAsLong();
        if (!started) {
            started = true;
            secondNanos = now;
        }
        final long seconds = (now - secondNanos) / SECOND;
        secondNanos += seconds * SECOND;
        index -= seconds * rate;
        permitted = (now - secondNanos) * rate / SECOND + 1;
        final long late = permitted - index - depth;
        if (late > 0) {
            index += late;
            givenUp.add(late);
        }
        return index < permitted;
    }

    /** Nanoseconds until {@link #take} will succeed. */
    long nextDueNanos() {
        if (!started || index < permitted) {
            return 0;
        }
        final long due = secondNanos + (index * SECOND + rate - 1) / rate;
        return Math.max(0, due - nanoClock.getAsLong());
    }

    /** Packets that were due and never taken. */
    long givenUp() {
        return givenUp.value();
    }
}
