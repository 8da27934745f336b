// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import static io.sluice.shared.ring.RegionDescriptor.*;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.RegionFormat;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.StageCounters;
import io.sluice.shared.ring.Violation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Which line is whose: gives a party's stages to another holder, in two steps, because the last one may still be alive.
 *
 * <pre>
 *   begin      every stage of the party gets a line of nobody, at the position that its old line shows; from here on
 *              neighbours look at the new line, and the old holder, at its next claim, sees that its place is gone
 *   (wait)     until the old holder is dead, has said that it has left, or has had time for one more claim
 *   complete   the new line goes up to where the old one is by then: what was published in between counts
 * </pre>
 *
 * In between nobody works on the stage. A neighbour may have read the old line's last position and be ahead of the new
 * line for that time, which {@link io.sluice.shared.ring.Stage} bears.
 */
final class StagePlaces {
    private final HostRegion region;
    /** Lines of nobody; the longest unused first, so that a late writer of an old line has the longest time to go. */
    private final Deque<Integer> freeLines = new ArrayDeque<>();

    private final Set<Integer> interrupted = new HashSet<>();
    private long lastFreed;

    /** One stage on its way from one line to another. */
    record MovedStage(Ring ring, int stage, Reached reached, int oldLine, int line) {}

    /** What a line says, and where the next holder of its stage begins therefore: -1 where nobody can have come there. */
    record Reached(long said, long position) {}

    /** One party's change of holder. */
    record Move(int party, List<MovedStage> stages) {}

    /** The places of {@code region}, as its private directory says who has which. */
    StagePlaces(HostRegion region) {
        this.region = region;
        final Set<Integer> used = new HashSet<>();
        for (int r = 0; r < region.directory().ringCount(); r++) {
            final Ring ring = region.directory().ring(r);
            for (int stage = 0; stage < ring.stageCount(); stage++) {
                used.add(attachmentLine(ring.attachmentAcquire(stage)));
            }
        }
        linesByAge().stream()
                .filter(line -> !used.contains(line) && !HeldSlots.mayBeWritten(region, line))
                .forEach(freeLines::add);
        if (!freeLines.isEmpty()) {
            lastFreed = freed(freeLines.getLast());
        }
    }

    /** All lines, those first that have been nobody's for longest. */
    List<Integer> linesByAge() {
        return IntStream.range(0, region.lineCount())
                .boxed()
                .sorted(Comparator.comparingLong(this::freed))
                .toList();
    }

    /** From when it has a successor on, so that another backend, which knows of no former holders, uses it last. */
    private void noteFreed(int line) {
        Memory.longRelease(region.own() + region.lineOffset(line) + StatusFile.LINE_FREED_OFFSET, ++lastFreed);
    }

    private long freed(int line) {
        return Memory.longAt(region.own() + region.lineOffset(line) + StatusFile.LINE_FREED_OFFSET);
    }

    /**
     * Goes on with the moves that a dead backend has begun and not completed: the new line goes up to where the old one
     * is, as far as it can be, and to where the stage behind it is at least, which has followed the old line. That
     * a holder who is still alive publishes there once more costs no more than handling those slots twice.
     */
    void takeOver() {
        for (int r = 0; r < region.directory().ringCount(); r++) {
            final Ring ring = region.directory().ring(r);
            for (int stage = 0; stage < ring.stageCount(); stage++) {
                final int line = attachmentLine(ring.attachmentAcquire(stage));
                final int former = Memory.intAt(formerAddress(line)) - 1;
                if (ring.party(stage) != 0 && former >= 0) {
                    interrupted.add(ring.party(stage));
                    final long begun = lastPosition(ring, stage, line, 0).position();
                    final long reached =
                            Math.max(begun, lastPosition(ring, stage, former, 0).position());
                    if (reached >= 0) {
                        region.writeLong(region.lineOffset(line) + LINE_POSITION_OFFSET, reached);
                    }
                    Memory.intRelease(formerAddress(line), 0);
                }
            }
        }
    }

    /** Whether a dead backend has left {@code party}'s place while it changed hands. */
    boolean interrupted(int party) {
        return interrupted.contains(party);
    }

    private long formerAddress(int line) {
        return region.own() + region.lineOffset(line) + StatusFile.LINE_FORMER_OFFSET;
    }

    /**
     * Gives {@code party}'s stages new lines.
     *
     * @param peerId whom publishers kick for them from now on
     * @param vector through which of its vectors
     * @return null where the old lines have positions that cannot be: the region is then retired
     */
    Move begin(int party, int peerId, ToIntFunction<MovedStage> vector) {
        synchronized (region) {
            final List<MovedStage> stages = new ArrayList<>();
            for (int r = 0; r < region.directory().ringCount(); r++) {
                final Ring ring = region.directory().ring(r);
                for (int stage = 0; stage < ring.stageCount(); stage++) {
                    if (ring.party(stage) == party) {
                        final int oldLine = attachmentLine(ring.attachmentAcquire(stage));
                        final Reached reached = lastPosition(ring, stage, oldLine, seen(oldLine));
                        if (reached.position() < 0) {
                            region.retire(Violation.POSITION_BEYOND, ring.label(stage));
                            return null;
                        }
                        stages.add(new MovedStage(ring, stage, reached, oldLine, freeLines.remove()));
                    }
                }
            }
            final long entry = region.partyEntry(party);
            region.writeInt(entry + PARTY_ATTACHMENTS_OFFSET, region.directory().partyAttachments(party) + 1);
            region.writeInt(entry + PARTY_PEER_ID_OFFSET, peerId);
            // Publishers read peer id and vector when they see a new attachment, so the attachments are written last.
            stages.forEach(moved -> attach(moved, vector.applyAsInt(moved)));
            return new Move(party, stages);
        }
    }

