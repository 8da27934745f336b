// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import static io.sluice.shared.ring.RegionDescriptor.*;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.Ring;

/**
 * Brings the shared copy of a region's control part up to the private one, which a backend that was killed had written
 * and not copied yet.
 *
 * <p><b>Why a backend may be killed at any instant.</b> All that it must remember is in memory that outlives it, in two
 * files, and each change goes to the private one first, by single stores of aligned words, in an order in which every
 * beginning of the sequence is a state that can be gone on from:
 *
 * <pre>
 *   a host stage       slots, then the private position, then the shared one. Killed before: the slots in front of the
 *                      position are received anew or sent again, eight at most. Killed in between: copied here.
 *   a new holder       the new line, whole, in both copies; then attachments and peerId; then vector; then attachment:
 *                      until that is stored, in the private copy, the old line is the stage's. Killed after some of a
 *                      party's stages: they are moved once more, by the same request, which is not granted yet.
 *   its last position  former line noted with the new line, forgotten when the position has been taken over: what the
 *                      old holder published is found in between ({@link StagePlaces#takeOver}).
 *   a request          granted after all that. Killed before: granted by the next backend, on other lines.
 *   a line set free    it is free when no stage has it; only its place in the queue of free lines may be lost.
 *   a guest comes      socket and bell are with the keeper; then its connection stands in the directory; then it and the
 *                      others are told; then it is noted as introduced. Killed before: the next backend closes its
 *                      connection and tells the others that it has gone, and the guest's program connects again, for
 *                      its place was not granted yet.
 *   a guest goes       its connection leaves the directory; then the keeper drops socket and bell; then the others are
 *                      told. Killed before: the next backend finds the socket closed, or a socket that nobody has.
 *   retiring           reason, then state, private first.
 * </pre>
 *
 * No thread of the dead backend can store anything any more: the keeper gives its descriptors away after its connection
 * has ended, which the kernel does when the last thread is gone.
 */
final class RegionMirror {
    private RegionMirror() {}

    /** Copies what the host writes after it has made the region live; guests' own words stay as they are. */
    static void copy(HostRegion region) {
        final Directory directory = region.directory();
        copyInt(region, RETIRE_REASON_OFFSET);
        copyInt(region, STATE_OFFSET);
        copyInt(region, ATTACH_VECTOR_OFFSET);
        copyLong(region, BACKEND_BEAT_OFFSET);
        for (int party = 0; party < directory.partyCount(); party++) {
            final long entry = region.partyEntry(party);
            copyInt(region, entry + PARTY_ATTACHMENTS_OFFSET);
            copyInt(region, entry + PARTY_PEER_ID_OFFSET);
            copyInt(region, entry + PARTY_GRANTED_OFFSET);
            copyInt(region, entry + PARTY_CONNECTION_OFFSET);
        }
        for (int r = 0; r < directory.ringCount(); r++) {
            final Ring ring = directory.ring(r);
            for (int stage = 0; stage < ring.stageCount(); stage++) {
                if (ring.party(stage) == 0) {
                    final long line = region.lineOffset(attachmentLine(ring.attachmentAcquire(stage)));
                    copyLong(region, line + LINE_POSITION_OFFSET);
                    copyLong(region, line + LINE_WAKE_OFFSET);
                }
                final long entry = region.stageEntry(r, stage);
                copyInt(region, entry + STAGE_VECTOR_OFFSET);
                copyLong(region, entry + STAGE_ATTACHMENT_OFFSET);
            }
        }
    }

    private static void copyInt(HostRegion region, long offset) {
        Memory.intRelease(region.shared() + offset, Memory.intAt(region.own() + offset));
    }

    private static void copyLong(HostRegion region, long offset) {
        Memory.longRelease(region.shared() + offset, Memory.longAt(region.own() + offset));
    }
}
