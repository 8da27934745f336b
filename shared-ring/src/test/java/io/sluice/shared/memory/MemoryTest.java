// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class MemoryTest {
    @Test
    void shouldKeepByteOrders() {
        try (Arena arena = Arena.ofConfined()) {
            final long at = arena.allocate(32, 8).address();
            Memory.longAt(at, 0x0102_0304_0506_0708L);
            assertThat(Memory.byteAt(at)).isEqualTo((byte) 8);
            assertThat(Memory.shortAt(at)).isEqualTo((short) 0x0708);
            assertThat(Memory.intAt(at + 4)).isEqualTo(0x0102_0304);
            assertThat(Memory.longNetwork(at)).isEqualTo(0x0807_0605_0403_0201L);
            assertThat(Memory.unsignedShortNetwork(at + 1)).isEqualTo(0x0706);
            Memory.intNetwork(at + 9, 0xA1B2_C3D4);
            assertThat(Memory.unsignedByteAt(at + 9)).isEqualTo(0xA1);
            assertThat(Memory.intNetwork(at + 9)).isEqualTo(0xA1B2_C3D4);
            Memory.shortNetwork(at + 15, (short) 0xBEEF);
            assertThat(Memory.unsignedShortNetwork(at + 15)).isEqualTo(0xBEEF);
            Memory.longRelease(at, 7);
            assertThat(Memory.longAcquire(at)).isEqualTo(7);
            assertThat(Memory.longOpaque(at)).isEqualTo(7);
            Memory.intRelease(at, -1);
            assertThat(Memory.intAcquire(at)).isEqualTo(-1);
            assertThat(Memory.intOpaque(at)).isEqualTo(-1);
        }
    }

    @Test
    void shouldRefuseOrderedAccessesThatAreNotAligned() {
        try (Arena arena = Arena.ofConfined()) {
            final long at = arena.allocate(32, 8).address();
            assertThatThrownBy(() -> Memory.longAcquire(at + 4)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Memory.intRelease(at + 1, 0)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldCopyAndZero() {
        try (Arena arena = Arena.ofConfined()) {
            final long at = arena.allocate(64, 8).address();
            final byte[] bytes = {1, 2, 3, 4, 5};
            Memory.copyFromArray(bytes, 1, at, 4);
            Memory.copy(at, at + 1, 4);
            final byte[] back = new byte[6];
            Memory.copyToArray(at, back, 1, 5);
            assertThat(back).containsExactly(0, 2, 2, 3, 4, 5);
            Memory.zero(at + 1, 3);
            assertThat(Memory.longAt(at)).isEqualTo(0x05_0000_0002L);
        }
    }
}
