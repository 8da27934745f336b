// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.card;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;

/** A stage between that sends each packet to several outputs: more than a packet function may name. */
final class FloodAgent implements Agent {
    private final Stage stage;
    private final int outputs;

    FloodAgent(Stage stage, int outputs) {
        this.stage = stage;
        this.outputs = outputs;
    }

    @Override
    public String roleName() {
        return "flood";
    }

    @Override
    public int doWork() {
        int work = 0;
        for (int claimed = stage.claim(); claimed > 0; claimed = stage.claim()) {
            flood(claimed);
            work += claimed;
        }
        return work;
    }

    private void flood(int claimed) {
        final long slots = stage.slotsAddress();
        final int slotMask = stage.ring().slots() - 1;
        final long first = stage.position();
        final int wanted = outputs;
        for (int i = 0; i < claimed; i++) {
            final long slot = slots + (first + i & slotMask) * SlotWord.SLOT_BYTES;
            Memory.longOpaque(slot, SlotWord.withOutputs(Memory.longOpaque(slot), wanted));
        }
        stage.advance(claimed);
        stage.publish();
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        return stage.arm(1);
    }

    @Override
    public void disarm() {
        stage.disarm();
    }
}
