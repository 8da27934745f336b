// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.sim;

import io.sluice.host.attach.LossPolicy;
import io.sluice.host.attach.StandIn;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.agent.CompositeAgent;
import io.sluice.shared.function.FunctionAgent;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.Stage;
import java.util.ArrayList;
import java.util.List;

/**
 * A guest and its programs, one after the other: a process, with a connection of its own for each program, or a virtual
 * machine whose connection outlives them. A program may be stopped and continued, and killed, between any two packets'
 * stores; what it has written stays as it is.
 */
final class SimGuest implements Actor {
    private static final long MAX_STOP_NANOS = 1_500_000_000;
    private static final long MAX_ABSENCE_NANOS = 800_000_000;
    private static final long ASK_AGAIN_NANOS = 100_000_000;

    private final World world;
    private final SimRegion region;
    private final int party;
    private final SimRegion.Choice choice;
    private final List<Flow> flows;
    private final Flaw flaw;
    private int connection = RegionDescriptor.NOT_ATTACHED;
    private boolean hungUp;
    private boolean calm;

    private Directory directory;
    private int request;
    private boolean asking;
    private long askedNanos;
    private boolean running;
    private SimThread thread;
    private List<Stage> stages = List.of();
    private boolean killed;
    private long stoppedUntilNanos;
    private long absentUntilNanos;

    SimGuest(World world, SimRegion region, int party, SimRegion.Choice choice, List<Flow> flows, Flaw flaw) {
        this.world = world;
        this.region = region;
        this.party = party;
        this.choice = choice;
        this.flows = flows;
        this.flaw = flaw;
    }

    /** Its connection to the backend, which outlives that. */
    int connection() {
        return connection;
    }

    int party() {
        return party;
    }

    /** Its bell, where {@code peerId} is its connection. */
    void ring(int peerId) {
        if (peerId == connection && thread != null) {
            thread.ring();
        }
    }

    /** Ends all misfortune: the guest comes back, or stays away where the host does its work. */
    void calmDown() {
        calm = true;
        final boolean away = choice.policy() != LossPolicy.HOLD && world.onceIn(3);
        absentUntilNanos = away ? Long.MAX_VALUE : 0;
        if (away) {
            kill(true);
        }
    }

    @Override
    public boolean runnable() {
        return world.nowNanos() >= wakesNanos() && (thread == null || asking || thread.runnable());
    }

    @Override
    public long dueNanos() {
        return Math.max(wakesNanos(), thread == null || asking ? 0 : thread.dueNanos());
    }

    private long wakesNanos() {
        if (hungUp) {
            return Long.MAX_VALUE;
        }
        return running ? stoppedUntilNanos : absentUntilNanos;
    }

    @Override
    public void step() {
        try {
            if (!running) {
                start();
            } else if (asking) {
                awaitGrant();
            } else {
                thread.step();
                if (thread.agent().done()) {
                    leave();
                }
            }
        } catch (Killed e) {
            end();
        }
    }

    private void start() {
        if (connection == RegionDescriptor.NOT_ATTACHED) {
            connection = region.connect(party);
        }
        running = true;
        killed = false;
        directory = Directory.shared(
                region.region().memory().address(), region.region().memory().lengthBytes());
        ask();
    }

    private void ask() {
        asking = true;
        thread = null;
        stages.forEach(Stage::leave);
        stages = List.of();
        do {
            request = world.random().nextInt();
        } while (request == directory.partyGranted(party));
        directory.request(party, request);
        kickHost();
    }

    private void kickHost() {
        askedNanos = world.nowNanos();
        region.doorbell().ring(SimRegion.HOST_PEER, directory.attachVector());
    }

    private void awaitGrant() {
        if (directory.state() != RegionDescriptor.STATE_LIVE || directory.partyRequest(party) != request) {
            exit();
        } else if (directory.partyGranted(party) != request) {
            if (world.nowNanos() - askedNanos > ASK_AGAIN_NANOS) {
                kickHost();
            }
        } else if (directory.partyPeerId(party) != connection) {
            ask();
        } else {
            asking = false;
            world.tally().count("grant");
            work();
        }
    }

