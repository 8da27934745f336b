// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.ring;

import io.sluice.guest.vnf.Forward;
import io.sluice.shared.function.FunctionAgent;
import io.sluice.shared.ring.Stage;

/** A stage between: the packet function {@code forward}, run as guests run it. */
final class GuestFunction implements Turn {
    private final FunctionAgent agent;

    GuestFunction(Stage stage) {
        agent = new FunctionAgent("forward", stage, new Forward(false));
    }

    @Override
    public int turn(long target) {
        final int work = agent.doWork();
        Turns.check(!agent.done());
        return work;
    }

    @Override
    public long position() {
        return agent.stage().position();
    }
}
