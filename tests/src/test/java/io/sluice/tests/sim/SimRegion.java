// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.attach.GuestPlace;
import io.sluice.host.attach.GuestWatch;
import io.sluice.host.attach.HostRegion;
import io.sluice.host.attach.LossPolicy;
import io.sluice.host.attach.SilenceLimits;
import io.sluice.host.attach.StandIn;
import io.sluice.host.chain.HostStages;
import io.sluice.host.chain.StandInAgent;
import io.sluice.host.keeper.KeptDescriptors;
import io.sluice.host.keeper.KeptItems;
import io.sluice.shared.function.Direction;
import io.sluice.shared.memory.Backing;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A region as its backend has it, with real watches over its guests, stepped as the thread that attaches them. */
final class SimRegion implements Actor, AutoCloseable {
    static final int HOST_PEER = 0;
    private static final int NO_DESCRIPTOR = -1;
    private static final long TURN_NANOS = 100_000_000;
    private static final int BUFFER_BYTES = 256;
    private static final int HEADROOM = 64;
    private static final SilenceLimits SILENCE = new SilenceLimits(200_000_000L, 300_000_000L);

    /** What is chosen for one guest. */
    record Choice(LossPolicy policy, boolean machine, boolean hearsKicks) {}

    private final World world;
    private final int number;
    private final RegionSpec spec;
    private final Path folder;
    private final List<HostRegion> dead = new ArrayList<>();
    private HostRegion region;
    private HostStages stages;
    private final List<Choice> choices;
    private final List<SimGuest> guests = new ArrayList<>();
    private final List<GuestWatch> watches = new ArrayList<>();
    private final List<List<StandIn>> standIns = new ArrayList<>();
    private final Flaw flaw;
    private SimThread helper;
    private long nextTurnNanos;
    private boolean busy;
    private int lastPeerId;
    private boolean lied;
    private long retiredNanos;
    private int firstOf;

    SimRegion(World world, int number, int slots, int rings, List<Choice> choices, Path folder, Flaw flaw)
            throws IOException {
        this.world = world;
        this.number = number;
        this.choices = choices;
        this.flaw = flaw;
        this.folder = folder;
        final List<String> parties = new ArrayList<>(List.of("host"));
        for (int guest = 1; guest <= choices.size(); guest++) {
            parties.add("guest" + guest);
            standIns.add(new ArrayList<>());
        }
        final List<RingSpec> specs = new ArrayList<>();
        for (int ring = 0; ring < rings; ring++) {
            specs.add(new RingSpec(
                    slots, BUFFER_BYTES, HEADROOM, slots, Direction.values()[ring], stages(choices.size(), ring)));
        }
        spec = new RegionSpec("region" + number, parties, specs);
        region = new HostRegion(spec, statusPath());
        begin();
    }

    private Path statusPath() {
        return folder.resolve("region" + number + "-" + dead.size() + ".status");
    }

    private void begin() {
        region.attachVector(1);
        stages = new HostStages(region, NO_DESCRIPTOR, NO_DESCRIPTOR);
        standIns.forEach(List::clear);
    }

    /** What another backend finds after this one was killed: memory, the private copy, and guests who know nothing of it. */
    void inherit() throws IOException {
        final Map<String, Integer> left = Map.of(
                KeptItems.MEMORY, open("/proc/self/fd/" + region.memory().descriptor()),
                KeptItems.STATE, open(statusPath().toString()));
        dead.add(region);
        region = new HostRegion(spec, statusPath(), "", Backing.USUAL, new KeptDescriptors(null, "", left));
        begin();
    }

    private static int open(String file) {
        return PosixException.check(OpenFile.open(file, OpenFile.READ_WRITE), "open(" + file + ")");
    }

    private static List<StageSpec> stages(int guests, int ring) {
        final List<StageSpec> stages = new ArrayList<>(List.of(new StageSpec(0, 0, "first")));
        for (int guest = 1; guest <= guests; guest++) {
            final int party = ring == 0 ? guest : guests + 1 - guest;
            stages.add(new StageSpec(party, 0, "guest" + party));
        }
        stages.add(new StageSpec(0, 0, "last"));
        return stages;
    }

    /** Kicks as a backend's or a guest's doorbell does, or loses the kick. */
    Doorbell doorbell() {
        return (peerId, vector) -> {
            if (flaw == Flaw.LOST_KICK && world.onceIn(4)) {
                return;
            }
            if (peerId == HOST_PEER && vector == 0) {
                helper.ring();
            } else if (peerId == HOST_PEER) {
                nextTurnNanos = 0;
            } else {
                guests.forEach(guest -> guest.ring(peerId));
            }
        };
    }

    /** The host's place at {@code stage} of {@code ring}. */
    Stage hostStage(int ring, int stage) {
        final Stage place = new Stage(ring(ring), stage, doorbell());
        stages.add(place);
        return place;
    }