    private void work() {
        final List<Stage> taken = new ArrayList<>();
        final List<Agent> agents = new ArrayList<>();
        for (int r = 0; r < directory.ringCount(); r++) {
            final Ring ring = directory.ring(r);
            for (int s = 0; s < ring.stageCount(); s++) {
                if (ring.party(s) == party) {
                    final Stage stage = new Stage(ring, s, region.doorbell());
                    taken.add(stage);
                    agents.add(agent(stage, r));
                }
            }
        }
        stages = taken;
        thread = new SimThread(world, new CompositeAgent("guest" + party, agents), choice.hearsKicks(), () -> false);
    }

    private Agent agent(Stage stage, int ring) {
        final GuestFunction function = new GuestFunction(
                world,
                flows.get(ring),
                stage,
                () -> region.ring(ring).quarantine(),
                30 + party,
                region.isFirst(ring),
                this::meanwhile);
        return switch (flaw) {
            case NO_LAST_LOOK, EARLY_PUBLISH, UNAWARE_OF_LOSS -> new BrokenAgent(flaw, stage, function);
            default -> new FunctionAgent("guest" + party, stage, function);
        };
    }

    /** In the middle of a packet: others take steps, and what they may do to this program includes its end. */
    private void meanwhile() {
        if (!calm && world.onceIn(200)) {
            stop();
        }
        world.interleave();
        while (!killed && world.nowNanos() < stoppedUntilNanos && world.step()) {
            // the world goes on without it
        }
        if (killed) {
            throw new Killed();
        }
    }

    private void leave() {
        thread.agent().onClose();
        world.tally().count("place lost");
        if (directory.state() == RegionDescriptor.STATE_LIVE && directory.partyGranted(party) == request) {
            ask();
        } else {
            exit();
        }
    }

    private void exit() {
        absentUntilNanos = Math.max(absentUntilNanos, absence());
        end();
    }

    private long absence() {
        return calm ? 0 : world.nowNanos() + world.random().nextLong(MAX_ABSENCE_NANOS);
    }

    private void end() {
        running = false;
        killed = false;
        asking = false;
        thread = null;
        stages = List.of();
        stoppedUntilNanos = 0;
        if (!choice.machine()) {
            hungUp = connection != RegionDescriptor.NOT_ATTACHED;
        }
    }

    /** SIGSTOP, or a virtual machine that is paused, for a while. */
    void stop() {
        if (running) {
            world.tally().count(world.inTheMiddle(this) ? "guest stopped in the middle" : "guest stopped");
            stoppedUntilNanos = world.nowNanos() + world.random().nextLong(MAX_STOP_NANOS);
        }
    }

    /** Stops it for ever, its connection open. */
    void freezeForGood() {
        stoppedUntilNanos = Long.MAX_VALUE;
        absentUntilNanos = Long.MAX_VALUE;
    }

    /** SIGKILL for the program; with {@code machine} for the virtual machine in which it runs as well. */
    void kill(boolean machine) {
        if (!running) {
            hungUp |= machine && connection != RegionDescriptor.NOT_ATTACHED;
            return;
        }
        absentUntilNanos = Math.max(absentUntilNanos, absence());
        world.tally().count(world.inTheMiddle(this) ? "guest killed in the middle" : "guest killed");
        if (world.inTheMiddle(this)) {
            killed = true;
        } else {
            end();
        }
        hungUp |= machine;
    }

    /** Whether the guest's socket has been closed since the last call; its programs are dead then. */
    boolean hangUp() {
        if (!hungUp || running) {
            return false;
        }
        hungUp = false;
        connection = RegionDescriptor.NOT_ATTACHED;
        return true;
    }

    /** The stages that its program believes to have. */
    List<Stage> stages() {
        return stages;
    }

    boolean settled(List<? extends StandIn> standIns) {
        if (world.inTheMiddle(this) || hungUp || world.nowNanos() < stoppedUntilNanos) {
            return false;
        }
        if (absentUntilNanos == Long.MAX_VALUE) {
            return !running && standIns.stream().noneMatch(StandIn::ended);
        }
        return running && !asking && stages.stream().noneMatch(Stage::displaced);
    }

    @Override
    public String toString() {
        return "guest" + party + " " + choice + (running ? " running" : " absent until " + absentUntilNanos)
                + (asking ? " asking" : "") + (hungUp ? " hung up" : "") + " connection=" + connection
                + (world.nowNanos() < stoppedUntilNanos ? " stopped until " + stoppedUntilNanos : "")
                + (stages.stream().anyMatch(Stage::displaced) ? " displaced" : "");
    }
}
