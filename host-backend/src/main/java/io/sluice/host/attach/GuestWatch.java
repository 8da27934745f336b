// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.RegionDescriptor;

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
 * Handover#finish}.
 */
public final class GuestWatch {
    private static final System.Logger LOG = System.getLogger(GuestWatch.class.getName());

    /** Requests are granted no faster than this: each uses up lines. */
    private static final long GRANT_EVERY_NANOS = 20_000_000L;

    private static final long BUSY_TURN_NANOS = 1_000_000L;

    private enum Holder {
        NOBODY,
        GUEST,
        HOST
    }

    private final HostRegion region;
    private final StagePlaces places;
    private final GuestPlace place;
    private final int party;
    private final String name;
    private final StandIns standIns;
    private final FormerHolders former;
    private final Pulse pulse;

    private int peerId = RegionDescriptor.NOT_ATTACHED;
    private Holder holder = Holder.NOBODY;
    private boolean holderMayLive;
    /** The one under way, or null. */
    private Handover handover;

    private GuestState state;
    private long sinceNanos;
    private long grantedNanos;
    private int grants;
    /** What a dead backend has left, or null. */
    private GuestLife left;

    /** Watches the guest of {@code place}, which nobody has yet. */
    public GuestWatch(HostRegion region, Doorbell doorbell, GuestPlace place) {
        this.region = region;
        this.places = region.places();
        this.place = place;
        this.party = place.party();
        this.name = region.directory().partyName(party);
        this.standIns = new StandIns(region, place.standIns(), doorbell);
        this.former = new FormerHolders(places, region.directory().ringCount());
        this.pulse = new Pulse(region, party);
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
    public void takeOver(int connected, long nowNanos) {
        final int kicked = region.directory().partyPeerId(party);
        peerId = connected;
        former.takeOver(region, party);
        if (connected == RegionDescriptor.NOT_ATTACHED) {
            region.connection(party, connected);
            former.disconnected();
        }
        if (connected != RegionDescriptor.NOT_ATTACHED && kicked == connected && !requested()) {
            holder = Holder.GUEST;
            holderMayLive = true;
            pulse.begin(nowNanos);
            enter(GuestState.PRESENT);
            // Another state's time is none of this one's: a guest that was lost is present only from now on.
            if (left.state() == GuestState.PRESENT) {
                sinceNanos = left.sinceNanos();
                write();
            }
        } else {
            // What the dead host ran itself nobody writes to any more.
            holderMayLive = connected != RegionDescriptor.NOT_ATTACHED
                    && (kicked != HostDoorbell.HOST_PEER || places.interrupted(party));
            region.abandon(party);
            enter(GuestState.ABSENT);
        }
    }

    /** Says that the socket is closed: nobody who came through it writes any more. */
    public void disconnected() {
        peerId = RegionDescriptor.NOT_ATTACHED;
        region.connection(party, peerId);
        former.disconnected();
        holderMayLive = false;
        if (holder == Holder.GUEST) {
            holder = Holder.NOBODY;
            if (!handingOver()) {
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
        if (holder == Holder.GUEST && !handingOver()) {
            listen(nowNanos);
        }
        former.turn();
        if (handover == null) {
            handover = wanted(nowNanos);
        }
        if (handover != null) {
            advance(nowNanos);
        }
        return handover != null || requested() ? BUSY_TURN_NANOS : Long.MAX_VALUE;
    }

    private void listen(long nowNanos) {
        final long silentNanos = pulse.silentNanos(nowNanos);
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
                    : Handover.toGuest(places, peerId, region.directory().partyRequest(party));
        }
        final boolean gone = holder == Holder.NOBODY || holder == Holder.GUEST && state == GuestState.LOST;
        return gone && !standIns.none() ? Handover.toHost(places) : null;
    }

    private boolean handingOver() {
        return handover != null && handover.begun();
    }

    private void advance(long nowNanos) {
        if (!handover.begun()) {
            if (holder == Holder.HOST && !standIns.left()) {
                return;
            }
            begin(nowNanos);
        }
        if (handingOver() && handover.settled(holderMayLive, nowNanos)) {
            finish(nowNanos);
        }
    }

    private void begin(long nowNanos) {
        if (!handover.wantedStill(peerId)) {
            if (holder == Holder.HOST) {
                // It has left for a guest that is gone again.
                holder = Holder.NOBODY;
            }
            handover = wanted(nowNanos);
            return;
        }
        if (!handover.begin(party, standIns, nowNanos)) {
            handover = null;
        }
    }

    private void finish(long nowNanos) {
        final Handover done = handover;
        handover = null;
        if (!done.finish(holderMayLive, standIns, former)) {
            return;
        }
        if (done.toHost()) {
            stoodIn();
        } else if (done.wantedStill(peerId)) {
            granted(done.request(), nowNanos);
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
        pulse.begin(nowNanos);
        enter(GuestState.PRESENT);
        LOG.log(INFO, "guest {0} attached", name);
        region.grant(party, request);
    }
}
