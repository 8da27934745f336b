// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.agent.CompositeAgent;
import io.sluice.shared.pacing.WaitSet;
import java.util.List;

/** What one helper thread of a chain does: its stages' work in turns, in all segments, and the watch over their guests. */
public final class HelperAgent implements Agent {
    private final CompositeAgent agents;
    private final HostStages[] segments;

    /** Takes turns at {@code agents}, which run the stages that {@code segments} hold. */
    public HelperAgent(String roleName, List<Agent> agents, List<HostStages> segments) {
        this.agents = new CompositeAgent(roleName, agents);
        this.segments = segments.toArray(HostStages[]::new);
    }

    @Override
    public String roleName() {
        return agents.roleName();
    }

    @Override
    public int doWork() {
        final int work = agents.doWork();
        for (HostStages stages : segments) {
            stages.watch();
        }
        return work;
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        for (HostStages stages : segments) {
            stages.await(waitSet);
        }
        return agents.arm(waitSet);
    }

    @Override
    public void disarm() {
        agents.disarm();
    }

    @Override
    public boolean done() {
        return agents.done();
    }

    @Override
    public void onClose() {
        agents.onClose();
    }
}
