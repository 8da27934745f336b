// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.model.packet.Rig.ReceiveSide;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What descriptors say of checksums and packet types. */
final class ReceiveChecksumTest {
    private static final int CHECKSUM_BITS =
            STATUS_IP_CHECKED | STATUS_L4_CHECKED | STATUS_UDP_CHECKED | STATUS_UDP_FRAGMENT | ERROR_IP | ERROR_L4;

    private final Rig rig = new Rig().promiscuous();
    private final ReceiveSide legacy = rig.receive(0, 32, false).fill();
    private long types;
    private long upper;

    private static byte[] packet(boolean ipv6, int protocol) {
        return Frames.complete(
                ipv6
                        ? Frames.ip("2001:db8::1", 1234, "2001:db8::2", 9999, protocol, 101)
                        : Frames.ip("192.0.2.1", 1234, "192.0.2.2", 9999, protocol, 101));
    }

    private int status(byte[] frame) {
        rig.write(rxdctl(0), 0);
        final ReceiveSide queue = rig.receive(0, 8, true).fill();
        rig.wire.toCard.add(frame);
        rig.work();
        types = queue.word0(0) & 0xFFFF_FFFFL;
        upper = queue.word0(0) >>> 32;
        return queue.status(0) & CHECKSUM_BITS;
    }

    @ParameterizedTest
    @CsvSource({"false,6", "false,17", "true,6", "true,17"})
    void shouldTellRightFromWrong(boolean ipv6, int protocol) {
        final byte[] frame = packet(ipv6, protocol);
        final int checked =
                (ipv6 ? 0 : STATUS_IP_CHECKED) | STATUS_L4_CHECKED | (protocol == Frames.UDP ? STATUS_UDP_CHECKED : 0);
        assertThat(status(frame)).isEqualTo(checked);
        assertThat(types >>> 4)
                .isEqualTo((ipv6 ? FrameHeaders.TYPE_IPV6 : FrameHeaders.TYPE_IPV4)
                        | (protocol == Frames.TCP ? FrameHeaders.TYPE_TCP : FrameHeaders.TYPE_UDP));
        final byte[] damaged = frame.clone();
        damaged[frame.length - 1] ^= 1;
        assertThat(status(damaged)).isEqualTo(checked | ERROR_L4);
        final byte[] padded = Arrays.copyOf(frame, frame.length + 7);
        padded[frame.length] = 99;
        assertThat(status(padded)).as("what follows the packet does not count").isEqualTo(checked);
        final byte[] tagged = Frames.insertTag(frame, 5);
        assertThat(status(tagged)).isEqualTo(checked);
        if (!ipv6) {
            frame[22]--; // time to live
            assertThat(status(frame)).isEqualTo(checked | ERROR_IP);
        }
    }

    @Test
    void shouldTellALegacyDescriptorTheSame() {
        final byte[] frame = packet(false, Frames.TCP);
        frame[22]--;
        frame[frame.length - 1]++;
        rig.wire.toCard.add(frame);
        rig.work();
        assertThat(legacy.word1(0) >>> 32 & 0x7F).isEqualTo(0b0110_0011);
        assertThat(legacy.word1(0) >>> 40 & 0xFF).isEqualTo(0b1100_0000);
    }

    @Test
    void shouldNotCheckWhatHasNoChecksum() {
        final byte[] frame = packet(false, Frames.UDP);
        Frames.put16(frame, Frames.checksumField(frame), 0);
        assertThat(status(frame)).isEqualTo(STATUS_IP_CHECKED);
        assertThat(status(Frames.to(0x0200_0000_0002L, 100))).isZero();
        assertThat(types).isZero();
    }

    @Test
    void shouldSumUpFragments() {
        rig.write(RXCSUM, RXCSUM_IP_PAYLOAD);
        final byte[] frame = packet(false, Frames.UDP);
        frame[20] = 0x20;
        Frames.put16(frame, 24, 0);
        Frames.put16(frame, 24, ~Frames.sum(frame, 14, 34, 0));
        assertThat(status(frame)).isEqualTo(STATUS_IP_CHECKED | STATUS_UDP_FRAGMENT);
        assertThat((int) upper & 0xFFFF).as("identification").isEqualTo(0x1234);
        assertThat((int) upper >>> 16).isEqualTo(Frames.sum(frame, 34, frame.length, 0));
    }

    /** Every length field is damaged in every way that a byte can be, and nothing but status bits may come of it. */
    @Test
    void shouldParseNothingBeyondTheFrame() {
        for (boolean ipv6 : new boolean[] {false, true}) {
            final byte[] frame = packet(ipv6, Frames.TCP);
            for (int at = 12; at < Frames.transport(frame) + 20; at++) {
                for (int value = 0; value < 256; value += 5) {
                    final byte[] damaged = Arrays.copyOf(frame, 80 + at % 20);
                    damaged[at] = (byte) value;
                    rig.wire.toCard.add(damaged);
                }
                rig.work();
                while (legacy.next() != null) {}
            }
        }
        assertThat(rig.engine.misuses().met()).isEmpty();
    }
}
