// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.ring;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;

/** One packet at a time over a ring. */
final class Hop {
    private static final long WORD = SlotWord.pack(64, 64, 0, SlotWord.OUTPUT_FORWARD);

    private Hop() {}

    static void send(Stage stage) {
        Turns.check(stage.available() > 0);
        Memory.longOpaque(stage.slotAddress(stage.position()), WORD);
        stage.advance(1);
        stage.publish();
    }

    /** Spins until there is a packet, and reads its length. */
    static int receive(Stage stage) {
        while (stage.available() == 0) {
            Thread.onSpinWait();
        }
        final long word = Memory.longOpaque(stage.slotAddress(stage.position()));
        stage.advance(1);
        return SlotWord.length(word);
    }
}
