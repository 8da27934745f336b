// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.pacing;

import io.sluice.shared.agent.Agent;

/** Never sleeps. */
final class SpinWaiting implements Waiting {
    @Override
    public void idle(int workCount, Agent agent) {
        if (workCount == 0) {
            Thread.onSpinWait();
        }
    }
}
