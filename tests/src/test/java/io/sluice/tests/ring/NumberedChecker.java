// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;

/** The last stage of a ring: looks at all of each {@link NumberedPackets}, and at their order. */
final class NumberedChecker implements Agent {
    private static final int FLUSH_PERIOD = 8;

    private final Stage stage;
    private final int added;
    private volatile long mismatches;
    private volatile long firstMismatch = -1;
    private boolean done;

    /** Expects packets to whose first byte {@code added} was added on the way. */
    NumberedChecker(Stage stage, int added) {
        this.stage = stage;
        this.added = added;
    }

    @Override
    public String roleName() {
        return "numbered checker";
    }

    @Override
    public int doWork() {
        if (!stage.refresh()) {
            done = true;
            return 0;
        }
        final int work = stage.available();
        for (int i = 0; i < work; i++) {
            check(stage.position());
            stage.advance(1);
            if ((i + 1) % FLUSH_PERIOD == 0) {
                stage.publish();
            }
        }
        if (work % FLUSH_PERIOD != 0) {
            stage.publish();
        }
        if (work > 0 && stage.available() == 0) {
            stage.settle();
        }
        return work;
    }

    private void check(long position) {
        final long slot = stage.slotAddress(position);
        final long word = Memory.longOpaque(slot);
        if (SlotWord.outputs(word) != SlotWord.OUTPUT_FORWARD
                || SlotWord.flags(word) != 0
                || !stage.fits(word)
                || !NumberedPackets.matches(
                        stage.bufferAddress(position) + SlotWord.offset(word),
                        SlotWord.length(word),
                        Memory.longOpaque(slot + SlotWord.USER_OFFSET),
                        position,
                        added)) {
            if (mismatches == 0) {
                firstMismatch = position;
            }
            mismatches = mismatches + 1;
        }
    }

    long mismatches() {
        return mismatches;
    }

    /** The number of the first packet that was not what it should be, or -1. */
    long firstMismatch() {
        return firstMismatch;
    }

    Stage stage() {
        return stage;
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        return stage.arm(1);
    }

    @Override
    public void disarm() {
        stage.disarm();
    }

    @Override
    public boolean done() {
        return done;
    }
}
