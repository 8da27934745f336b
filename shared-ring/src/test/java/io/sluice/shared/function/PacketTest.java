// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.SlotWord;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketTest {
    private final Arena arena = Arena.ofConfined();
    private final Packet packet = new Packet();

    @BeforeEach
    void wrap() {
        packet.wrap(arena.allocate(256, 64).address(), 256, SlotWord.pack(100, 32, 0, 1), 5);
    }

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void shouldReadAndWriteInNetworkOrder() {
        packet.setInt32(96, 0x01020304);
        assertThat(packet.unsignedByte(96)).isEqualTo(1);
        assertThat(packet.unsignedShort(98)).isEqualTo(0x0304);
        assertThat(packet.int32(96)).isEqualTo(0x01020304);
        packet.setShort(92, 0xFFFE);
        assertThat(packet.int64(92)).isEqualTo(0xFFFE_0000_0102_0304L);
        packet.setByte(99, 0x1FF);
        assertThat(packet.unsignedByte(99)).isEqualTo(0xFF);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 93, 100, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void shouldKeepAccessesInsideThePacket(int index) {
        assertThatThrownBy(() -> packet.int64(index))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("index=" + index)
                .hasMessageContaining("length=100");
    }

    @ParameterizedTest
    @ValueSource(ints = {33, -101, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void shouldNotMoveItsStartOutOfTheBuffer(int bytes) {
        assertThatThrownBy(() -> packet.growFront(bytes)).isInstanceOf(IllegalArgumentException.class);
        assertThat(packet.headroom()).isEqualTo(32);
        assertThat(packet.length()).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 225, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void shouldNotGrowOutOfTheBuffer(int lengthBytes) {
        assertThatThrownBy(() -> packet.resize(lengthBytes)).isInstanceOf(IllegalArgumentException.class);
        assertThat(packet.tailroom()).isEqualTo(124);
    }

    @Test
    void shouldMoveBothEnds() {
        packet.growFront(32);
        packet.resize(256);
        assertThat(packet.word()).isEqualTo(SlotWord.pack(256, 0, 0, 1));
        packet.growFront(-256);
        assertThat(packet.word()).isEqualTo(SlotWord.pack(0, 256, 0, 1));
    }

    @Test
    void shouldTakeTheLastDecision() {
        packet.drop(DropReason.DENIED);
        assertThat(packet.dropReason()).isEqualTo(DropReason.DENIED);
        assertThat(SlotWord.outputs(packet.word())).isZero();
        packet.forward(3);
        assertThat(SlotWord.outputs(packet.word())).isEqualTo(3);
        packet.answer();
        assertThat(packet.word()).isEqualTo(SlotWord.pack(100, 32, SlotWord.FLAG_ANSWER, SlotWord.OUTPUT_BACK));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 0x8000, 0x1_0000, -1})
    void shouldRefuseOutputsThatNoRingHas(int outputs) {
        assertThatThrownBy(() -> packet.forward(outputs))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("outputMask=0b");
        assertThat(SlotWord.outputs(packet.word())).isEqualTo(1);
    }
}
