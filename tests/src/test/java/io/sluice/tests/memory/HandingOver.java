// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.memory;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.Stage;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJJ_Result;
import org.openjdk.jcstress.infra.results.JI_Result;

/** Slots go to the next stage with all that was written to them, and come back when they have been read. */
public final class HandingOver {
    private static final long WRITTEN = 0x0123_4567_89AB_CDEFL;

    private HandingOver() {}

    /** A stage that sees a slot sees its word and its packet. */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "nothing yet")
    @Outcome(id = "1, 81985529216486895, 81985529216486895", expect = Expect.ACCEPTABLE, desc = "the slot, all of it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a slot without its packet")
    @State
    public static class Publish {
        private final SmallRegion region = new SmallRegion();
        private final Stage first = region.stage(0);
        private final Stage last = region.stage(1);

        @Actor
        public void publisher() {
            Memory.longAt(first.bufferAddress(0), WRITTEN);
            Memory.longAt(first.slotAddress(0), WRITTEN);
            first.advance(1);
            first.publish();
        }

        @Actor
        public void consumer(IJJ_Result result) {
            result.r1 = last.available();
            if (result.r1 > 0) {
                result.r2 = Memory.longAt(last.slotAddress(0));
                result.r3 = Memory.longAt(last.bufferAddress(0));
            }
        }
    }

    /** A stage that has a slot back may write to it: whoever gave it back has read it before. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "read before it was written again")
    @Outcome(expect = Expect.FORBIDDEN, desc = "written while another stage still read it")
    @State
    public static class GiveBack {
        private final SmallRegion region = new SmallRegion();
        private final Stage first = region.stage(0);
        private final Stage last = region.stage(1);

        public GiveBack() {
            first.advance(SmallRegion.SLOTS);
            first.publish();
            last.available();
        }

        @Actor
        public void consumer(JI_Result result) {
            result.r1 = Memory.longAt(last.bufferAddress(0));
            last.advance(1);
            last.publish();
        }

        @Actor
        public void publisher(JI_Result result) {
            result.r2 = first.available();
            if (result.r2 > 0) {
                Memory.longAt(first.bufferAddress(SmallRegion.SLOTS), WRITTEN);
            }
        }
    }
}
