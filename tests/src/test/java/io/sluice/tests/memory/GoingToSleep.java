// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.memory;

import io.sluice.shared.ring.Stage;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JI_Result;

/** A stage goes to sleep while the other publishes its last slot: first the kicks, then whether it sleeps. */
public final class GoingToSleep {
    private GoingToSleep() {}

    /** The next stage waits for a slot. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "it saw the slot and stays awake")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "it sleeps and is kicked")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a wake-up lost")
    @State
    public static class ForASlot {
        private final SmallRegion region = new SmallRegion();
        private final Stage first = region.stage(0);
        private final Stage last = region.stage(1);

        @Actor
        public void publisher(JI_Result result) {
            first.advance(1);
            first.publish();
            first.settle();
            result.r1 = first.kicks();
        }

        @Actor
        public void sleeper(JI_Result result) {
            result.r2 = last.arm(1) ? 1 : 0;
        }
    }

    /** The first stage waits for room on a full ring. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "it saw the room and stays awake")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "it sleeps and is kicked")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a wake-up lost")
    @State
    public static class ForRoom {
        private final SmallRegion region = new SmallRegion();
        private final Stage first = region.stage(0);
        private final Stage last = region.stage(1);

        public ForRoom() {
            first.advance(SmallRegion.SLOTS);
            first.publish();
            last.available();
        }

        @Actor
        public void publisher(JI_Result result) {
            last.advance(1);
            last.publish();
            last.settle();
            result.r1 = last.kicks();
        }

        @Actor
        public void sleeper(JI_Result result) {
            result.r2 = first.arm(1) ? 1 : 0;
        }
    }
}
