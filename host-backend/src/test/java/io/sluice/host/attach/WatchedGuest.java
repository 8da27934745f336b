// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.shared.function.Direction;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A region with {@code tap <=> guest:fw <=> tap}, its watch, a clock that only a test moves, and stand-ins that do as the
 * test says.
 */
final class WatchedGuest implements AutoCloseable {
    static final int SLOTS = 64;
    static final long MILLI = 1_000_000L;
    private static final int PARTY = 1;
    private static final int STAGE = 1;

    final HostRegion region;
    final GuestWatch watch;
    final List<Integer> bells = new ArrayList<>();
    final List<FakeStandIn> standIns;
    final List<Stage> receivers;
    private final List<Stage> transmitters;
    private final Directory shared;
    private long nowNanos = 1_000_000_000_000L;
    private int numbers = 17;
    private int connected = RegionDescriptor.NOT_ATTACHED;

    /** Says when it begins and ends, and ends at once, or when it is told to. */
    static final class FakeStandIn implements StandIn {
        private final int ring;
        Stage stage;
        int doubtful = -1;
        int begun;
        boolean asked;
        boolean slow;

        private FakeStandIn(int ring) {
            this.ring = ring;
        }

        @Override
        public int ring() {
            return ring;
        }

        @Override
        public int stage() {
            return STAGE;
        }

        @Override
        public int vector() {
            return 0;
        }

        @Override
        public void begin(Stage place, int doubtfulSlots) {
            stage = place;
            doubtful = doubtfulSlots;
            asked = false;
            begun++;
        }

        @Override
        public void end() {
            asked = true;
            if (!slow) {
                leave();
            }
        }

        void leave() {
            stage = null;
        }

        @Override
        public boolean ended() {
            return stage == null;
        }
    }

    /** A program of the guest: what it was granted, if it was. */
    final class Program {
        private final int number = numbers++;
        private int peer;
        private List<Stage> stages = List.of();

        void ask() {
            peer = connected;
            shared.request(PARTY, number);
        }

        boolean granted() {
            final boolean granted = shared.partyGranted(PARTY) == number && shared.partyPeerId(PARTY) == peer;
            if (granted && stages.isEmpty()) {
                stages = IntStream.range(0, shared.ringCount())
                        .mapToObj(ring -> new Stage(shared.ring(ring), STAGE, Doorbell.NONE))
                        .toList();
            }
            return granted;
        }

        Stage stage(int ring) {
            return stages.get(ring);
        }

        /** Takes a turn on every ring, without packets; false where its place is gone. */
        boolean beat() {
            return stages.stream().map(Stage::refresh).reduce(true, Boolean::logicalAnd);
        }
    }

    WatchedGuest(Path folder, LossPolicy policy, SilenceLimits silence) throws IOException {
        final List<StageSpec> stages = List.of(
                new StageSpec(0, 0, "tap:l"), new StageSpec(PARTY, 0, "guest:fw"), new StageSpec(0, 0, "tap:r"));
        final List<RingSpec> rings = Stream.of(Direction.FORWARD, Direction.BACKWARD)
                .map(direction -> new RingSpec(SLOTS, 2048, 128, SLOTS, direction, stages))
                .toList();
        region =
                new HostRegion(new RegionSpec("chain1", List.of("host", "fw"), rings), folder.resolve("chain1.status"));
        shared = Directory.shared(region.memory().address(), region.memory().lengthBytes());
        standIns = policy == LossPolicy.HOLD ? List.of() : List.of(new FakeStandIn(0), new FakeStandIn(1));
        watch = new GuestWatch(
                region, (peer, vector) -> bells.add(peer), new GuestPlace(PARTY, policy, silence, standIns));
        receivers = stages(0);
        transmitters = stages(2);
    }

    private List<Stage> stages(int stage) {
        return IntStream.range(0, 2)
                .mapToObj(ring -> new Stage(ring(ring), stage, Doorbell.NONE))
                .toList();
    }

    /** Lets every slot of a ring go round once, past whoever has the guest's place. */
    void goRound(int ring) {
        final Stage guest = new Stage(ring(ring), STAGE, Doorbell.NONE);
        passAll(guest);
        passAll(transmitters.get(ring));
        passAll(receivers.get(ring));
        passAll(guest);
        passAll(transmitters.get(ring));
    }

    private static void passAll(Stage stage) {
        stage.refresh();
        pass(stage, stage.look());
    }

    Ring ring(int index) {
        return region.directory().ring(index);
    }

    GuestLife life() {
        return GuestLife.read(region.status(), PARTY);
    }

    GuestState state() {
        return life().state();
    }

    long position(int ring) {
        return ring(ring).positionAcquire(STAGE);
    }

    /** Puts {@code packets} into a ring. */
    void receive(int ring, int packets) {
        receivers.get(ring).advance(packets);
        receivers.get(ring).publish();
    }

    /** Lets a program finish {@code packets} of a ring. */
    static void pass(Stage stage, int packets) {
        stage.look();
        stage.advance(packets);
        stage.publish();
    }

    /** One turn, a thousandth of a second after the last. */
    void turn() {
        nowNanos += MILLI;
        watch.turn(nowNanos);
    }

    /** Turns for so long. */
    void turns(int millis) {
        for (int i = 0; i < millis; i++) {
            turn();
        }
    }

    /** As {@link #turns}, while {@code program} shows signs of life. */
    void turns(int millis, Program program) {
        for (int i = 0; i < millis; i++) {
            program.beat();
            turn();
        }
    }

    /** Somebody connects, whose program has asked for nothing yet. */
    void connect(int peer) {
        connected = peer;
        watch.connected(peer);
    }

    /** A program that has been given its place, through the connection {@code peer}. */
    Program attached(int peer) {
        connect(peer);
        return granted();
    }

    /** A program, of the connection that there is, that has been given its place. */
    Program granted() {
        final Program program = new Program();
        program.ask();
        for (int i = 0; i < 200 && !program.granted(); i++) {
            turn();
        }
        if (!program.granted()) {
            throw new AssertionError("not granted");
        }
        return program;
    }

    @Override
    public void close() {
        region.close();
    }
}