    private void attach(MovedStage moved, int vector) {
        final Ring ring = moved.ring();
        final int epoch = attachmentEpoch(ring.attachmentAcquire(moved.stage())) + 1;
        region.forBoth(base -> RegionFormat.writeLine(
                base + region.lineOffset(moved.line()), moved.reached().position(), epoch));
        noteSeen(moved.line(), moved.reached().position());
        Memory.intRelease(formerAddress(moved.line()), 1 + moved.oldLine());
        noteFreed(moved.oldLine());
        copyCounters(moved);
        final long entry = region.stageEntry(ring.index(), moved.stage());
        region.writeInt(entry + STAGE_VECTOR_OFFSET, vector);
        region.writeLong(entry + STAGE_ATTACHMENT_OFFSET, attachment(moved.line(), epoch));
    }

    /** A stage's counters go on where the last holder's stopped, or no account of a chain would ever close. */
    private void copyCounters(MovedStage moved) {
        final long old = region.shared() + region.lineOffset(moved.oldLine()) + LINE_COUNTERS_OFFSET;
        region.forBoth(base ->
                Memory.copy(old, base + region.lineOffset(moved.line()) + LINE_COUNTERS_OFFSET, StageCounters.LENGTH));
    }

    /**
     * Where the next holder of {@code stage} begins: where {@code line} says, {@code least} at least, or where the stage
     * behind it is, which may have followed an older line further.
     *
     * <p>The stage before it is no measure: after a handover of its own it may be behind for a while. The host's
     * nearest stage before it is, read last: all only grow, so that an honest holder is never accused.
     */
    private Reached lastPosition(Ring ring, int stage, int line, long least) {
        final int last = ring.stageCount() - 1;
        final long behind = stage == last ? 0 : ring.positionAcquire(stage + 1);
        final long said = Memory.longAcquire(region.shared() + region.lineOffset(line) + LINE_POSITION_OFFSET);
        final long ceiling = ceiling(ring, stage);
        if (said < least || said > ceiling) {
            return new Reached(said, -1);
        }
        return new Reached(said, behind > ceiling ? said : Math.max(said, behind));
    }

    /** Where the host saw {@code line} when it last looked at all of them. */
    private long seen(int line) {
        return Memory.longAt(region.own() + region.lineOffset(line) + StatusFile.LINE_SEEN_OFFSET);
    }

    /** Also where a new holder begins counts: it may not go back before its place either. */
    private void noteSeen(int line, long position) {
        Memory.longAt(region.own() + region.lineOffset(line) + StatusFile.LINE_SEEN_OFFSET, position);
    }

    private static long ceiling(Ring ring, int stage) {
        for (int earlier = stage - 1; earlier >= 0; earlier--) {
            if (ring.party(earlier) == 0) {
                return ring.positionAcquire(earlier);
            }
        }
        return ring.positionAcquire(ring.stageCount() - 1) + ring.slots();
    }

    /** Whether the old holder has said on each of its lines that it has seen its place gone. */
    boolean left(Move move) {
        return move.stages().stream()
                .allMatch(moved ->
                        Memory.longAcquire(region.shared() + region.lineOffset(moved.oldLine()) + LINE_LEFT_OFFSET)
                                != 0);
    }

    /**
     * Takes over what the old holder has published since {@link #begin}.
     *
     * @return false where that cannot be: the region is then retired
     */
    boolean complete(Move move) {
        synchronized (region) {
            for (MovedStage moved : move.stages()) {
                final Reached begun = moved.reached();
                final Reached now = lastPosition(moved.ring(), moved.stage(), moved.oldLine(), begun.said());
                if (now.position() < 0) {
                    region.retire(Violation.POSITION_BEYOND, moved.ring().label(moved.stage()));
                    return false;
                }
                copyCounters(moved);
                final long position = Math.max(now.position(), begun.position());
                region.writeLong(region.lineOffset(moved.line()) + LINE_POSITION_OFFSET, position);
                noteSeen(moved.line(), position);
                Memory.intRelease(formerAddress(moved.line()), 0);
            }
            return true;
        }
    }

    /** Lets the old lines of {@code move} be used again, some time. */
    void free(Move move) {
        synchronized (region) {
            for (MovedStage moved : move.stages()) {
                freeLines.add(moved.oldLine());
                noteFreed(moved.oldLine());
            }
        }
    }
}
