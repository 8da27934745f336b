// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.pacing.WaitSet;
import java.util.function.Supplier;

/**
 * Runs a guest's program on its stages, and asks for them again when the host has taken them back, because this process
 * or its virtual machine was stopped for a while.
 */
final class SeatedAgent implements Agent {
    private static final System.Logger LOG = System.getLogger(SeatedAgent.class.getName());
    private static final long ASKING_NANOS = 1_000_000L;

    private final String roleName;
    private final GuestSeat seat;
    private final Supplier<? extends Agent> program;
    private Agent agent;
    private boolean done;

    /** Runs what {@code program} makes of the stages that {@code seat} has now, and later of others. */
    SeatedAgent(String roleName, GuestSeat seat, Supplier<? extends Agent> program) {
        this.roleName = roleName;
        this.seat = seat;
        this.program = program;
        this.agent = program.get();
    }

    @Override
    public String roleName() {
        return roleName;
    }

    @Override
    public int doWork() {
        if (agent == null) {
            if (!seat.granted()) {
                done = seat.overruled();
                return 0;
            }
            LOG.log(System.Logger.Level.INFO, "{0} has its place again", roleName);
            agent = program.get();
        }
        final int work = agent.doWork();
        if (agent.done()) {
            leave();
        }
        return work;
    }

    private void leave() {
        if (!seat.mayAskAgain()) {
            done = true;
            return;
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "{0} was silent for too long, so that the host took its place; asking for it again",
                roleName);
        agent.onClose();
        agent = null;
        seat.ask();
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        if (agent != null) {
            return agent.arm(waitSet);
        }
        waitSet.dueIn(ASKING_NANOS);
        return true;
    }

    @Override
    public void disarm() {
        if (agent != null) {
            agent.disarm();
        }
    }

    @Override
    public boolean done() {
        return done;
    }

    @Override
    public void onClose() {
        if (agent != null) {
            agent.onClose();
        }
    }
}
