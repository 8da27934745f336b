// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.Stage;

/**
 * Slots of one ring that are held back because a guest that fell silent may still write to them: those that it may have
 * claimed, {@link RegionDescriptor#STALE_SLOTS} from where it published last, and none beyond what the stage before it
 * had published when it lost its place.
 *
 * <p>When the guest can write no more, what it has written may still be on its way to the ring's end, in a slot that the
 * host had put in as an empty one. So the slots are given free only after a whole round from then: the host has then
 * written each of them anew, and nobody will read what the guest wrote.
 */
final class HeldSlots {
    private final Ring ring;
    private final long from;
    private final long to;
    private long freeAt = Long.MAX_VALUE;

    private HeldSlots(Ring ring, long from, long to) {
        this.ring = ring;
        this.from = from;
        this.to = to;
    }

    /** Holds back what the last holder of {@code stage}'s place may have claimed. */
    static HeldSlots hold(Stage stage) {
        final long from = stage.position();
        final HeldSlots held =
                new HeldSlots(stage.ring(), from, from + Math.min(stage.look(), RegionDescriptor.STALE_SLOTS));
        held.ring.quarantine().add(held.from, held.to);
        return held;
    }

    int count() {
        return (int) (to - from);
    }

    /** Says that whoever could write to them writes no more. */
    void writerGone() {
        freeAt = ring.positionAcquire(0) + ring.slots();
    }

    /** Whether they could be given free by now: a whole round has gone since {@link #writerGone}. */
    boolean wentRound() {
        return count() == 0 || ring.positionAcquire(ring.stageCount() - 1) >= freeAt;
    }

    /** Uses them again. */
    void free() {
        ring.quarantine().remove(from, to);
    }
}
