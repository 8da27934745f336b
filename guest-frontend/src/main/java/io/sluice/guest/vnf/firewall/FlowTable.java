// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

/**
 * Flows in memory that never grows, each in one of 16 places, with a state and the time it was last seen.
 *
 * <pre>
 *   tags     u64 per set     one byte for each of the set's 8 places: 0 empty, else 8 bits of the flow's hash
 *   entries  u64 x 8 per place
 *     0..5   key           {@link FlowKey}
 *     6      seen          nanoseconds, of the flow's latest packet
 *     7      info          bits 0..7 state, the rest is the owner's
 * </pre>
 *
 * The keyed hash names two sets, and a flow goes into the emptier one. Where both are full, a newcomer takes, in this
 * order: a place whose flow has timed out; the place of the flow that was silent longest among those whose state is not
 * protected; the place of a flow that can move to the other one of its own two sets; or none. So more than nine tenths
 * of the table hold protected flows before a newcomer is refused, a lookup sees 16 places at most, and flows that timed
 * out are removed when someone stumbles over them.
 *
 * <p>Time is what packets carry. It may step back a little between packets, and a lot when a capture starts over: a
 * flow has timed out when it is further away than its state's timeout, on either side.
 */
final class FlowTable {
    static final int NONE = -1;

    private static final int WAYS = 8;
    private static final int ENTRY_WORDS = 8;
    private static final int SEEN = 6;
    private static final int INFO = 7;
    private static final long EACH_BYTE = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final int STATE_MASK = 0xFF;

    private final long[] tags;
    private final long[] entries;
    private final int setMask;
    private final long[] timeoutNanos;
    private final long protectedStates;
    private int occupied;
    private long evictions;

    /**
     * An empty table. Flows keep their places as long as they are there, if no state is protected.
     *
     * @param places at least this many, rounded up to a power of two
     * @param timeoutNanos by state, which is its index
     * @param protectedStates bits of the states whose flows give way to nobody
     */
    FlowTable(int places, long[] timeoutNanos, long protectedStates) {
        final int sets = Integer.highestOneBit(Math.max(1, (places + WAYS - 1) / WAYS * 2 - 1));
        this.tags = new long[sets];
        this.entries = new long[sets * WAYS * ENTRY_WORDS];
        this.setMask = sets - 1;
        this.timeoutNanos = timeoutNanos.clone();
        this.protectedStates = protectedStates;
    }

    /** The place of a flow that has not timed out, or {@link #NONE}. */
    int find(FlowKey key, long nowNanos) {
        final long hash = key.hash();
        final int first = firstSet(hash);
        int place = findInSet(key, first, tag(hash));
        if (place == NONE) {
            final int second = secondSet(hash);
            place = second == first ? NONE : findInSet(key, second, tag(hash));
        }
        if (place != NONE && timedOut(place, nowNanos)) {
            remove(place);
            return NONE;
        }
        return place;
    }

    /** Compares the tag with eight at once: a byte of {@code differences} is zero where they are equal. */
    private int findInSet(FlowKey key, int set, long tag) {
        final long differences = tags[set] ^ tag * EACH_BYTE;
        long candidates = differences - EACH_BYTE & ~differences & HIGH_BITS;
        while (candidates != 0) {
            final int place = set * WAYS + (Long.numberOfTrailingZeros(candidates) >>> 3);
            // The byte above an equal one may be marked in error, also an empty one: the key decides, the tag confirms.
            if (key.equalsAt(entries, place * ENTRY_WORDS) && tagAt(place) == tag) {
                return place;
            }
            candidates &= candidates - 1;
        }
        return NONE;
    }

    /** Gives a place to a flow that {@link #find} did not find, or returns {@link #NONE} when none is to be had. */
    int insert(FlowKey key, long nowNanos, long info) {
        final long hash = key.hash();
        final int first = firstSet(hash);
        final int second = secondSet(hash);
        int place = emptyPlace(emptyPlaces(second) > emptyPlaces(first) ? second : first);
        if (place == NONE) {
            place = evict(first, second, nowNanos);
        }
        if (place == NONE) {
            place = vacate(key, first);
        }
        if (place == NONE) {
            place = vacate(key, second);
        }
        if (place == NONE) {
            return NONE;
        }
        key.storeAt(entries, place * ENTRY_WORDS);
        entries[place * ENTRY_WORDS + SEEN] = nowNanos;
        entries[place * ENTRY_WORDS + INFO] = info;
        setTag(place, tag(hash));
        occupied++;
        return place;
    }

