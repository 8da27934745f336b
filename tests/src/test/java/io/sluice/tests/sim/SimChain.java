// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.attach.LossPolicy;
import io.sluice.host.chain.CopyAgent;
import io.sluice.host.chain.HelperAgent;
import io.sluice.host.endpoint.ReceiveAgent;
import io.sluice.host.endpoint.TransmitAgent;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A chain as the seed will have it: one region, or two with a copying stage between them, packets one way or both ways,
 * up to three guests in each region. A run has three parts.
 *
 * <pre>
 *   chaos     guests are stopped, continued, killed and come back, at any step, and so does the backend; in one run
 *             of six a guest lies, and its region is retired in the end
 *   rest      everybody comes back, or the host stands in for good
 *   calm      the clock stands still, so that nobody wakes up who is not woken; packets must get through all the same
 * </pre>
 */
final class SimChain implements Actor, AutoCloseable {
    private static final long NO_STALL_NANOS = Long.MAX_VALUE / 2;
    private static final int MAX_CHAOS_STEPS = 2_000;
    private static final int MAX_REST_STEPS = 200_000;
    private static final int MAX_CALM_STEPS = 400_000;

    private final World world;
    private final SplittableRandom random;
    private final List<SimRegion> regions = new ArrayList<>();
    private final List<Flow> flows = new ArrayList<>();
    private final Helper backend = new Helper();
    private SimThread helper;
    private boolean killed;
    private boolean chaos = true;
    private Liar liar;

    SimChain(long seed, Path folder, Flaw flaw, Tally tally) throws IOException {
        world = new World(seed, tally, this::check);
        random = world.random();
        // As many as a chain's least, so that what is kept from late guests leaves room.
        final int slots = 256;
        final int rings = 1 + random.nextInt(2);
        final int count = world.onceIn(3) ? 2 : 1;
        for (int number = 0; number < count; number++) {
            final SimRegion region = new SimRegion(world, number, slots, rings, choices(), folder, flaw);
            regions.add(region);
            world.add(region);
        }
        for (int ring = 0; ring < rings; ring++) {
            flows.add(new Flow(this::meanwhile));
        }
        begin();
        world.add(backend);
        world.add(this);
        for (SimRegion region : regions) {
            region.firstOf(count == 1 ? 0b11 : region.number() == 0 ? 0b01 : 0b10);
            region.guests().forEach(world::add);
        }
        if (flaw == Flaw.NONE && world.onceIn(6)) {
            final SimRegion region = regions.get(random.nextInt(count));
            liar = new Liar(random, region, 1 + random.nextInt(region.guests().size()));
        }
    }

    /** Starts the host's work, in new regions or in those of a backend that was killed. */
    private void begin() {
        final List<Agent> agents = new ArrayList<>();
        for (int ring = 0; ring < flows.size(); ring++) {
            agents.addAll(agents(ring));
        }
        helper = new SimThread(
                world,
                new HelperAgent(
                        "helper",
                        agents,
                        regions.stream().map(SimRegion::stages).toList()),
                true,
                () -> flows.stream().anyMatch(Flow::hasMore));
        regions.forEach(region -> region.open(helper, flows));
    }

    /** SIGKILL for the backend, and another one that goes on with what it left. */
    private void kill() {
        if (regions.stream().anyMatch(region -> region.lied())) {
            return;
        }
        if (world.inTheMiddle(backend)) {
            killed = true;
        } else {
            inherit();
        }
    }

