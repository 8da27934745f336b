// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.sluice.host.attach.StagePlaces.Move;
import io.sluice.host.attach.StagePlaces.MovedStage;
import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.Stage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * One guest's life as its host sees it: whether its program is there, and who runs its stages meanwhile. Stepped by the
 * thread that attaches guests; knows no clock of its own.
 *
 * <pre>
 *                 request                          silent           silent
 *     ABSENT ----------------&gt; PRESENT ----------&gt; SUSPECT ------&gt; LOST
 *       ^                         ^  &lt;---- a beat -----+               |
 *       |                         +&lt;---- a beat, under hold -----------+
 *       +---- its socket is closed (from any state)
 *
 *   stages run by    nobody or the guest    under hold, always
 *                    the host               under drop and bypass, while ABSENT or LOST
 * </pre>
 *
 * A closed socket proves that nobody writes any more: the kernel closes a process's descriptors after its last thread
 * has given up its memory. That a process has ended, as a pidfd tells, would prove less where QEMU runs as a daemon: the
 * process that connected is not the one that goes on. A guest that only fell silent may write again, see {@link
 * #finish}.
 */
public final class GuestWatch {
    private static final System.Logger LOG = System.getLogger(GuestWatch.class.getName());

    /** An old holder that lives has seen by then that its place is gone: no sleep of a stage is longer. */
    private static final long SETTLE_NANOS = 120_000_000L;

    /** Requests are granted no faster than this: each uses up lines. */
    private static final long GRANT_EVERY_NANOS = 20_000_000L;

    private static final long BUSY_TURN_NANOS = 1_000_000L;

    /** So many former holders of a living connection are kept in mind; each may hold 16 slots of a ring. */
    private static final int MAX_STALE = 4;

    /** So many of their sets of slots are kept in mind on a ring that stands still. */
    private static final int MAX_GOING_ROUND = 64;

    private enum Holder {
        NOBODY,
        GUEST,
        HOST
    }

    /** A change of holder under way. */
    private static final class Handover {
        private final Holder to;
        private final int toPeer;
        private final int request;
        private Move move;
        private long begunNanos;

        private Handover(Holder to, int toPeer, int request) {
            this.to = to;
            this.toPeer = toPeer;
            this.request = request;
        }
    }

    /** A former holder that may still write, and the slots kept from it. */
    private record Stale(Move move, List<HeldSlots> held) {}

    private final HostRegion region;
    private final StagePlaces places;
    private final Doorbell doorbell;
    private final GuestPlace place;
    private final int party;
    private final String name;
    private final Deque<Stale> stale = new ArrayDeque<>();
    /** What nobody can write to any more, and is not yet used again. */
    private final Deque<HeldSlots> goingRound = new ArrayDeque<>();

    private int peerId = RegionDescriptor.NOT_ATTACHED;
    private Holder holder = Holder.NOBODY;
    private boolean holderMayLive;
    private Handover handover;
    private GuestState state;
    private long sinceNanos;
    private long beats;
    private long beatNanos;
    private long grantedNanos;
    private int grants;
    /** What a dead backend has left, or null. */
    private GuestLife left;

    /** Watches the guest of {@code place}, which nobody has yet. */
    public GuestWatch(HostRegion region, Doorbell doorbell, GuestPlace place) {
        this.region = region;
        this.places = region.places();
        this.doorbell = doorbell;
        this.place = place;
        this.party = place.party();
        this.name = region.directory().partyName(party);
        if (region.inherited()) {
            left = GuestLife.read(region.status(), party);
            grants = left.grants();
        }
        enter(GuestState.ABSENT);
    }

    /** Says that {@code connected} holds the guest's socket now; its program has asked for nothing yet. */
    public void connected(int connected) {
        peerId = connected;
        region.connection(party, peerId);
    }

    /**
     * Goes on from where a dead backend has left this guest. What the host itself ran it takes anew; what was asked for
     * and not granted is granted now.
     *
     * @param connected who still holds the guest's socket, or {@link RegionDescriptor#NOT_ATTACHED}
     */
    void takeOver(int connected, long nowNanos) {
        final int kicked = region.directory().partyPeerId(party);
        peerId = connected;
        if (connected == RegionDescriptor.NOT_ATTACHED) {
            region.connection(party, connected);
        }
        if (connected != RegionDescriptor.NOT_ATTACHED && kicked == connected && !requested()) {
            holder = Holder.GUEST;
            holderMayLive = true;
            beats = region.beats(party);
            beatNanos = nowNanos;
            enter(GuestState.PRESENT);
            if (left.state() != GuestState.ABSENT) {
                sinceNanos = left.sinceNanos();
                write();
            }
        } else {
            holderMayLive = connected != RegionDescriptor.NOT_ATTACHED;
            region.abandon(party);
            enter(GuestState.ABSENT);
        }
    }

    /** Says that the socket is closed: nobody who came through it writes any more. */
    public void disconnected() {
        peerId = RegionDescriptor.NOT_ATTACHED;
        region.connection(party, peerId);
        while (!stale.isEmpty()) {
            release(stale.remove());
        }
        holderMayLive = false;
        if (holder == Holder.GUEST) {
            holder = Holder.NOBODY;
            if (handover == null || handover.move == null) {
                region.abandon(party);
            }
            enter(GuestState.ABSENT);
        } else if (state != GuestState.ABSENT) {
            enter(GuestState.ABSENT);
        }
    }

    /**
     * Looks at the guest, and takes the next step of what is to be done about it.
     *
     * @return nanoseconds after which to call again at the latest; {@link Long#MAX_VALUE} where any time will do
     */
    public long turn(long nowNanos) {
        if (region.retired()) {
            return Long.MAX_VALUE;
        }
        // Once a handover has begun, the lines to listen at are the next holder's.
        if (holder == Holder.GUEST && (handover == null || handover.move == null)) {
            listen(nowNanos);
        }
        stale.removeIf(former -> {
            final boolean left = places.left(former.move());
            if (left) {
                release(former);
            }
            return left;
        });
        goingRound.removeIf(held -> {
            final boolean round = held.wentRound();
            if (round) {
                held.free();
            }
            return round;
        });
        if (handover == null) {
            handover = wanted(nowNanos);
        }
        if (handover != null) {
            advance(nowNanos);
        }
        return handover != null || requested() ? BUSY_TURN_NANOS : Long.MAX_VALUE;
    }

    private void listen(long nowNanos) {
        final long now = region.beats(party);
        if (now != beats) {
            beats = now;
            beatNanos = nowNanos;
        }
        final long silentNanos = nowNanos - beatNanos;
        final SilenceLimits limits = place.silence();
        final GuestState next = silentNanos < limits.suspectNanos()
                ? GuestState.PRESENT
                : silentNanos < limits.lostNanos() ? GuestState.SUSPECT : GuestState.LOST;
        if (next != state) {
            tell(next, silentNanos);
            enter(next);
        }
    }

    private void tell(GuestState next, long silentNanos) {
        final String silent = "%.1f s".formatted(silentNanos / 1e9);
        switch (next) {
            case SUSPECT -> LOG.log(WARNING, "guest {0} has shown no sign of life for {1}", name, silent);
            case LOST ->
                LOG.log(
                        WARNING,
                        "guest {0} is lost, no sign of life for {1}: on-loss={2}",
                        name,
                        silent,
                        place.policy().word());
            default -> LOG.log(INFO, "guest {0} shows signs of life again", name);
        }
    }

    private void enter(GuestState next) {
        state = next;
        sinceNanos = EpochClock.nanos();
        write();
    }

    private void write() {
        new GuestLife(state, place.policy(), sinceNanos, holder == Holder.HOST, grants).write(region.status(), party);
    }

    private boolean requested() {
        return peerId != RegionDescriptor.NOT_ATTACHED
                && region.directory().partyRequest(party) != region.directory().partyGranted(party);
    }

    private Handover wanted(long nowNanos) {
        if (requested()) {
            final boolean soon = grants > 0 && nowNanos - grantedNanos < GRANT_EVERY_NANOS;
            return soon
                    ? null
                    : new Handover(Holder.GUEST, peerId, region.directory().partyRequest(party));
        }
        final boolean gone = holder == Holder.NOBODY || holder == Holder.GUEST && state == GuestState.LOST;
        return gone && !place.standIns().isEmpty() ? new Handover(Holder.HOST, HostDoorbell.HOST_PEER, 0) : null;
    }

    private void advance(long nowNanos) {
        if (handover.move == null) {
            if (holder == Holder.HOST && !hostHasLeft()) {
                return;
            }
            begin(nowNanos);
        }
        if (handover != null
                && handover.move != null
                && (!holderMayLive || places.left(handover.move) || nowNanos - handover.begunNanos >= SETTLE_NANOS)) {
            finish(nowNanos);
        }
    }

    private boolean hostHasLeft() {
        boolean left = true;
        for (StandIn standIn : place.standIns()) {
            standIn.end();
            if (!standIn.ended()) {
                left = false;
                doorbell.ring(HostDoorbell.HOST_PEER, standIn.vector());
            }
        }
        return left;
    }

    private void begin(long nowNanos) {
        if (!wantedStill()) {
            if (holder == Holder.HOST) {
                // It has left for a guest that is gone again.
                holder = Holder.NOBODY;
            }
            handover = wanted(nowNanos);
            return;
        }
        final boolean toHost = handover.to == Holder.HOST;
        handover.move = places.begin(party, handover.toPeer, moved -> toHost ? vector(moved) : 0);
        handover.begunNanos = nowNanos;
        if (handover.move == null) {
            handover = null;
        }
    }

    /** Whether the guest that asked is still there; the host always is. */
    private boolean wantedStill() {
        return handover.to == Holder.HOST || handover.toPeer == peerId;
    }

    /**
     * Ends a handover: the old holder is dead, has left, or was silent all the time. One that was silent may have been
     * stopped anywhere, also between looking whether its place is still its own and storing a slot or a buffer. What it
     * claimed last it may write when it goes on, and nothing else. Where the host takes over, these {@link HeldSlots}
     * hold no packets any more until the guest has said that it has left, or its socket is closed. Where another program
     * of the same guest does, it gets them as they are: the usual case is that the old one is dead.
     */
    private void finish(long nowNanos) {
        final Handover done = handover;
        final boolean given = wantedStill();
        handover = null;
        if (!places.complete(done.move)) {
            return;
        }
        final boolean toHost = done.to == Holder.HOST;
        final boolean mayWrite = holderMayLive && !places.left(done.move);
        final List<HeldSlots> held = new ArrayList<>();
        for (MovedStage moved : toHost ? done.move.stages() : List.<MovedStage>of()) {
            final Optional<? extends StandIn> standIn = standIn(moved);
            if (standIn.isPresent()) {
                final Stage stage = new Stage(moved.ring(), moved.stage(), doorbell);
                final Optional<HeldSlots> slots = mayWrite ? Optional.of(HeldSlots.hold(stage)) : Optional.empty();
                slots.ifPresent(held::add);
                standIn.get().begin(stage, slots.map(HeldSlots::count).orElse(0));
                doorbell.ring(HostDoorbell.HOST_PEER, standIn.get().vector());
            }
        }
        final Stale former = new Stale(done.move, held);
        if (mayWrite) {
            stale.add(former);
            if (stale.size() > MAX_STALE) {
                release(stale.remove());
            }
        } else {
            release(former);
        }
        if (toHost) {
            stoodIn();
        } else if (given) {
            granted(done.request, nowNanos);
        } else {
            holder = Holder.NOBODY;
            region.abandon(party);
            enter(GuestState.ABSENT);
        }
    }

    private void stoodIn() {
        holder = Holder.HOST;
        holderMayLive = false;
        write();
        LOG.log(
                INFO,
                place.policy() == LossPolicy.DROP
                        ? "guest {0} is not there: its packets are dropped until it comes"
                        : "guest {0} is not there: packets pass it by until it comes",
                name);
    }

    private void granted(int request, long nowNanos) {
        holder = Holder.GUEST;
        holderMayLive = true;
        grants++;
        grantedNanos = nowNanos;
        beats = region.beats(party);
        beatNanos = nowNanos;
        enter(GuestState.PRESENT);
        LOG.log(INFO, "guest {0} attached", name);
        region.grant(party, request);
    }

    /** Uses lines again that a former holder can no longer write, and soon its slots. */
    private void release(Stale former) {
        places.free(former.move());
        for (HeldSlots held : former.held()) {
            held.writerGone();
            goingRound.add(held);
            if (goingRound.size() > MAX_GOING_ROUND) {
                goingRound.remove().free();
            }
        }
    }

    private int vector(MovedStage moved) {
        return standIn(moved).map(StandIn::vector).orElse(0);
    }

    private Optional<? extends StandIn> standIn(MovedStage moved) {
        return place.standIns().stream()
                .filter(standIn -> standIn.ring() == moved.ring().index() && standIn.stage() == moved.stage())
                .findFirst();
    }
}