    /** Forgets the flow at {@code place}. */
    void remove(int place) {
        setTag(place, 0);
        occupied--;
    }

    /** Notes a packet of the flow at {@code place}. */
    void touch(int place, long nowNanos) {
        final int seen = place * ENTRY_WORDS + SEEN;
        if (nowNanos - entries[seen] > 0) {
            entries[seen] = nowNanos;
        }
    }

    long info(int place) {
        return entries[place * ENTRY_WORDS + INFO];
    }

    void info(int place, long info) {
        entries[place * ENTRY_WORDS + INFO] = info;
    }

    /** Places in use, including those of flows that timed out and were not met since. */
    int occupied() {
        return occupied;
    }

    int places() {
        return tags.length * WAYS;
    }

    /** Flows that gave way to others before their time. */
    long evictions() {
        return evictions;
    }

    private boolean timedOut(int place, long nowNanos) {
        final long silence = nowNanos - entries[place * ENTRY_WORDS + SEEN];
        final long timeout = timeoutNanos[(int) info(place) & STATE_MASK];
        return silence > timeout || silence < -timeout;
    }

    /** Removes a flow of either set that has timed out or may give way; its place, or {@link #NONE}. */
    private int evict(int first, int second, long nowNanos) {
        final int place = victim(victim(NONE, first, nowNanos), second, nowNanos);
        if (place != NONE) {
            if (!timedOut(place, nowNanos)) {
                evictions++;
            }
            remove(place);
        }
        return place;
    }

    /** Moves a flow of a full set to the other set that its hash names; the place it leaves, or {@link #NONE}. */
    private int vacate(FlowKey key, int set) {
        for (int place = set * WAYS; place < (set + 1) * WAYS; place++) {
            final long hash = key.hashAt(entries, place * ENTRY_WORDS);
            final int target = emptyPlace(firstSet(hash) == set ? secondSet(hash) : firstSet(hash));
            if (target != NONE) {
                System.arraycopy(entries, place * ENTRY_WORDS, entries, target * ENTRY_WORDS, ENTRY_WORDS);
                setTag(target, tag(hash));
                setTag(place, 0);
                return place;
            }
        }
        return NONE;
    }

    /** The better victim of {@code best} and the places of a set. */
    private int victim(int best, int set, long nowNanos) {
        int chosen = best;
        for (int place = set * WAYS; place < (set + 1) * WAYS; place++) {
            if (timedOut(place, nowNanos)) {
                return place;
            }
            final boolean mayGo = (protectedStates >>> (info(place) & STATE_MASK) & 1) == 0;
            if (mayGo && (chosen == NONE || (silentLonger(place, chosen) && !timedOut(chosen, nowNanos)))) {
                chosen = place;
            }
        }
        return chosen;
    }

    private boolean silentLonger(int place, int other) {
        return entries[place * ENTRY_WORDS + SEEN] - entries[other * ENTRY_WORDS + SEEN] < 0;
    }

    private int emptyPlaces(int set) {
        return Long.bitCount(emptyBytes(tags[set]));
    }

    private int emptyPlace(int set) {
        final long empty = emptyBytes(tags[set]);
        return empty == 0 ? NONE : set * WAYS + (Long.numberOfTrailingZeros(empty) >>> 3);
    }

    /** The high bit of each byte that is zero, exactly: no carry leaves its byte. */
    private static long emptyBytes(long word) {
        return ~((word & ~HIGH_BITS) + ~HIGH_BITS | word) & HIGH_BITS;
    }

    private long tagAt(int place) {
        return tags[place / WAYS] >>> (place % WAYS * 8) & 0xFF;
    }

    private void setTag(int place, long tag) {
        final int shift = place % WAYS * 8;
        tags[place / WAYS] = tags[place / WAYS] & ~(0xFFL << shift) | tag << shift;
    }

    private int firstSet(long hash) {
        return (int) hash & setMask;
    }

    private int secondSet(long hash) {
        return (int) (hash >>> 28) & setMask;
    }

    private static long tag(long hash) {
        return Math.max(1, hash >>> 56);
    }
}
