// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import java.util.Optional;

/**
 * Slots of one ring that are held back because a guest that fell silent may still write to them: those that it may have
 * claimed, {@link RegionDescriptor#STALE_SLOTS} from where it published last, and none beyond what the stage before it
 * had published when it lost its place.
 *
 * <p>When the guest can write no more, what it has written may still be on its way to the ring's end, in a slot that the
 * host had put in as an empty one. So the slots are given free only after a whole round from then: the host has then
 * written each of them anew, and nobody will read what the guest wrote.
 *
 * <pre>
 *   note, beside the line that the guest had, in the host's private copy of it
 *     0   ring    u32   number of the ring + 1; 0: nothing is held
 *     4   party   u32
 *     8   from    u64   positions
 *     16  to      u64
 *     24  freeAt  u64   2^63 - 1 while the guest may write
 * </pre>
 */
final class HeldSlots {
    private static final int RING_OFFSET = 0;
    private static final int PARTY_OFFSET = 4;
    private static final int FROM_OFFSET = 8;
    private static final int TO_OFFSET = 16;
    private static final int FREE_AT_OFFSET = 24;

    private final Ring ring;
    private final long from;
    private final long to;
    private final long note;
    private long freeAt = Long.MAX_VALUE;

    private HeldSlots(Ring ring, long from, long to, long note) {
        this.ring = ring;
        this.from = from;
        this.to = to;
        this.note = note;
        ring.quarantine().add(from, to);
    }

    /**
     * Holds back what the last holder of {@code stage}'s place may have claimed.
     *
     * @param line that holder's, beside which it is noted, for a backend that comes after this one
     */
    static HeldSlots hold(HostRegion region, int party, Stage stage, int line) {
        final long from = stage.position();
        final long to = from + Math.min(stage.look(), RegionDescriptor.STALE_SLOTS);
        final HeldSlots held = new HeldSlots(stage.ring(), from, to, noteAddress(region, line));
        Memory.intAt(held.note + PARTY_OFFSET, party);
        Memory.longAt(held.note + FROM_OFFSET, from);
        Memory.longAt(held.note + TO_OFFSET, to);
        Memory.longAt(held.note + FREE_AT_OFFSET, Long.MAX_VALUE);
        Memory.intRelease(held.note + RING_OFFSET, 1 + stage.ring().index());
        return held;
    }

    /** What a dead backend held back from {@code party}'s guest that had {@code line}, or nothing. */
    static Optional<HeldSlots> noted(HostRegion region, int party, int line) {
        final long note = noteAddress(region, line);
        final int ring = Memory.intAcquire(note + RING_OFFSET) - 1;
        if (ring < 0 || Memory.intAt(note + PARTY_OFFSET) != party) {
            return Optional.empty();
        }
        final HeldSlots held = new HeldSlots(
                region.directory().ring(ring),
                Memory.longAt(note + FROM_OFFSET),
                Memory.longAt(note + TO_OFFSET),
                note);
        held.freeAt = Memory.longAt(note + FREE_AT_OFFSET);
        return Optional.of(held);
    }

    /** Whether a dead backend has noted that a guest may still write to {@code line}. */
    static boolean mayBeWritten(HostRegion region, int line) {
        final long note = noteAddress(region, line);
        return Memory.intAcquire(note + RING_OFFSET) != 0 && Memory.longAt(note + FREE_AT_OFFSET) == Long.MAX_VALUE;
    }

    private static long noteAddress(HostRegion region, int line) {
        return region.own() + region.lineOffset(line) + StatusFile.LINE_HELD_OFFSET;
    }

    int count() {
        return (int) (to - from);
    }

    /**
     * Empties those of them that {@code party}'s stage has not finished, and counts their packets: what a stand-in does
     * first, and a dead backend's may not have done. Nobody may have the stage.
     */
    void empty(int party) {
        for (int index = 1; index < ring.stageCount(); index++) {
            if (ring.party(index) == party && ring.positionAcquire(index) < to) {
                final Stage stage = new Stage(ring, index, Doorbell.NONE);
                for (long position = Math.max(from, stage.position()); position < to; position++) {
                    if (SlotWord.outputs(Memory.longOpaque(stage.slotAddress(position))) != 0) {
                        Memory.longOpaque(stage.slotAddress(position), SlotWord.NO_PACKET);
                        stage.counters().addDrop(DropReason.GUEST_LOST);
                    }
                }
            }
        }
    }

    /** Whether so many slots of the ring are held that too few are left to carry packets. */
    boolean crowded() {
        return ring.quarantine().crowded();
    }

    /** Says that whoever could write to them writes no more. */
    void writerGone() {
        freeAt = ring.positionAcquire(0) + ring.slots();
        Memory.longRelease(note + FREE_AT_OFFSET, freeAt);
    }

    /** Whether nobody writes to them any more, as {@link #writerGone} was told. */
    boolean isWriterGone() {
        return freeAt != Long.MAX_VALUE;
    }

    /** Whether they could be given free by now: a whole round has gone since {@link #writerGone}. */
    boolean wentRound() {
        return count() == 0 || ring.positionAcquire(ring.stageCount() - 1) >= freeAt;
    }

    /** Uses them again. */
    void free() {
        Memory.intRelease(note + RING_OFFSET, 0);
        ring.quarantine().remove(from, to);
    }
}