    /** Stand-ins for the guests on {@code ring}, for the helper thread to run. */
    List<StandInAgent> standIns(int ring) {
        final List<StandInAgent> agents = new ArrayList<>();
        for (int stage = 1; stage < ring(ring).stageCount() - 1; stage++) {
            final int party = ring(ring).party(stage);
            final LossPolicy policy = choices.get(party - 1).policy();
            if (policy != LossPolicy.HOLD) {
                final StandInAgent agent = new StandInAgent("stand-in", ring, stage, 0, policy, region, stages);
                agents.add(agent);
                standIns.get(party - 1).add(flaw == Flaw.TRUSTING_STAND_IN ? new TrustingStandIn(agent) : agent);
            }
        }
        return agents;
    }

    /** Lets guests come; {@code thread} runs the host's stages. */
    void open(SimThread thread, List<Flow> flows) {
        helper = thread;
        nextTurnNanos = 0;
        if (!guests.isEmpty()) {
            takeOver();
            return;
        }
        for (int party = 1; party <= choices.size(); party++) {
            final Choice choice = choices.get(party - 1);
            watches.add(watch(party));
            guests.add(new SimGuest(world, this, party, choice, flows, flaw));
        }
    }

    private void takeOver() {
        watches.clear();
        for (SimGuest guest : guests) {
            final GuestWatch watch = watch(guest.party());
            watches.add(watch);
            watch.takeOver(guest.connection(), world.nowNanos());
        }
    }

    private GuestWatch watch(int party) {
        return new GuestWatch(
                region,
                doorbell(),
                new GuestPlace(party, choices.get(party - 1).policy(), SILENCE, standIns.get(party - 1)));
    }

    /** The rings, as bits, on which packets enter in this region. */
    void firstOf(int rings) {
        firstOf = rings;
    }

    boolean isFirst(int ring) {
        return (firstOf >> ring & 1) != 0;
    }

    Ring ring(int index) {
        return region.directory().ring(index);
    }

    int number() {
        return number;
    }

    HostRegion region() {
        return region;
    }

    HostStages stages() {
        return stages;
    }

    List<SimGuest> guests() {
        return guests;
    }

    /** The peer id of a new connection of {@code party}. */
    int connect(int party) {
        lastPeerId++;
        watches.get(party - 1).connected(lastPeerId);
        return lastPeerId;
    }

    /** Says that a guest of this region lies. */
    void distrust() {
        lied = true;
    }

    boolean lied() {
        return lied;
    }

    /** When the lies were found out. */
    long retiredNanos() {
        return retiredNanos;
    }

    @Override
    public boolean runnable() {
        return !world.frozen() && world.nowNanos() >= nextTurnNanos;
    }

    @Override
    public long dueNanos() {
        return world.frozen() ? Long.MAX_VALUE : nextTurnNanos;
    }

    @Override
    public void step() {
        long waitNanos = TURN_NANOS;
        for (int i = 0; i < guests.size(); i++) {
            if (guests.get(i).hangUp()) {
                watches.get(i).disconnected();
            }
        }
        for (GuestWatch watch : watches) {
            waitNanos = Math.min(waitNanos, watch.turn(world.nowNanos()));
        }
        region.mirror();
        busy = waitNanos < TURN_NANOS;
        nextTurnNanos = world.nowNanos() + waitNanos;
    }

    /** What holds after every step, whatever honest guests do. */
    void check() {
        if (lied) {
            if (region.retired() && retiredNanos == 0) {
                retiredNanos = world.nowNanos();
            }
            return;
        }
        assertThat(region.retireReason())
                .as("region %d accuses an honest guest", number)
                .isEqualTo(Violation.NONE);
        assertThat(region.retired()).as("region %d retired", number).isFalse();
        for (int r = 0; r < region.directory().ringCount(); r++) {
            final Ring ring = ring(r);
            final int last = ring.stageCount() - 1;
            final long ahead = ring.positionAcquire(0) - ring.positionAcquire(last);
            assertThat(ahead).as("slots in use on ring %d", r).isBetween(0L, (long) ring.slots());
            for (int stage = 1; stage < last; stage++) {
                assertThat(ring.positionAcquire(stage))
                        .as("position of stage %d of ring %d", stage, r)
                        .isBetween(ring.positionAcquire(last) - ring.slots(), ring.positionAcquire(0));
            }
        }
    }

    /** Whether every guest is there, or the host does its work, and no place is changing hands. */
    boolean settled() {
        return region.retired()
                || !busy && guests.stream().allMatch(guest -> guest.settled(standIns.get(guest.party() - 1)));
    }

    boolean drained(int ring) {
        return ring(ring).positionAcquire(ring(ring).stageCount() - 1)
                == ring(ring).positionAcquire(0);
    }

    @Override
    public void close() {
        region.close();
        dead.forEach(HostRegion::close);
    }

    /** Hands its stage over without the slots that hold no packets any more. */
    private record TrustingStandIn(StandIn honest) implements StandIn {
        @Override
        public int ring() {
            return honest.ring();
        }

        @Override
        public int stage() {
            return honest.stage();
        }

        @Override
        public int vector() {
            return honest.vector();
        }

        @Override
        public void begin(Stage stage, int doubtful) {
            honest.begin(stage, 0);
        }

        @Override
        public void end() {
            honest.end();
        }

        @Override
        public boolean ended() {
            return honest.ended();
        }
    }
}
