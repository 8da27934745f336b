// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.ring;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import java.lang.foreign.Arena;

/** Fills slots: the slot word alone, 64 bytes word by word, or more by copying them from a template. */
final class Sender implements Turn {
    private static final int UNTOUCHED_LENGTH = 64;

    private final Stage stage;
    private final int touchedBytes;
    private final long word;
    private final int offset;
    private final long template;

    Sender(Stage stage, int touchedBytes) {
        this.stage = stage;
        this.touchedBytes = touchedBytes;
        offset = stage.ring().headroom();
        word = SlotWord.pack(touchedBytes == 0 ? UNTOUCHED_LENGTH : touchedBytes, offset, 0, SlotWord.OUTPUT_FORWARD);
        template = Arena.global().allocate(stage.bufferBytes(), 64).address();
    }

    @Override
    public int turn(long target) {
        int work = 0;
        int claimed;
        while ((claimed = (int) Math.min(Turns.claim(stage), target - stage.position())) > 0) {
            batch(claimed);
            work += claimed;
            if (work >= BUDGET) {
                return work;
            }
        }
        if (work > 0) {
            stage.settle();
        }
        return work;
    }

    private void batch(int claimed) {
        final long first = stage.position();
        for (int i = 0; i < claimed; i++) {
            fill(first + i);
        }
        stage.advance(claimed);
        stage.publish();
    }

    private void fill(long position) {
        if (touchedBytes == 64) {
            final long data = stage.bufferAddress(position) + offset;
            for (int i = 0; i < 64; i += 8) {
                Memory.longAt(data + i, position + i);
            }
        } else if (touchedBytes > 0) {
            Memory.copy(template, stage.bufferAddress(position) + offset, touchedBytes);
        }
        Memory.longOpaque(stage.slotAddress(position), word);
    }

    @Override
    public long position() {
        return stage.position();
    }
}
