// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.host.attach.StagePlaces.Move;
import java.util.List;

/**
 * A change of who runs one guest's stages, from the decision to its end: to a program of the guest that has asked, or to
 * the host. {@link StagePlaces} tells what becomes of the lines; here is for how long the old holder is waited for, and
 * what is kept from it.
 *
 * <pre>
 *   {@link #begin}     from here on the lines to listen at are the next holder's
 *   {@link #settled}   the old holder is dead, has left, or has had time to see that its place is gone
 *   {@link #finish}    the next holder may begin
 * </pre>
 */
final class Handover {
    /** An old holder that lives has seen by then that its place is gone: no sleep of a stage is longer. */
    private static final long SETTLE_NANOS = 120_000_000L;

    private final StagePlaces places;
    private final int toPeer;
    private final int request;
    private Move move;
    private long begunNanos;

    private Handover(StagePlaces places, int toPeer, int request) {
        this.places = places;
        this.toPeer = toPeer;
        this.request = request;
    }

    /** To the program that has asked by {@code request}, through the connection {@code peerId}. */
    static Handover toGuest(StagePlaces places, int peerId, int request) {
        return new Handover(places, peerId, request);
    }

    /** To the host's stand-ins. */
    static Handover toHost(StagePlaces places) {
        return new Handover(places, HostDoorbell.HOST_PEER, 0);
    }

    boolean toHost() {
        return toPeer == HostDoorbell.HOST_PEER;
    }

    /** The number that the program asked by. */
    int request() {
        return request;
    }

    /** Whether the guest that asked is still there, now that {@code peerId} is connected; the host always is. */
    boolean wantedStill(int peerId) {
        return toHost() || toPeer == peerId;
    }

    boolean begun() {
        return move != null;
    }

    /** Takes the place of {@code party} from whoever has it; false where it cannot be: the region is then retired. */
    boolean begin(int party, StandIns standIns, long nowNanos) {
        move = places.begin(party, toPeer, moved -> toHost() ? standIns.vector(moved) : 0);
        begunNanos = nowNanos;
        return begun();
    }

    /** Whether the old holder, which {@code mayLive}, need not be waited for any longer. */
    boolean settled(boolean mayLive, long nowNanos) {
        return !mayLive || places.left(move) || nowNanos - begunNanos >= SETTLE_NANOS;
    }

    /**
     * Ends a handover: the old holder is dead, has left, or was silent all the time. One that was silent may have been
     * stopped anywhere, also between looking whether its place is still its own and storing a slot or a buffer. What it
     * claimed last it may write when it goes on, and nothing else. Where the host takes over, these {@link HeldSlots}
     * hold no packets any more until the guest has said that it has left, or its socket is closed. Where another program
     * of the same guest does, it gets them as they are: the usual case is that the old one is dead.
     *
     * @param mayLive whether the old holder may live
     * @return false where it cannot be: the region is then retired
     */
    boolean finish(boolean mayLive, StandIns standIns, FormerHolders former) {
        if (!places.complete(move)) {
            return false;
        }
        final boolean mayWrite = mayLive && !places.left(move);
        final List<HeldSlots> held = toHost() ? standIns.begin(move, mayWrite) : List.of();
        former.add(move, held, mayWrite);
        return true;
    }
}
