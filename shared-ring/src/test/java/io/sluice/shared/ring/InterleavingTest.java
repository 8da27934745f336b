// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.memory.Memory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Stages stepped in random order by one thread: they work, publish, sleep, are woken and lose their places to new
 * attachments. After each step the invariants hold: every slot passes through all hands once and in order, and nobody
 * sleeps on work that nobody will wake it for.
 */
class InterleavingTest {
    private static final int RUNS = 300;
    private static final long PACKETS_PER_RUN = 400;
    private static final int MAX_STEPS = 400_000;
    private static final int MAX_REATTACHMENTS = 60;

    /** One stage with the habits of an agent: it publishes and settles before it sleeps. */
    private static final class Actor {
        Stage stage;
        boolean asleep;
        long wanted;
        int bell;
        int unpublished;
        boolean midTurn;
        boolean outOfWork;
    }

    private static final class Simulation implements AutoCloseable {
        final Random random;
        final int stages;
        final int headStart;
        final TestRegion region;
        final Actor[] actors;
        final long[] finished;
        int reattachments;

        Simulation(long seed) {
            random = new Random(seed);
            stages = 2 + random.nextInt(4);
            final int slots = 8 << random.nextInt(3);
            headStart = slots - random.nextInt(2);
            if (random.nextBoolean()) {
                final int[] parties = new int[stages];
                for (int i = 1; i < stages - 1; i++) {
                    parties[i] = random.nextInt(3);
                }
                region = TestRegion.withHost(slots, headStart, parties);
            } else {
                region = TestRegion.of(slots, headStart, stages);
            }
            actors = new Actor[stages];
            finished = new long[stages];
            for (int i = 0; i < stages; i++) {
                actors[i] = new Actor();
                actors[i].stage = attach(i);
            }
        }

        Stage attach(int index) {
            return region.stage(index, (peer, vector) -> actors[vector].bell++);
        }

        void step() {
            final int index = random.nextInt(stages);
            final Actor actor = actors[index];
            final int dice = random.nextInt(1000);
            if (dice < 30 && reattachments < MAX_REATTACHMENTS && actor.unpublished == 0 && mayMove(actor.stage)) {
                reattach(index);
            } else if (!actor.asleep) {
                turn(index, actor);
            } else if (actor.bell > 0) {
                actor.bell = 0;
                actor.asleep = false;
                actor.stage.disarm();
            } else if (dice > 995) {
                // A signal, another descriptor, a time-out: it wakes and finds what it finds.
                actor.asleep = false;
                actor.stage.disarm();
            }
        }

        private void turn(int index, Actor actor) {
            if (actor.outOfWork) {
                actor.outOfWork = false;
                sleep(index, actor);
                return;
            }
            if (!actor.midTurn) {
                assertThat(actor.stage.refresh()).isTrue();
            }
            actor.midTurn = false;
            final int available = Math.min(actor.stage.available(), index == 0 ? remaining() : Integer.MAX_VALUE);
            final int work = available == 0 ? 0 : 1 + random.nextInt(available);
            for (int i = 0; i < work; i++) {
                handle(index, actor.stage);
                actor.stage.advance(1);
                actor.unpublished++;
                if (random.nextInt(4) == 0) {
                    publish(index, actor);
                }
            }
            if (work > 0 && random.nextInt(8) == 0) {
                actor.midTurn = true; // and others move before it goes on
                return;
            }
            publish(index, actor);
            if (actor.stage.available() == 0) {
                actor.stage.settle();
                actor.outOfWork = true; // and others move before it sleeps
            }
        }

        private void sleep(int index, Actor actor) {
            // Together the stages want less than the ring holds, or all could wait for each other.
            actor.wanted = index == 0 ? 1 : Math.min(1 + random.nextInt(headStart / stages), left(actor));
            if (actor.wanted > 0 && actor.stage.arm((int) actor.wanted)) {
                actor.asleep = true;
            }
        }

        private long left(Actor actor) {
            return PACKETS_PER_RUN - actor.stage.position();
        }

        private int remaining() {
            return (int) left(actors[0]);
        }

        private void publish(int index, Actor actor) {
            if (actor.unpublished > 0) {
                actor.stage.publish();
                finished[index] = actor.stage.position();
                actor.unpublished = 0;
            }
        }

        /** The buffer says who had it last: packet number times stages, plus the stage whose turn is next. */
        private void handle(int index, Stage stage) {
            final long position = stage.position();
            final long owner = stage.bufferAddress(position);
            final int slots = stage.ring().slots();
            final long expected =
                    index == 0 ? position < slots ? 0 : (position - slots + 1) * stages : position * stages + index;
            assertThat(Memory.longAt(owner))
                    .as("stage %d of %d at %d", index, stages, position)
                    .isEqualTo(expected);
            Memory.longAt(owner, position * stages + index + 1);
        }

        /** A host that keeps a private copy keeps its own lines for the region's life. */
        private boolean mayMove(Stage stage) {
            return region.directory() == region.hostDirectory() || stage.ring().party(stage.index()) != 0;
        }

        /** The holder is gone; the host gives its place, where it stood, to a new one. */
        private void reattach(int index) {
            reattachments++;
            final Stage old = actors[index].stage;
            region.peerId(old.ring().party(index), random.nextInt(8));
            region.reattach(index, finished[index]);
            assertThat(old.refresh()).isFalse();
            actors[index] = new Actor();
            actors[index].stage = attach(index);
        }

        /** Whoever sleeps and has its work is to be woken, at the latest by a predecessor that is still awake. */
        void check() {
            for (int i = 0; i < stages; i++) {
                final Actor actor = actors[i];
                final int before = (i + stages - 1) % stages;
                final long reached = finished[before] + (i == 0 ? headStart : 0);
                assertThat(finished[i]).isLessThanOrEqualTo(reached);
                assertThat(actor.stage.violation()).isEqualTo(Violation.NONE);
                final boolean mayWork = reached - finished[i] >= actor.wanted;
                if (actor.asleep && mayWork && actor.bell == 0) {
                    assertThat(actors[before].asleep)
                            .as("stage %d of %d sleeps on work, and so does the one before it", i, stages)
                            .isFalse();
                }
            }
        }

        boolean done() {
            return finished[stages - 1] == PACKETS_PER_RUN;
        }

        @Override
        public void close() {
            region.close();
        }
    }

    @Test
    void shouldLoseNoSlotAndNoWakeUpInAnyOrder() {
        final long first = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("sluice.seed=" + first);
        long kicks = 0;
        for (int run = 0; run < RUNS; run++) {
            final long seed = first + run;
            try (Simulation simulation = new Simulation(seed)) {
                int steps = 0;
                while (!simulation.done()) {
                    simulation.step();
                    simulation.check();
                    assertThat(++steps).as("steps, seed=%d", seed).isLessThan(MAX_STEPS);
                }
                for (Actor actor : simulation.actors) {
                    kicks += actor.stage.kicks();
                }
            } catch (AssertionError e) {
                throw new AssertionError("repeat with -Dsluice.seed=" + seed, e);
            }
        }
        assertThat(kicks).isPositive();
    }
}
