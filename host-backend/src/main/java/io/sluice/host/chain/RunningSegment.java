// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.host.attach.GuestAttachments;
import io.sluice.host.attach.GuestPlace;
import io.sluice.host.attach.HostRegion;
import io.sluice.host.attach.SilenceLimits;
import io.sluice.host.attach.StatusFile;
import io.sluice.host.keeper.KeptDescriptors;
import io.sluice.shared.memory.Backing;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.Stage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One segment of a chain at work: its region, its guests' sockets, and the host's stages in it, which helper threads of
 * the chain run. What a guest does wrong ends its segment and no other.
 */
public final class RunningSegment implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RunningSegment.class.getName());

    private final String name;
    private final SegmentPlan plan;
    private final KeptDescriptors kept;
    private final HostRegion region;
    private final GuestAttachments guests;
    private final List<HostStages> threads = new ArrayList<>();
    private final Map<Integer, List<StandInAgent>> standIns = new HashMap<>();

    /**
     * Makes the region that {@code spec} says and the bells of {@code threads} helper threads. Nothing runs yet, and
     * nobody can attach.
     *
     * @param backing what the region is to be made of
     * @param directory where the status file is made
     * @param left by a dead backend, or nothing
     * @throws IOException where the system refuses something, with what to do; nothing is left then
     */
    RunningSegment(
            SegmentPlan plan,
            RegionSpec spec,
            Backing backing,
            int threads,
            RuntimeDirectory directory,
            KeptSegment left)
            throws IOException {
        this.name = spec.name();
        this.plan = plan;
        this.kept = left.descriptors();
        final String status = "backend-" + ProcessHandle.current().pid() + "-" + spec.name() + StatusFile.SUFFIX;
        region = new HostRegion(spec, directory.path().resolve(status), left.plan(), backing, kept);
        try {
            guests = new GuestAttachments(threads, kept);
        } catch (RuntimeException e) {
            if (region.inherited()) {
                region.leave();
            } else {
                region.close();
            }
            throw e;
        }
        for (int thread = 0; thread < threads; thread++) {
            this.threads.add(new HostStages(region, guests.hostBell(thread), guests.ownBell(thread)));
        }
        final String note = region.memory().note();
        if (!note.isEmpty()) {
            LOG.log(System.Logger.Level.INFO, "chain {0}: {1}", spec.name(), note);
        }
    }

    /** The host's place at {@code stage} of the {@code ring}-th ring, which {@code thread} is to run. */
    Stage stage(int ring, int stage, int thread) {
        final Stage place = new Stage(ring(ring), stage, guests.doorbell());
        threads.get(thread).add(place);
        return place;
    }

    /** A stand-in for the guest {@code party} at {@code stage} of the {@code ring}-th ring, which {@code thread} runs. */
    StandInAgent standIn(int ring, int stage, int thread, PartyPlan party) {
        final StandInAgent standIn = new StandInAgent(
                "stand-in for " + party.name(),
                ring,
                stage,
                thread,
                party.options().onLoss(),
                region,
                threads.get(thread));
        standIns.computeIfAbsent(party.number(), number -> new ArrayList<>()).add(standIn);
        return standIn;
    }

    /** What of this segment is {@code thread}'s to watch over. */
    HostStages stages(int thread) {
        return threads.get(thread);
    }

    /**
     * Lets guests attach from now on.
     *
     * @param silence after how long one is suspect and lost
     * @param busyProcessors those of the helper threads
     */
    void open(RuntimeDirectory directory, SilenceLimits silence, List<Integer> busyProcessors) throws IOException {
        final List<GuestPlace> places = plan.guests().stream()
                .map(guest -> new GuestPlace(
                        guest.number(),
                        guest.options().onLoss(),
                        silence,
                        standIns.getOrDefault(guest.number(), List.of())))
                .toList();
        guests.open(region, places, directory, busyProcessors);
    }

    /** Tells those who read the status file that this is the {@code number}-th of {@code count} segments. */
    void mark(int number, int count) {
        region.status().segment(new StatusFile.Segment(number, count, plan.domain()));
    }

    /** What tables and messages call it; its chain's name where that has one segment. */
    public String name() {
        return name;
    }

    SegmentPlan plan() {
        return plan;
    }

    Ring ring(int index) {
        return region.directory().ring(index);
    }

    public HostRegion region() {
        return region;
    }

    /** True where every slot that has entered the {@code index}-th ring has left it. */
    boolean drained(int index) {
        final Ring ring = ring(index);
        return ring.positionAcquire(ring.stageCount() - 1) == ring.positionAcquire(0);
    }

    /**
     * Where a dead backend had left this segment: leaves it again as that one did, for the next. Else closes it. The
     * helper threads must have ended; what is kept is still to be released.
     */
    void giveBack() {
        if (region.inherited()) {
            guests.leave();
            region.leave();
        } else {
            close();
        }
    }

    /** Tells the guests that the chain has ended and undoes what starting did; the helper threads must have ended. */
    @Override
    public void close() {
        kept.forget();
        guests.close();
        region.close();
    }
}
