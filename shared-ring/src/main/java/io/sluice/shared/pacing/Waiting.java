// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.pacing;

import io.sluice.shared.agent.Agent;

/** Decides what a thread does when its agents found nothing to do; used by that thread alone. */
public interface Waiting {
    /** Called after each turn with what it did; waits, or returns at once. */
    void idle(int workCount, Agent agent);

    /** The policy for {@code mode}. */
    static Waiting of(WaitMode mode, Sleeper sleeper) {
        return switch (mode) {
            case SPIN -> new SpinWaiting();
            case ADAPTIVE -> new AdaptiveWaiting(sleeper);
            case BLOCK -> new AdaptiveWaiting(sleeper, 0);
        };
    }
}
