// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.agent;

import io.sluice.shared.pacing.WaitSet;
import java.util.List;

/** Several agents that take turns on one thread, as one agent. */
public final class CompositeAgent implements Agent {
    private final String roleName;
    private final Agent[] agents;

    public CompositeAgent(String roleName, List<? extends Agent> agents) {
        this.roleName = roleName;
        this.agents = agents.toArray(Agent[]::new);
    }

    @Override
    public String roleName() {
        return roleName;
    }

    @Override
    public int doWork() {
        int work = 0;
        for (Agent agent : agents) {
            if (!agent.done()) {
                work += agent.doWork();
            }
        }
        return work;
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        for (Agent agent : agents) {
            if (!agent.done() && !agent.arm(waitSet)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void disarm() {
        for (Agent agent : agents) {
            if (!agent.done()) {
                agent.disarm();
            }
        }
    }

    /** True once every part is. */
    @Override
    public boolean done() {
        for (Agent agent : agents) {
            if (!agent.done()) {
                return false;
            }
        }
        return true;
    }

    /** Closes every part, also where one of them fails; the first failure is thrown with the others attached. */
    @Override
    public void onClose() {
        RuntimeException failure = null;
        for (Agent agent : agents) {
            try {
                agent.onClose();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
