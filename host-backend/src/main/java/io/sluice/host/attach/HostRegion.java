// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import static io.sluice.shared.ring.RegionDescriptor.*;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.RegionFormat;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.StageCounters;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A region as its host holds it: the shared memory, the private copy of its control part, and who is attached to what.
 *
 * <p>Each attachment of a guest gets fresh lines. The host writes every change to both copies and reads only its own;
 * of the shared one it reads guests' lines, which {@link io.sluice.shared.ring.Stage} checks.
 */
public final class HostRegion implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HostRegion.class.getName());
    private static final int LINES = 512;

    private final SharedRegion memory;
    private final StatusFile status;
    private final Directory directory;
    private final RegionFormat format;
    private final long shared;
    private final long own;
    /** Lines of nobody; the longest unused first, so that a late writer of an old line has the longest time to go. */
    private final Deque<Integer> freeLines = new ArrayDeque<>();

    private volatile boolean retired;
    private volatile Violation retireReason = Violation.NONE;

    /** Makes a region for {@code spec} whose private copy is the file at {@code statusPath}. */
    public HostRegion(RegionSpec spec, Path statusPath) throws IOException {
        final int stages =
                spec.rings().stream().mapToInt(r -> r.stages().size()).sum();
        final int lines = Math.max(LINES, 4 * stages);
        format = new RegionFormat(spec, lines);
        status = StatusFile.create(statusPath, format.controlBytes());
        try {
            memory = SharedRegion.create("sluice-" + spec.name(), format.regionBytes());
        } catch (RuntimeException e) {
            status.close();
            throw e;
        }
        shared = memory.address();
        own = status.address();
        format.write(own);
        format.write(shared);
        directory = Directory.ofHost(own, status.lengthBytes(), shared);
        for (int line = stages; line < lines; line++) {
            freeLines.add(line);
        }
    }

    public Directory directory() {
        return directory;
    }

    /** The private copy, as others may read it; up to date after {@link #mirror}. */
    public StatusFile status() {
        return status;
    }

    public SharedRegion memory() {
        return memory;
    }

    /**
     * Attaches {@code party} as {@code peerId}: each of its stages goes on, on a line of its own, where the one before
     * stopped.
     *
     * @return false where the previous attachment has left positions that cannot be: the region is then retired
     */
    synchronized boolean attach(int party, int peerId) {
        final List<Move> moves = new ArrayList<>();
        for (int r = 0; r < directory.ringCount(); r++) {
            final Ring ring = directory.ring(r);
            for (int stage = 0; stage < ring.stageCount(); stage++) {
                if (ring.party(stage) == party) {
                    final long position = lastPosition(ring, stage);
                    if (position < 0) {
                        retire(Violation.POSITION_BEYOND, ring.label(stage));
                        return false;
                    }
                    moves.add(new Move(ring, stage, position));
                }
            }
        }
        writeInt(partyEntry(party) + PARTY_ATTACHMENTS_OFFSET, directory.partyAttachments(party) + 1);
        writeInt(partyEntry(party) + PARTY_PEER_ID_OFFSET, peerId);
        // Publishers read the peer id when they see a new attachment, so the attachments are written last.
        moves.forEach(this::handOver);
        return true;
    }

    /** A stage that goes over to a new line at {@code position}. */
    private record Move(Ring ring, int stage, long position) {}

    /**
     * How far the last holder of {@code stage} came, or -1 where it cannot have come there. The later stage is read
     * before and the earlier one after: all only grow, so that an honest holder is never accused.
     */
    private static long lastPosition(Ring ring, int stage) {
        final int last = ring.stageCount() - 1;
        final long after = stage == last ? 0 : ring.positionAcquire(stage + 1);
        final long position = ring.positionAcquire(stage);
        final long before = stage == 0 ? ring.positionAcquire(last) + ring.slots() : ring.positionAcquire(stage - 1);
        return position >= after && position <= before ? position : -1;
    }

    private void handOver(Move move) {
        final long old = move.ring().attachmentAcquire(move.stage());
        final int line = freeLines.remove();
        freeLines.add(attachmentLine(old));
        final int epoch = attachmentEpoch(old) + 1;
        final long lineOffset = lineOffset(line);
        RegionFormat.writeLine(own + lineOffset, move.position(), epoch);
        RegionFormat.writeLine(shared + lineOffset, move.position(), epoch);
        // A stage's counters go on where the last holder's stopped, or no account of a chain would ever close.
        final long oldCounters = shared + lineOffset(attachmentLine(old)) + LINE_COUNTERS_OFFSET;
        Memory.copy(oldCounters, own + lineOffset + LINE_COUNTERS_OFFSET, StageCounters.LENGTH);
        Memory.copy(oldCounters, shared + lineOffset + LINE_COUNTERS_OFFSET, StageCounters.LENGTH);
        final long entry = stageEntry(move.ring().index(), move.stage()) + STAGE_ATTACHMENT_OFFSET;
        Memory.longRelease(own + entry, attachment(line, epoch));
        Memory.longRelease(shared + entry, attachment(line, epoch));
    }

    /** Notes that {@code party} is gone; its stages keep their lines until somebody takes its place. */
    synchronized void detach(int party) {
        writeInt(partyEntry(party) + PARTY_PEER_ID_OFFSET, NOT_ATTACHED);
    }

    /** Ends the region for a reason that names who did what; every stage stops at its next turn. */
    public synchronized void retire(Violation reason, String culprit) {
        if (!retired) {
            retireReason = reason;
            retired = true;
            if (reason != Violation.NONE) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "chain {0} has ended: {1} at {2}, which no honest guest does; other chains carry on",
                        directory.name(),
                        reason.label(),
                        culprit);
            }
            writeInt(RETIRE_REASON_OFFSET, reason.ordinal());
            writeInt(STATE_OFFSET, STATE_RETIRED);
        }
    }

    /** True once the region has been retired, also after it was closed. */
    public boolean retired() {
        return retired;
    }

    /** Why, or {@link Violation#NONE} where nobody did wrong. */
    public Violation retireReason() {
        return retireReason;
    }

    /** Copies what guests say of themselves to the status file, with all positions, and beats; a few times a second. */
    public synchronized void mirror() {
        for (int r = 0; r < directory.ringCount(); r++) {
            final Ring ring = directory.ring(r);
            for (int stage = ring.stageCount() - 1; stage >= 0; stage--) {
                final long offset = lineOffset(attachmentLine(ring.attachmentAcquire(stage)));
                if (ring.party(stage) != 0) {
                    Memory.copy(shared + offset, own + offset, LINE_BYTES);
                }
                final long position = Memory.longAcquire(own + offset + LINE_POSITION_OFFSET);
                Memory.longOpaque(own + offset + StatusFile.LINE_BEAT_OFFSET, position);
            }
        }
        status.beat();
    }

    private long lineOffset(int line) {
        return Integer.toUnsignedLong(Memory.intAt(own + LINES_OFFSET_OFFSET)) + (long) line * LINE_BYTES;
    }

    private long partyEntry(int party) {
        return Memory.intAt(own + PARTIES_OFFSET_OFFSET) + (long) party * PARTY_BYTES;
    }

    private long stageEntry(int ring, int stage) {
        return Memory.intAt(own + RINGS_OFFSET_OFFSET)
                + (long) ring * RING_BYTES
                + RING_STAGES_OFFSET
                + (long) stage * STAGE_BYTES;
    }

    private void writeInt(long offset, int value) {
        Memory.intRelease(own + offset, value);
        Memory.intRelease(shared + offset, value);
    }

    /** Frees the memory; no stage of this process may run any more. */
    @Override
    public void close() {
        retire(Violation.NONE, "");
        memory.close();
        status.close();
    }
}
