// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.host.attach.StagePlaces.Move;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Who held one guest's place before and may still write: their lines, and the slots kept from them, are used again once
 * they cannot. Forgets the oldest rather than hold ever more.
 */
final class FormerHolders {
    /** So many former holders of a living connection are kept in mind; each may hold 16 slots of a ring. */
    private static final int MAX_STALE = 4;

    /** So many of their sets of slots are kept in mind on a ring that stands still. */
    private static final int MAX_GOING_ROUND = 64;

    /** A former holder that may still write, and the slots kept from it. */
    private record Stale(Move move, List<HeldSlots> held) {}

    private final StagePlaces places;
    private final Deque<Stale> stale = new ArrayDeque<>();
    /** What nobody can write to any more, and is not yet used again. */
    private final Deque<HeldSlots> goingRound = new ArrayDeque<>();

    FormerHolders(StagePlaces places) {
        this.places = places;
    }

    /** Adds whoever lost the place by {@code move}, from whom {@code held} is kept, if it {@code mayWrite} still. */
    void add(Move move, List<HeldSlots> held, boolean mayWrite) {
        final Stale former = new Stale(move, held);
        if (mayWrite) {
            stale.add(former);
            if (stale.size() > MAX_STALE) {
                release(stale.remove());
            }
        } else {
            release(former);
        }
    }

    /** Says that the connection through which they all came is closed: none of them writes any more. */
    void disconnected() {
        while (!stale.isEmpty()) {
            release(stale.remove());
        }
    }

    /** Looks who has said that it has left, and which slots may be used again. */
    void turn() {
        stale.removeIf(former -> {
            final boolean left = places.left(former.move());
            if (left) {
                release(former);
            }
            return left;
        });
        goingRound.removeIf(held -> {
            final boolean round = held.wentRound();
            if (round) {
                held.free();
            }
            return round;
        });
    }

    /** Uses lines again that a former holder can no longer write, and soon its slots. */
    private void release(Stale former) {
        places.free(former.move());
        for (HeldSlots held : former.held()) {
            held.writerGone();
            goingRound.add(held);
            if (goingRound.size() > MAX_GOING_ROUND) {
                goingRound.remove().free();
            }
        }
    }
}
