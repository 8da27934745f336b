// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import static io.sluice.shared.ring.RegionDescriptor.*;

import io.sluice.host.keeper.KeptDescriptors;
import io.sluice.host.keeper.KeptItems;
import io.sluice.shared.memory.Backing;
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

    private final boolean inherited;
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
        this(spec, statusPath, "", Backing.USUAL, KeptDescriptors.none());
    }

    /**
     * As {@link #HostRegion(RegionSpec, Path)}, or takes over the region that a dead backend has left in {@code kept}.
     *
     * @param plan what was asked for; a region left of another plan is not to be given here ({@link LeftRegion})
     * @param backing what a new region is to be made of
     */
    public HostRegion(RegionSpec spec, Path statusPath, String plan, Backing backing, KeptDescriptors kept)
            throws IOException {
        format = format(spec);
        inherited = kept.inherits(KeptItems.MEMORY);
        status = inherited
                ? StatusFile.inherit(kept.take(KeptItems.STATE), statusPath, format.controlBytes())
                : StatusFile.create(statusPath, format.controlBytes());
        try {
            memory = inherited
                    ? SharedRegion.attach(kept.take(KeptItems.MEMORY), format.regionBytes())
                    : SharedRegion.create("sluice-" + spec.name(), format.regionBytes(), backing);
        } catch (RuntimeException e) {
            if (inherited) {
                status.leave();
            } else {
                status.close();
            }
            throw e;
        }
        shared = memory.address();
        own = status.address();
        if (!inherited) {
            status.plan(plan);
            format.write(own);
            format.write(shared);
        }
        directory = Directory.ofHost(own, status.lengthBytes(), shared);
        places = new StagePlaces(this);
        if (inherited) {
            RegionMirror.copy(this);
            places.takeOver();
        } else {
            kept.hold(KeptItems.STATE, status.descriptor());
            kept.hold(KeptItems.MEMORY, memory.descriptor());
        }
        audit = new LineAudit(directory);
    }

    static RegionFormat format(RegionSpec spec) {
        final int stages =
                spec.rings().stream().mapToInt(r -> r.stages().size()).sum();
        return new RegionFormat(spec, Math.max(LINES, 4 * stages));
    }

    /** Whether another backend has made this region. */
    public boolean inherited() {
        return inherited;
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

    /** Notes, for another backend only, that {@code party}'s guest {@code peerId} has been told all that it needs. */
    void introduced(int party, int peerId) {
        Memory.intRelease(own + partyEntry(party) + StatusFile.PARTY_INTRODUCED_OFFSET, peerId);
    }

    /** The guest noted last by {@link #introduced(int, int)}. */
    int introduced(int party) {
        return Memory.intAt(own + partyEntry(party) + StatusFile.PARTY_INTRODUCED_OFFSET);
    }

    /** The ivshmem id that a guest was given last, also by a backend before this one. */
    int lastPeerId() {
        return Memory.intAt(own + StatusFile.PEER_ID_OFFSET);
    }

    void lastPeerId(int peerId) {
        Memory.intRelease(own + StatusFile.PEER_ID_OFFSET, peerId);
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
    public void attachVector(int vector) {
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
                    // Not what the host notes of the line, for which the region has no use.
                    Memory.copy(shared + offset, own + offset, StatusFile.LINE_SEEN_OFFSET);
                    Memory.copy(
                            shared + offset + LINE_WAKE_OFFSET,
                            own + offset + LINE_WAKE_OFFSET,
                            LINE_BYTES - LINE_WAKE_OFFSET);
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

    int lineCount() {
        return format.lineCount();
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

    long own() {
        return own;
    }

    /** Frees the memory as this process's death would: guests wait for another backend. No stage may run any more. */
    public void leave() {
        memory.close();
        status.leave();
    }

    /** Ends the region and frees the memory; no stage of this process may run any more. */
    @Override
    public void close() {
        retire(Violation.NONE, "");
        memory.close();
        status.close();
    }
}
