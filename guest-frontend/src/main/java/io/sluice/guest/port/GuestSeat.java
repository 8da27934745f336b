// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.RegionFormatException;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * This program's right to its guest's stages: asked for by a number of its own in the region, granted by the host with
 * the same number (ring format, section 5). Used by one thread at a time.
 */
final class GuestSeat {
    private static final int HOST_PEER = 0;
    private static final long ASK_AGAIN_NANOS = 100_000_000L;

    private final int peerId;
    private final Doorbell doorbell;
    private final Directory directory;
    private final int party;
    private final SplittableRandom numbers =
            new SplittableRandom(System.nanoTime() ^ ProcessHandle.current().pid());
    private List<Stage> stages = List.of();
    private int request;
    private long askedNanos;

    /**
     * A right not asked for yet.
     *
     * @param peerId the ivshmem id of the connection that this program came through
     * @throws RegionFormatException where the region knows no such connection
     */
    GuestSeat(int peerId, Doorbell doorbell, Directory directory) {
        this.peerId = peerId;
        this.doorbell = doorbell;
        this.directory = directory;
        this.party = directory.partyOfConnection(peerId);
        if (party < 1) {
            throw new RegionFormatException("the backend knows no guest connected as peer " + peerId
                    + "; it may just have ended: start it and this guest again");
        }
    }

    int party() {
        return party;
    }

    /** Asks the host for this guest's stages, whoever has them now. Nobody may work on those of this seat any more. */
    void ask() {
        // Not all may have noticed that they are gone: the one that did may have ended the program first.
        stages.forEach(Stage::leave);
        stages = List.of();
        do {
            request = numbers.nextInt();
        } while (request == directory.partyGranted(party));
        directory.request(party, request);
        kick();
    }

    private void kick() {
        askedNanos = System.nanoTime();
        doorbell.ring(HOST_PEER, directory.attachVector());
    }

    /** Whether the host has granted what was asked for; {@link #stages} are this program's then. */
    boolean granted() {
        if (directory.partyGranted(party) != request) {
            if (System.nanoTime() - askedNanos > ASK_AGAIN_NANOS) {
                kick();
            }
            return false;
        }
        final int attachments = directory.partyAttachments(party);
        final List<Stage> taken = take();
        // A stage made now takes whatever line is attached now. The host may have given up on this program already, or
        // on its connection, which voids what was asked for through it.
        if (directory.partyAttachments(party) != attachments || directory.partyPeerId(party) != peerId) {
            taken.forEach(Stage::leave);
            ask();
            return false;
        }
        stages = taken;
        return true;
    }

    private List<Stage> take() {
        final List<Stage> taken = new ArrayList<>();
        for (int r = 0; r < directory.ringCount(); r++) {
            final Ring ring = directory.ring(r);
            for (int stage = 0; stage < ring.stageCount(); stage++) {
                if (ring.party(stage) == party) {
                    taken.add(new Stage(ring, stage, doorbell));
                }
            }
        }
        return taken;
    }

    /** This guest's stages, ring by ring; none before they are granted. */
    List<Stage> stages() {
        return stages;
    }

    /** Whether what was asked for will never be granted: another program has asked since, or the region is retired. */
    boolean overruled() {
        return directory.state() != RegionDescriptor.STATE_LIVE || directory.partyRequest(party) != request;
    }

    /**
     * Whether the host has taken the stages back and given them to nobody else: this program was silent for too long
     * and may ask again. False where it still has them, or another program of the same guest has.
     */
    boolean mayAskAgain() {
        return directory.state() == RegionDescriptor.STATE_LIVE
                && directory.partyGranted(party) == request
                && stages.stream().anyMatch(Stage::displaced);
    }
}
