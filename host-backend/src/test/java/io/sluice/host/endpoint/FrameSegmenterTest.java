// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.PacketMessage;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameSegmenterTest {
    private static final int LENGTH = 9_000;
    private static final int FLAGS = 13;

    private final Slot packet = new Slot(FrameSizes.MAX_FRAME_BYTES);
    private final Slot slot = new Slot();
    private final FrameSegmenter segmenter = new FrameSegmenter();

    private List<byte[]> cut(int segmentation, int segmentBytes, int tag) {
        assertThat(segmenter.begin(packet.address(), LENGTH, segmentation, segmentBytes, tag))
                .isTrue();
        final List<byte[]> frames = new ArrayList<>();
        while (segmenter.pending()) {
            frames.add(slot.bytes(segmenter.next(slot.address(), slot.capacity())));
        }
        return frames;
    }

    @ParameterizedTest
    @CsvSource({"false,-1,0", "true,-1,0", "false,5,0", "true,-1,0x81000007"})
    void shouldCutTcpIntoWholePackets(boolean ipv6, int vlan, String tagText) {
        final int tag = Long.decode(tagText).intValue();
        new TestFrame(ipv6, false, vlan).write(packet.address(), LENGTH, 3, 0xFFFF_FF00L);
        final byte[] whole = packet.bytes(LENGTH);
        final int transport = TestPackets.transport(whole);
        Memory.byteAt(packet.address() + transport + FLAGS, (byte) 0x99); // CWR, ACK, PSH, FIN
        final var payload = new ByteArrayOutputStream();
        final List<byte[]> frames = cut(ipv6 ? PacketMessage.SEGMENT_TCP6 : PacketMessage.SEGMENT_TCP4, 1400, tag);
        for (int i = 0; i < frames.size(); i++) {
            final byte[] frame = frames.get(i);
            final int at = TestPackets.transport(frame);
            assertThat(at).isEqualTo(transport + (tag == 0 ? 0 : 4));
            assertThat(TestPackets.end(frame)).isEqualTo(frame.length);
            assertThat(TestPackets.checksumsRight(frame)).isTrue();
            assertThat(TestPackets.int32(frame, at + 4)).isEqualTo(0xFFFF_FF00 + i * 1400);
            final boolean last = i == frames.size() - 1;
            assertThat(frame[at + FLAGS] & 0xFF).isEqualTo(0x10 | (i == 0 ? 0x80 : 0) | (last ? 0x09 : 0));
            if (!ipv6) {
                assertThat(TestPackets.uint16(frame, TestPackets.network(frame) + 4))
                        .isEqualTo(i);
            }
            payload.write(frame, at + 20, frame.length - at - 20);
        }
        assertThat(payload.toByteArray()).isEqualTo(Arrays.copyOfRange(whole, transport + 20, LENGTH));
        assertThat(frames).hasSize((LENGTH - transport - 20 + 1399) / 1400);
        if (tag != 0) {
            assertThat(TestPackets.int32(frames.getFirst(), 12)).isEqualTo(tag);
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void shouldCutUdpIntoDatagrams(boolean ipv6) {
        new TestFrame(ipv6, true, -1).write(packet.address(), LENGTH, 3, 1);
        final byte[] whole = packet.bytes(LENGTH);
        final int payload = TestPackets.transport(whole) + 8;
        final var joined = new ByteArrayOutputStream();
        for (byte[] frame : cut(PacketMessage.SEGMENT_UDP, 1000, 0)) {
            assertThat(TestPackets.checksumsRight(frame)).isTrue();
            assertThat(TestPackets.uint16(frame, TestPackets.transport(frame) + 4))
                    .isEqualTo(frame.length - TestPackets.transport(frame));
            joined.write(frame, payload, frame.length - payload);
        }
        assertThat(joined.toByteArray()).isEqualTo(Arrays.copyOfRange(whole, payload, LENGTH));
    }

    @Test
    void shouldRefuseWhatItCannotCut() {
        new TestFrame(false, true, -1).write(packet.address(), LENGTH, 3, 1);
        assertThat(segmenter.begin(packet.address(), LENGTH, PacketMessage.SEGMENT_TCP4, 1000, 0))
                .as("UDP is not TCP")
                .isFalse();
        assertThat(segmenter.begin(packet.address(), LENGTH, 3, 1000, 0))
                .as("UDP fragments")
                .isFalse();
        assertThat(segmenter.begin(packet.address(), LENGTH, PacketMessage.SEGMENT_UDP, 0, 0))
                .as("no size")
                .isFalse();
        Memory.shortNetwork(packet.address() + 12, (short) 0x88B5);
        assertThat(segmenter.begin(packet.address(), LENGTH, PacketMessage.SEGMENT_UDP, 1000, 0))
                .as("not IP")
                .isFalse();
        assertThat(segmenter.pending()).isFalse();
    }

    @Test
    void shouldTellEachFrameThatDoesNotFit() {
        new TestFrame(false, false, -1).write(packet.address(), LENGTH, 3, 1);
        assertThat(segmenter.begin(packet.address(), LENGTH, PacketMessage.SEGMENT_TCP4, 4000, 0))
                .isTrue();
        assertThat(segmenter.next(slot.address(), slot.capacity())).isEqualTo(PacketSource.OVERSIZE);
        assertThat(segmenter.next(slot.address(), slot.capacity())).isEqualTo(PacketSource.OVERSIZE);
        assertThat(segmenter.next(slot.address(), slot.capacity())).isPositive();
        assertThat(segmenter.pending()).isFalse();
    }
}
