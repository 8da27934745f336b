// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.port;

import io.sluice.host.ixgbe.model.Model82599;
import io.sluice.host.ixgbe.queue.IdleLimit;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.pacing.Bell;
import io.sluice.shared.pacing.WaitSet;

/**
 * Gives a card in software its turns, and lets its thread sleep longer the longer nothing has happened: it looks at
 * memory that drivers write to without telling it. Where the thread that writes there is the same one, it need not look
 * at all, and sleeps until its wire wakes it.
 */
final class ModelAgent implements Agent {
    private final Model82599 model;
    private final boolean told;
    private final IdleLimit idleLimit = new IdleLimit();
    private final PatientSet patient = new PatientSet();

    /**
     * Turns for {@code model}.
     *
     * @param told whether whatever its drivers do happens in this agent's thread
     */
    ModelAgent(Model82599 model, boolean told) {
        this.model = model;
        this.told = told;
    }

    @Override
    public String roleName() {
        return model.roleName();
    }

    @Override
    public int doWork() {
        final int work = model.doWork();
        idleLimit.turned(work > 0);
        return work;
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        patient.set = waitSet;
        return model.arm(patient);
    }

    @Override
    public void disarm() {
        model.disarm();
    }

    @Override
    public boolean done() {
        return model.done();
    }

    /** A wait set in which nothing is due sooner than patience allows. */
    private final class PatientSet implements WaitSet {
        private static final long TOLD_NANOS = 20_000_000;

        private WaitSet set;

        @Override
        public boolean canBeKicked() {
            return set.canBeKicked();
        }

        @Override
        public void awaitKick(Bell bell) {
            set.awaitKick(bell);
        }

        @Override
        public void awaitReadable(int descriptor) {
            set.awaitReadable(descriptor);
        }

        @Override
        public void awaitWritable(int descriptor) {
            set.awaitWritable(descriptor);
        }

        @Override
        public void dueIn(long nanos) {
            set.dueIn(Math.max(nanos, told ? TOLD_NANOS : idleLimit.nanos()));
        }
    }
}
