// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.Sleeper;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.posix.PollSet;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.Stage;
import java.util.SplittableRandom;

/**
 * An agent's sleeps, each looked at as it ends. One that ended by the sleeper's bound although the position it waits for
 * had been reached may have missed its kick by a hair: it is given {@link #GRACE_NANOS} more. A kick that does not come
 * then, while nobody knows that this stage waits, is lost.
 *
 * <p>Before some turns the agent tarries, so that going to sleep and publishing meet in every way.
 */
final class SleepWatch implements Agent {
    private static final long GRACE_NANOS = 1_000_000_000L;
    private static final int MAX_SPINS = 100;

    private final Agent agent;
    private final Stage stage;
    private final Sleeper sleeper;
    private final int bell;
    private final SplittableRandom random;
    private final PollSet pollSet = new PollSet(1);
    private long boundsSeen;
    private volatile long sleeps;
    private int late;
    private int lost;

    SleepWatch(Agent agent, Stage stage, LocalRing ring, long seed) {
        this.agent = agent;
        this.stage = stage;
        this.sleeper = ring.sleeper(stage.index());
        this.bell = ring.bell(stage.index());
        this.random = new SplittableRandom(seed + stage.index());
    }

    @Override
    public String roleName() {
        return agent.roleName();
    }

    @Override
    public int doWork() {
        for (int spins = random.nextInt(4) == 0 ? random.nextInt(MAX_SPINS) : 0; spins > 0; spins--) {
            Thread.onSpinWait();
        }
        return agent.doWork();
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        return agent.arm(waitSet);
    }

    @Override
    public void disarm() {
        sleeps = sleeper.sleeps();
        if (sleeper.boundsReached() != boundsSeen) {
            boundsSeen = sleeper.boundsReached();
            if (awaited()) {
                awaitLateKick();
            }
        }
        agent.disarm();
    }

    /** Whether the position for which this stage still asks to be woken has been reached. */
    private boolean awaited() {
        final Ring ring = stage.ring();
        final int before = (stage.index() == 0 ? ring.stageCount() : stage.index()) - 1;
        final long wakeAt = Memory.longOpaque(ring.lineAddress(stage.index()) + RegionDescriptor.LINE_WAKE_OFFSET);
        return ring.positionAcquire(before) >= wakeAt;
    }

    private void awaitLateKick() {
        pollSet.clear();
        pollSet.add(bell, PollSet.READABLE);
        if (pollSet.await(GRACE_NANOS) > 0) {
            EventFd.drain(bell);
            late++;
        } else {
            lost++;
        }
    }

    /** How often the agent has slept. */
    long sleeps() {
        return sleeps;
    }

    /** Sleeps that ended by their bound; once the thread has ended, as what follows. */
    long boundsReached() {
        return boundsSeen;
    }

    /** Kicks that came after the bound. */
    int late() {
        return late;
    }

    /** Kicks that never came. */
    int lost() {
        return lost;
    }

    @Override
    public boolean done() {
        return agent.done();
    }

    @Override
    public void onClose() {
        agent.onClose();
        pollSet.close();
    }
}
