// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.host.attach.StagePlaces.Move;
import io.sluice.host.attach.StagePlaces.MovedStage;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All of the host's stand-ins for one guest: none where its packets wait for it. */
final class StandIns {
    private final List<? extends StandIn> standIns;
    private final HostRegion region;
    private final Doorbell doorbell;

    StandIns(HostRegion region, List<? extends StandIn> standIns, Doorbell doorbell) {
        this.region = region;
        this.standIns = standIns;
        this.doorbell = doorbell;
    }

    boolean none() {
        return standIns.isEmpty();
    }

    /** Asks the helper threads to leave the guest's stages, and wakes them for that; whether all have. */
    boolean left() {
        boolean left = true;
        for (StandIn standIn : standIns) {
            standIn.end();
            if (!standIn.ended()) {
                left = false;
                doorbell.ring(HostDoorbell.HOST_PEER, standIn.vector());
            }
        }
        return left;
    }

    /**
     * Lets the helper threads run the stages that {@code move} has given to the host.
     *
     * @param mayWrite whether the last holder may still write what it claimed last
     * @return the slots that are kept from it
     */
    List<HeldSlots> begin(Move move, boolean mayWrite) {
        final List<HeldSlots> held = new ArrayList<>();
        for (MovedStage moved : move.stages()) {
            final Optional<? extends StandIn> standIn = of(moved);
            if (standIn.isPresent()) {
                final Stage stage = new Stage(moved.ring(), moved.stage(), doorbell);
                int doubtful = 0;
                if (mayWrite) {
                    final HeldSlots slots = HeldSlots.hold(region, move.party(), stage, moved.oldLine());
                    held.add(slots);
                    doubtful = slots.count();
                }
                standIn.get().begin(stage, doubtful);
                doorbell.ring(HostDoorbell.HOST_PEER, standIn.get().vector());
            }
        }
        return held;
    }

    /** The host's vector that wakes the helper thread of {@code moved}; 0 where none stands in there. */
    int vector(MovedStage moved) {
        return of(moved).map(StandIn::vector).orElse(0);
    }

    private Optional<? extends StandIn> of(MovedStage moved) {
        return standIns.stream()
                .filter(standIn -> standIn.ring() == moved.ring().index() && standIn.stage() == moved.stage())
                .findFirst();
    }
}
