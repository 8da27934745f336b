// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import static io.sluice.shared.ring.RegionDescriptor.*;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.RegionFormat;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongConsumer;

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
    private final LineAudit audit;
    private final long shared;
    private final long own;
    private final StagePlaces places;

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
        places = new StagePlaces(this, stages, lines);
        audit = new LineAudit(directory);
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

    /** Who has which stage. */
    StagePlaces places() {
        return places;
    }

    /** Notes that {@code peerId} holds {@code party}'s socket, or nobody; what it asked for before is void. */
    synchronized void connection(int party, int peerId) {
        writeInt(partyEntry(party) + PARTY_GRANTED_OFFSET, directory.partyRequest(party));
        writeInt(partyEntry(party) + PARTY_CONNECTION_OFFSET, peerId);
    }

    /** Tells {@code party}'s program that what it asked for by {@code request} is done. */
    synchronized void grant(int party, int request) {
        writeInt(partyEntry(party) + PARTY_GRANTED_OFFSET, request);
    }

    /** Notes that nobody works on {@code party}'s stages, so that nobody is kicked for them. */
    synchronized void abandon(int party) {
        writeInt(partyEntry(party) + PARTY_PEER_ID_OFFSET, NOT_ATTACHED);
    }

    /** Says by which of the host's vectors guests wake the thread that attaches them. */
    void attachVector(int vector) {
        writeInt(ATTACH_VECTOR_OFFSET, vector);
    }

    /** Signs of life that the holders of {@code party}'s stages have given: a number that grows as they do. */
    synchronized long beats(int party) {
        long beats = 0;
        for (int r = 0; r < directory.ringCount(); r++) {
            final Ring ring = directory.ring(r);
            for (int stage = 0; stage < ring.stageCount(); stage++) {
                if (ring.party(stage) == party) {
                    final long line = lineOffset(attachmentLine(ring.attachmentAcquire(stage)));
                    beats += Memory.longOpaque(shared + line + LINE_BEAT_OFFSET);
                }
            }
        }
        return beats;
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

    /**
     * Copies what guests say of themselves to the status file, with all positions, and beats; a few times a second. Looks
     * then at their positions, also those that no stage of the host reads.
     */
    public synchronized void mirror() {
        for (int r = 0; r < directory.ringCount(); r++) {
            final Ring ring = directory.ring(r);
            for (int stage = ring.stageCount() - 1; stage >= 0; stage--) {
                final long offset = lineOffset(attachmentLine(ring.attachmentAcquire(stage)));
                if (ring.party(stage) != 0) {
                    Memory.copy(shared + offset, own + offset, LINE_BYTES);
                }
                final long position = Memory.longAcquire(own + offset + LINE_POSITION_OFFSET);
                Memory.longOpaque(own + offset + StatusFile.LINE_SEEN_OFFSET, position);
            }
        }
        status.beat();
        final long beats = Memory.longAt(own + BACKEND_BEAT_OFFSET) + 1;
        writeLong(BACKEND_BEAT_OFFSET, beats);
        audit.turn().ifPresent(finding -> retire(finding.violation(), finding.culprit()));
    }

    long lineOffset(int line) {
        return Integer.toUnsignedLong(Memory.intAt(own + LINES_OFFSET_OFFSET)) + (long) line * LINE_BYTES;
    }

    long partyEntry(int party) {
        return Memory.intAt(own + PARTIES_OFFSET_OFFSET) + (long) party * PARTY_BYTES;
    }

    long stageEntry(int ring, int stage) {
        return Memory.intAt(own + RINGS_OFFSET_OFFSET)
                + (long) ring * RING_BYTES
                + RING_STAGES_OFFSET
                + (long) stage * STAGE_BYTES;
    }

    void writeInt(long offset, int value) {
        forBoth(base -> Memory.intRelease(base + offset, value));
    }

    void writeLong(long offset, long value) {
        forBoth(base -> Memory.longRelease(base + offset, value));
    }

    /** Does the same to the private copy, and then to the shared one. */
    void forBoth(LongConsumer change) {
        change.accept(own);
        change.accept(shared);
    }

    long shared() {
        return shared;
    }

    /** Frees the memory; no stage of this process may run any more. */
    @Override
    public void close() {
        retire(Violation.NONE, "");
        memory.close();
        status.close();
    }
}
