// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.Violation;
import java.util.Optional;

/**
 * Looks at all positions of a region several times a second, so that a guest next to nobody but guests is held to the
 * rules as well: no stage of the host reads its line.
 *
 * <pre>
 *   for a guest's stage s, each position read once, the last stage's first
 *     P(s) goes back, while s has the same attachment                                   position-backwards
 *     P(s) &gt; P(h), h the nearest host stage before                                      position-beyond
 *     P(s) &gt; P(s-1), once P(s-1) is beyond what its last holder may have published      position-beyond
 *     P(0) &gt; P(last) + slots, where a guest fills the ring, likewise                    position-beyond
 * </pre>
 *
 * All positions grow, and what bounds one is read after it, so that no honest guest is ever accused. Where the stage
 * before has been attached anew, its line may begin behind what its last holder had published and the next one has
 * finished. That holder can have come no further than all the ring had when this was noticed here, and one
 * {@link #CLAIM} more, which it may have made just before it lost its place. Not thread-safe.
 */
final class LineAudit {
    /** Slots that a stage works on at most before it looks again whether its place is still its own. */
    private static final int CLAIM = 256;

    /** No attachment: when a ring is looked at first, who knows who was there before. */
    private static final long UNKNOWN = -1;

    /** Who did what. */
    record Finding(Violation violation, String culprit) {}

    private final Directory directory;
    private final RingAudit[] rings;

    /** Audits the region whose private directory is {@code directory}, whoever has worked on it before. */
    LineAudit(Directory directory) {
        this.directory = directory;
        this.rings = new RingAudit[directory.ringCount()];
        for (int r = 0; r < rings.length; r++) {
            rings[r] = new RingAudit(directory.ring(r));
        }
    }

    /** Looks once at everything: the first thing that is wrong. Nobody may be attached meanwhile. */
    Optional<Finding> turn() {
        for (RingAudit ring : rings) {
            final Optional<Finding> finding = ring.turn();
            if (finding.isPresent()) {
                return finding;
            }
        }
        return Optional.empty();
    }

    private static final class RingAudit {
        private final Ring ring;
        private final int last;
        /** Read in this turn. */
        private final long[] position;

        private final long[] positionBefore;
        private final long[] attachment;
        /** Up to here the stage may be ahead of the one before: what that one's last holder may have published. */
        private final long[] owed;

        RingAudit(Ring ring) {
            this.ring = ring;
            this.last = ring.stageCount() - 1;
            position = new long[last + 1];
            positionBefore = new long[last + 1];
            attachment = new long[last + 1];
            owed = new long[last + 1];
            for (int stage = 0; stage <= last; stage++) {
                attachment[stage] = UNKNOWN;
            }
        }

        Optional<Finding> turn() {
            long furthest = 0;
            for (int stage = last; stage >= 0; stage--) {
                position[stage] = ring.positionAcquire(stage);
                furthest = Math.max(furthest, position[stage]);
            }
            // Where a guest fills the ring: how far the last stage is, read after stage 0's position.
            final long given = ring.party(0) == 0 ? 0 : ring.positionAcquire(last);
            noteAttachments(furthest);
            for (int stage = 0; stage <= last; stage++) {
                if (ring.party(stage) != 0) {
                    final Violation violation = check(stage, given);
                    if (violation != Violation.NONE) {
                        return Optional.of(new Finding(violation, ring.label(stage)));
                    }
                }
            }
            return Optional.empty();
        }

        private void noteAttachments(long furthest) {
            for (int stage = 0; stage <= last; stage++) {
                final long now = ring.attachmentAcquire(stage);
                if (now != attachment[stage]) {
                    attachment[stage] = now;
                    positionBefore[stage] = 0;
                    // Whatever number is furthest: only a hostile guest's is too large to be added to.
                    owed[stage == last ? 0 : stage + 1] = furthest + Math.min(CLAIM, Long.MAX_VALUE - furthest);
                }
            }
        }

        private Violation check(int stage, long given) {
            final long now = position[stage];
            if (now < positionBefore[stage]) {
                return Violation.POSITION_BACKWARDS;
            }
            positionBefore[stage] = now;
            // Compared without adding to a guest's number: it may be any, but is not negative here.
            final boolean beyond =
                    stage == 0 ? given >= owed[0] && now - ring.slots() > given : beyondEarlier(stage, now);
            return beyond ? Violation.POSITION_BEYOND : Violation.NONE;
        }

        private boolean beyondEarlier(int stage, long now) {
            final long before = position[stage - 1];
            if (ring.party(stage - 1) != 0 && before >= owed[stage] && now > before) {
                return true;
            }
            for (int earlier = stage - 1; earlier >= 0; earlier--) {
                if (ring.party(earlier) == 0) {
                    return now > position[earlier];
                }
            }
            return false;
        }
    }
}
