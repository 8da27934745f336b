// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.ring;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import java.lang.foreign.Arena;

/** Empties slots: reads the length, and 64 bytes word by word or more by copying them out. */
final class Receiver implements Turn {
    private final Stage stage;
    private final int touchedBytes;
    private final long copy;
    private long sum;

    Receiver(Stage stage, int touchedBytes) {
        this.stage = stage;
        this.touchedBytes = touchedBytes;
        copy = Arena.global().allocate(stage.bufferBytes(), 64).address();
    }

    @Override
    public int turn(long target) {
        int work = 0;
        int claimed;
        while ((claimed = Turns.claim(stage)) > 0) {
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
        long taken = 0;
        for (int i = 0; i < claimed; i++) {
            taken += take(first + i);
        }
        sum += taken;
        stage.advance(claimed);
        stage.publish();
    }

    private long take(long position) {
        final long word = Memory.longOpaque(stage.slotAddress(position));
        if (!stage.fits(word)) {
            throw new IllegalStateException("a slot word outside its buffer: word=0x" + Long.toHexString(word));
        }
        long taken = SlotWord.length(word);
        if (touchedBytes == 64) {
            final long data = stage.bufferAddress(position) + SlotWord.offset(word);
            for (int i = 0; i < 64; i += 8) {
                taken += Memory.longAt(data + i);
            }
        } else if (touchedBytes > 0) {
            Memory.copy(stage.bufferAddress(position) + SlotWord.offset(word), copy, SlotWord.length(word));
        }
        return taken;
    }

    @Override
    public long position() {
        return stage.position();
    }

    /** Of all that was read, so that none of the reading can be left out. */
    long sum() {
        return sum;
    }
}
