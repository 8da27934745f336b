// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.sim;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.pacing.Bell;
import io.sluice.shared.pacing.WaitSet;
import java.util.function.BooleanSupplier;

/** What a thread does with an agent, one turn at a time: it works, and goes to sleep between turns without work. */
final class SimThread implements WaitSet {
    private static final long MAX_SLEEP_NANOS = 100_000_000;
    private static final long MAX_BLIND_NANOS = 2_000_000;

    private final World world;
    private final Agent agent;
    private final boolean canBeKicked;
    private final BooleanSupplier readable;
    private boolean rung;
    private boolean awaitsReadable;
    private boolean asleep;
    private boolean outOfWork;
    private long boundNanos;
    private long dueNanos;

    /**
     * @param canBeKicked false for a guest without interrupts
     * @param readable whether a descriptor that the agent waits for has something
     */
    SimThread(World world, Agent agent, boolean canBeKicked, BooleanSupplier readable) {
        this.world = world;
        this.agent = agent;
        this.canBeKicked = canBeKicked;
        this.readable = readable;
    }

    Agent agent() {
        return agent;
    }

    /** Rings a bell of this thread's; it waits for all of them whenever it sleeps. */
    void ring() {
        rung = true;
    }

    boolean runnable() {
        return !asleep || woken() || dueNanos() <= world.nowNanos();
    }

    private boolean woken() {
        return rung || awaitsReadable && readable.getAsBoolean();
    }

    /** With the clock stopped, a sleep that only its bound would end does not end. */
    long dueNanos() {
        if (!asleep) {
            return world.nowNanos();
        }
        return world.frozen() && dueNanos == boundNanos ? Long.MAX_VALUE : world.frozen() ? 0 : dueNanos;
    }

    void step() {
        if (asleep) {
            rung = false;
            asleep = false;
            agent.disarm();
        } else if (outOfWork) {
            outOfWork = false;
            sleep();
        } else {
            // Between finding nothing and going to sleep, others take steps.
            outOfWork = agent.doWork() == 0;
        }
    }

    private void sleep() {
        awaitsReadable = false;
        boundNanos = world.nowNanos() + MAX_SLEEP_NANOS;
        dueNanos = canBeKicked ? boundNanos : world.nowNanos() + world.random().nextLong(MAX_BLIND_NANOS);
        asleep = agent.arm(this);
        if (!asleep) {
            agent.disarm();
        }
    }

    @Override
    public boolean canBeKicked() {
        return canBeKicked;
    }

    @Override
    public void awaitKick(Bell bell) {
        // It waits for all.
    }

    @Override
    public void awaitReadable(int descriptor) {
        awaitsReadable = true;
    }

    @Override
    public void awaitWritable(int descriptor) {
        throw new IllegalStateException("no output here is ever full");
    }

    @Override
    public void dueIn(long nanos) {
        dueNanos = Math.min(dueNanos, world.nowNanos() + nanos);
    }
}
