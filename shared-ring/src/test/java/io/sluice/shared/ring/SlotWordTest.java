// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SlotWordTest {
    @Test
    void shouldPutFieldsWhereTheFormatSays() {
        assertThat(SlotWord.pack(0x1234, 0, 0, 0)).isEqualTo(0x1234L);
        assertThat(SlotWord.pack(0, 0x1234, 0, 0)).isEqualTo(0x1234_0000L);
        assertThat(SlotWord.pack(0, 0, 0x1234, 0)).isEqualTo(0x1234_0000_0000L);
        assertThat(SlotWord.pack(0, 0, 0, 0x1234)).isEqualTo(0x1234_0000_0000_0000L);
        assertThat(SlotWord.pack(0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF)).isEqualTo(-1L);
        assertThat(SlotWord.FLAG_ANSWER).isEqualTo(1);
        assertThat(SlotWord.FLAG_LIVE_TIMESTAMP).isEqualTo(2);
        assertThat(SlotWord.OUTPUT_FORWARD).isEqualTo(1);
        assertThat(SlotWord.OUTPUT_BACK).isEqualTo(2);
        assertThat(SlotWord.USER_OFFSET).isEqualTo(8);
        assertThat(SlotWord.SLOT_BYTES).isEqualTo(16);
    }

    @Test
    void shouldReadBackEveryField() {
        final Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            final int length = random.nextInt(1 << 16);
            final int offset = random.nextInt(1 << 16);
            final int flags = random.nextInt(1 << 16);
            final int outputs = random.nextInt(1 << 16);
            final long word = SlotWord.pack(length, offset, flags, outputs);
            assertThat(SlotWord.length(word)).isEqualTo(length);
            assertThat(SlotWord.offset(word)).isEqualTo(offset);
            assertThat(SlotWord.flags(word)).isEqualTo(flags);
            assertThat(SlotWord.outputs(word)).isEqualTo(outputs);
        }
    }
}
