// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.memory;

import io.sluice.shared.ring.Stage;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.JI_Result;

/** A stage goes to a new attachment, on a line of its own, while its neighbour works. */
public final class NewAttachment {
    private NewAttachment() {}

    /** The next stage's new holder goes to sleep at once: whoever published on must learn of its line and kick. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "it saw the slot and stays awake")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "it sleeps and is kicked")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a wake-up lost")
    @State
    public static class OfASleeper {
        private final SmallRegion region = new SmallRegion();
        private final Stage first = region.stage(0);

        @Actor
        public void publisher(JI_Result result) {
            first.advance(1);
            first.publish();
            first.settle();
            first.refresh();
            result.r1 = first.kicks();
        }

        @Actor
        public void host(JI_Result result) {
            region.reattach(1);
            result.r2 = region.stage(1).arm(1) ? 1 : 0;
        }
    }

    /** The publisher's new holder publishes on its own line: a sleeper must not wait on the old one. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "it saw the slot and stays awake")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "it sleeps and is kicked")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a wake-up lost")
    @State
    public static class OfAPublisher {
        private final SmallRegion region = new SmallRegion();
        private final Stage last = region.stage(1);

        @Actor
        public void host(JI_Result result) {
            region.reattach(0);
            final Stage first = region.stage(0);
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

    /** What an old holder still stores reaches nobody who has learned of the new one. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "its slot is nobody's")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a slot of an old attachment")
    @State
    public static class OfALatePublisher {
        private final SmallRegion region = new SmallRegion();
        private final Stage old = region.stage(0);
        private final Stage last = region.stage(1);

        @Actor
        public void old(II_Result result) {
            result.r1 = old.refresh() ? 1 : 0;
            old.advance(1);
            old.publish();
        }

        @Actor
        public void host(II_Result result) {
            region.reattach(0);
            last.refresh();
            result.r2 = last.available();
        }
    }
}
