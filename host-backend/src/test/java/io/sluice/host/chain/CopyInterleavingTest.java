// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.function.FunctionAgent;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.Bell;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.Violation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Regions joined by copying stages, all their agents stepped in random order by one thread; they sleep and are woken as
 * threads do. After each step the rings' invariants hold; no packet is lost, doubled or overtaken; and while packets
 * are left somebody is awake or has been called. In half of the runs a region is retired on the way, and the others
 * carry on.
 */
class CopyInterleavingTest {
    private static final int RUNS = 200;
    private static final long PACKETS = 300;
    private static final int MAX_STEPS = 100_000;
    private static final int NOBODY = -1;

    @TempDir
    private Path folder;

    /** One agent as its thread runs it. */
    private static final class Actor implements WaitSet {
        final Agent agent;
        boolean outOfWork;
        boolean asleep;
        int bell;
        boolean due;

        Actor(Agent agent) {
            this.agent = agent;
        }

        void step() {
            if (asleep) {
                if (bell > 0 || due) {
                    bell = 0;
                    asleep = false;
                    agent.disarm();
                }
            } else if (outOfWork) {
                outOfWork = false;
                due = false;
                asleep = agent.arm(this);
                if (!asleep) {
                    agent.disarm();
                }
            } else {
                outOfWork = agent.doWork() == 0;
            }
        }

        boolean mayMove() {
            return !asleep || bell > 0 || due;
        }

        @Override
        public boolean canBeKicked() {
            return true;
        }

        @Override
        public void awaitKick(Bell ringing) {}

        @Override
        public void awaitReadable(int descriptor) {}

        @Override
        public void awaitWritable(int descriptor) {}

        @Override
        public void dueIn(long nanos) {
            // A stall that lies years ahead is no reason to wake up; one that is over is.
            due = nanos == 0;
        }
    }

    /** A first or last stage: as many slots as there are, each one handled. */
    private abstract static class End implements Agent {
        final Stage stage;

        End(Stage stage) {
            this.stage = stage;
        }

        abstract boolean handle(long position);

        @Override
        public int doWork() {
            if (!stage.refresh()) {
                return 0;
            }
            int work = 0;
            while (stage.available() > 0 && handle(stage.position())) {
                stage.advance(1);
                work++;
            }
            if (work > 0) {
                stage.publish();
                stage.settle();
            }
            return work;
        }

        @Override
        public String roleName() {
            return "end";
        }

        @Override
        public boolean arm(WaitSet waitSet) {
            return stage.arm(1);
        }

        @Override
        public void disarm() {
            stage.disarm();
        }
    }

    private static final class Simulation implements AutoCloseable {
        final Random random;
        final int count;
        final int retiring;
        final JoinedRegions regions;
        final List<Actor> actors = new ArrayList<>();
        final List<Long> arrived = new ArrayList<>();
        final List<Long> dropped = new ArrayList<>();
        long sent;

        Simulation(long seed, Path folder) {
            random = new Random(seed);
            count = 2 + random.nextInt(2);
            retiring = random.nextBoolean() ? NOBODY : random.nextInt(count);
            final int guests = 1 + random.nextInt(2);
            regions = new JoinedRegions(
                    folder, count, guests, 8 << random.nextInt(3), (peer, vector) -> actors.get(vector).bell++);
            actors.add(new Actor(new End(regions.first()) {
                @Override
                boolean handle(long position) {
                    if (sent == PACKETS) {
                        return false;
                    }
                    final int length = 8 + random.nextInt(100);
                    JoinedRegions.fill(stage, length, 0, SlotWord.OUTPUT_FORWARD, sent, sent);
                    stage.advance(-1); // the loop does
                    sent++;
                    return true;
                }

                @Override
                public boolean arm(WaitSet waitSet) {
                    return sent == PACKETS || super.arm(waitSet);
                }
            }));
            for (int region = 0; region < count; region++) {
                for (int guest = 1; guest <= guests; guest++) {
                    actors.add(new Actor(new FunctionAgent("guest", regions.guest(region, guest), (packet, way) -> {
                        if (random.nextInt(20) == 0) {
                            dropped.add(packet.timestampNanos());
                            packet.drop(DropReason.DENIED);
                        }
                    })));
                }
                if (region < count - 1) {
                    actors.add(new Actor(regions.copy(region, Long.MAX_VALUE / 2)));
                }
            }
            actors.add(new Actor(new End(regions.last()) {
                @Override
                boolean handle(long position) {
                    final long word = Memory.longOpaque(stage.slotAddress(position));
                    if (SlotWord.outputs(word) != 0) {
                        arrived.add(Memory.longAt(stage.bufferAddress(position) + SlotWord.offset(word)));
                    }
                    return true;
                }
            }));
        }

        void step() {
            if (retiring != NOBODY && random.nextInt(500) == 0) {
                regions.region(retiring).retire(Violation.NONE, "");
            }
            final Actor actor = actors.get(random.nextInt(actors.size()));
            if (retiring != NOBODY && random.nextInt(50) == 0) {
                // Nobody rings for a region's end: no sleep is unbounded for that reason.
                actor.due = true;
            }
            actor.step();
        }

        void check() {
            for (int region = 0; region < count; region++) {
                final Ring ring = regions.ring(region);
                final int last = ring.stageCount() - 1;
                for (int stage = 1; stage <= last; stage++) {
                    assertThat(ring.positionAcquire(stage)).isLessThanOrEqualTo(ring.positionAcquire(stage - 1));
                }
                assertThat(ring.positionAcquire(0) - ring.positionAcquire(last)).isBetween(0L, (long) ring.slots());
            }
            if (!done()) {
                assertThat(retiring != NOBODY || actors.stream().anyMatch(Actor::mayMove))
                        .as("somebody to carry on")
                        .isTrue();
            }
        }

        /** All that can move has moved. */
        boolean done() {
            if (retiring != NOBODY && !regions.region(retiring).retired()) {
                return false;
            }
            for (int region = 0; region < count; region++) {
                final Ring ring = regions.ring(region);
                if (region != retiring && ring.positionAcquire(0) != ring.positionAcquire(ring.stageCount() - 1)) {
                    return false;
                }
            }
            return retiring == 0 || sent == PACKETS;
        }

        void checkArrivals() {
            assertThat(arrived).isSorted().doesNotHaveDuplicates();
            if (retiring == NOBODY) {
                assertThat(arrived).hasSize((int) PACKETS - dropped.size()).doesNotContainAnyElementsOf(dropped);
            }
        }

        @Override
        public void close() {
            regions.close();
        }
    }

    @Test
    void shouldLoseNoPacketAndNoWakeUpInAnyOrder() {
        final long first = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("sluice.seed=" + first);
        for (int run = 0; run < RUNS; run++) {
            final long seed = first + run;
            try (Simulation simulation = new Simulation(seed, folder)) {
                int steps = 0;
                while (!simulation.done()) {
                    simulation.step();
                    simulation.check();
                    assertThat(++steps).as("steps, seed=%d", seed).isLessThan(MAX_STEPS);
                }
                simulation.checkArrivals();
            } catch (AssertionError e) {
                throw new AssertionError("repeat with -Dsluice.seed=" + seed, e);
            }
        }
    }
}
