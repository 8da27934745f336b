// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.host.attach.StagePlaces.Move;
import io.sluice.host.attach.StagePlaces.MovedStage;
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
    private final int maxLines;
    private final Deque<Stale> stale = new ArrayDeque<>();
    /** What nobody can write to any more, and is not yet used again. */
    private final Deque<HeldSlots> goingRound = new ArrayDeque<>();

    /** Of a guest that has a stage on each of {@code rings}. */
    FormerHolders(StagePlaces places, int rings) {
        this.places = places;
        this.maxLines = MAX_STALE * rings;
    }

    /** Goes on holding back what a dead backend held back from {@code party}'s guests, the oldest first. */
    void takeOver(HostRegion region, int party) {
        for (int line : places.linesByAge()) {
            final HeldSlots held = HeldSlots.noted(region, party, line).orElse(null);
            if (held != null) {
                held.empty(party);
            }
            if (held != null && held.isWriterGone()) {
                goingRound.add(held);
            } else if (held != null) {
                // Of the stage only the line matters from here on. Each line counts for itself.
                final MovedStage lost = new MovedStage(null, 0, null, line, 0);
                add(new Move(party, List.of(lost)), List.of(held), true);
            }
        }
    }

    /** Adds whoever lost the place by {@code move}, from whom {@code held} is kept, if it {@code mayWrite} still. */
    void add(Move move, List<HeldSlots> held, boolean mayWrite) {
        final Stale former = new Stale(move, held);
        if (mayWrite) {
            stale.add(former);
            while (stale.stream().mapToInt(one -> one.move().stages().size()).sum() > maxLines) {
                release(stale.remove());
            }
            // A ring of which nearly every slot is kept from somebody would carry nothing any more.
            while (stale.size() > 1 && held.stream().anyMatch(HeldSlots::crowded)) {
                final Stale oldest = stale.remove();
                places.free(oldest.move());
                oldest.held().forEach(HeldSlots::free);
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
