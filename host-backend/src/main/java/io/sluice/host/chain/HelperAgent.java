// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.agent.CompositeAgent;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.Violation;
import java.util.List;
import java.util.function.Consumer;

/**
 * What one helper thread of a chain does: its stages' work in turns, and telling what a guest next to one of them has
 * done wrong. A stage stops by itself then; somebody has to say so, or its chain would stand still without a word.
 */
final class HelperAgent implements Agent {
    private final CompositeAgent agents;
    private final Stage[] stages;
    private final Consumer<Stage> onViolation;

    /** Takes turns at {@code agents}, which run {@code stages}; {@code onViolation} retires the region. */
    HelperAgent(String roleName, List<Agent> agents, List<Stage> stages, Consumer<Stage> onViolation) {
        this.agents = new CompositeAgent(roleName, agents);
        this.stages = stages.toArray(Stage[]::new);
        this.onViolation = onViolation;
    }

    @Override
    public String roleName() {
        return agents.roleName();
    }

    @Override
    public int doWork() {
        final int work = agents.doWork();
        for (Stage stage : stages) {
            if (stage.violation() != Violation.NONE) {
                onViolation.accept(stage);
            }
        }
        return work;
    }

    @Override
    public boolean arm(WaitSet waitSet) {
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