    private void inherit() {
        world.tally().count(killed ? "backend killed in the middle" : "backend killed");
        killed = false;
        flows.forEach(Flow::backendKilled);
        try {
            for (SimRegion region : regions) {
                region.inherit();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        begin();
    }

    /** In the middle of a packet that enters or leaves: others take steps, and the backend may be killed. */
    private void meanwhile() {
        world.interleave();
        if (killed) {
            throw new Killed();
        }
    }

    private List<SimRegion.Choice> choices() {
        final List<SimRegion.Choice> choices = new ArrayList<>();
        for (int guests = 1 + random.nextInt(3); guests > 0; guests--) {
            final LossPolicy policy = LossPolicy.values()[random.nextInt(LossPolicy.values().length)];
            choices.add(new SimRegion.Choice(policy, random.nextBoolean(), !world.onceIn(5)));
        }
        return choices;
    }

    private List<Agent> agents(int ring) {
        final Flow flow = flows.get(ring);
        final List<SimRegion> way = ring == 0 ? regions : regions.reversed();
        final List<Agent> agents = new ArrayList<>();
        final Stage first = way.getFirst().hostStage(ring, 0);
        agents.add(new ReceiveAgent("source", first, flow.new Source()));
        for (int i = 0; i < way.size(); i++) {
            agents.addAll(way.get(i).standIns(ring));
            final Stage end = way.get(i).hostStage(ring, way.get(i).ring(ring).stageCount() - 1);
            if (i + 1 < way.size()) {
                agents.add(new CopyAgent("copy", end, way.get(i + 1).hostStage(ring, 0), NO_STALL_NANOS));
            } else {
                flow.ends(first, end);
                agents.add(new TransmitAgent("sink", end, flow.new Sink(), null, NO_STALL_NANOS));
            }
        }
        return agents;
    }

    /** Runs it all, and fails where anything is lost that no counter tells of. */
    void run() {
        for (final long end = world.steps() + random.nextInt(MAX_CHAOS_STEPS); world.steps() < end; ) {
            assertThat(world.step()).as("somebody can do something").isTrue();
        }
        if (liar != null) {
            expose();
        }
        chaos = false;
        honest().forEach(region -> region.guests().forEach(SimGuest::calmDown));
        stepUntil("everybody is back", MAX_REST_STEPS, () -> honest().stream().allMatch(SimRegion::settled));
        stepUntil("the rings are empty", MAX_REST_STEPS, this::drained);
        stepUntil(
                "everybody is still there",
                MAX_REST_STEPS,
                () -> honest().stream().allMatch(SimRegion::settled));
        world.freeze();
        flows.forEach(flow -> flow.offer(50 + random.nextInt(100)));
        stepUntil("the rings are empty, by kicks alone", MAX_CALM_STEPS, this::drained);
        world.tally().add("step", world.steps());
        for (int ring = 0; ring < flows.size() && liar == null; ring++) {
            flows.get(ring).close(drops(ring));
            world.tally().add("packet", flows.get(ring).entered());
        }
    }

    /** A lie that cannot be the truth: the region of who tells it is retired within a second, with a reason. */
    private void expose() {
        distrust();
        liar.region().guests().get(liar.party() - 1).freezeForGood();
        final long[] toldNanos = {liar.region().retiredNanos()};
        stepUntil("the liar's region is retired", MAX_REST_STEPS, () -> {
            if (!liar.region().region().retired()) {
                // Again and again: the host may be doing the liar's work, and publish over it.
                liar.lieForCertain();
                toldNanos[0] = world.nowNanos();
            }
            return liar.region().region().retired();
        });
        assertThat(liar.region().retiredNanos() - toldNanos[0])
                .as("time until the retirement")
                .isLessThan(1_000_000_000);
        assertThat(liar.region().region().retireReason()).isNotEqualTo(Violation.NONE);
    }

    private void distrust() {
        liar.region().distrust();
        flows.forEach(Flow::distrust);
    }

    /** The regions in which nobody lies. */
    private List<SimRegion> honest() {
        return regions.stream().filter(region -> !region.lied()).toList();
    }

    private interface Condition {
        boolean holds();
    }

    private void stepUntil(String what, int maxSteps, Condition condition) {
        for (int steps = 0; !condition.holds(); steps++) {
            assertThat(world.step())
                    .as("%s: everybody sleeps, and nobody will wake them%s", what, this)
                    .isTrue();
            assertThat(steps).as("steps until %s%s", what, this).isLessThan(maxSteps);
        }
    }

    private boolean drained() {
        for (int ring = 0; ring < flows.size(); ring++) {
            final int index = ring;
            final SimRegion first = ring == 0 ? regions.getFirst() : regions.getLast();
            if (!first.lied() && !flows.get(ring).exhausted()
                    || !honest().stream().allMatch(region -> region.drained(index))) {
                return false;
            }
        }
        return true;
    }

    private long drops(int ring) {
        long drops = 0;
        for (SimRegion region : regions) {
            for (int stage = 0; stage < region.ring(ring).stageCount(); stage++) {
                for (DropReason reason : DropReason.values()) {
                    drops += region.ring(ring).counters(stage).drops(reason);
                }
            }
        }
        return drops;
    }

    private void check() {
        regions.forEach(SimRegion::check);
    }

    /** Misfortune: it feeds the sources as well. */
    @Override
    public boolean runnable() {
        return chaos;
    }

    @Override
    public long dueNanos() {
        return Long.MAX_VALUE;
    }

    @Override
    public void step() {
        if (liar != null && world.onceIn(20)) {
            distrust();
            liar.lie();
            world.tally().count("lie");
        }
        flows.get(random.nextInt(flows.size())).offer(random.nextInt(16));
        final SimRegion region = regions.get(random.nextInt(regions.size()));
        final SimGuest guest =
                region.guests().get(random.nextInt(region.guests().size()));
        switch (random.nextInt(60)) {
            case 0, 1 -> guest.stop();
            case 2, 3 -> guest.kill(false);
            case 4 -> guest.kill(true);
            case 5 -> kill();
            default -> {
                // This time nothing happens to anybody.
            }
        }
    }

    /** The helper thread. */
    private final class Helper implements Actor {
        @Override
        public boolean runnable() {
            return helper.runnable();
        }

        @Override
        public long dueNanos() {
            return helper.dueNanos();
        }

        @Override
        public void step() {
            try {
                helper.step();
            } catch (Killed e) {
                inherit();
            }
        }
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder("\n  now " + world.nowNanos());
        for (SimRegion region : regions) {
            region.guests().forEach(guest -> text.append("\n  ").append(guest));
            for (int r = 0; r < flows.size(); r++) {
                final Ring ring = region.ring(r);
                text.append("\n  region ")
                        .append(region.number())
                        .append(" ring ")
                        .append(r)
                        .append(':');
                for (int stage = 0; stage < ring.stageCount(); stage++) {
                    text.append(' ').append(ring.label(stage)).append('=').append(ring.positionAcquire(stage));
                    text.append(ring.asleep(stage) ? " asleep" : "");
                }
            }
        }
        return text.toString();
    }

    @Override
    public void close() {
        regions.forEach(SimRegion::close);
    }
}
