// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;
import static io.sluice.host.ixgbe.register.FlowRegisters.*;
import static io.sluice.host.ixgbe.register.TimeRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.model.packet.Rig.ReceiveSide;
import io.sluice.host.ixgbe.model.packet.Rig.TransmitSide;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The clock of IEEE 1588, and who is stamped by it. */
final class StampTest {
    private static final int KIND_L2_L4_V2 = 2 << 1;
    private static final int KIND_EVENT = 5 << 1;
    private static final int ETHERTYPE = 0x88F7;

    private final Rig rig = new Rig().promiscuous();
    private final ReceiveSide receive = rig.receive(0, 32, true).fill();

    @BeforeEach
    void start() {
        rig.write(TIMINCA, 1 << 24 | 64); // 64 of what 10 are a nanosecond, every 6.4 ns
        rig.write(etqf(0), 1 << 31 | 1 << 30 | ETHERTYPE);
    }

    private static byte[] message(int type) {
        final byte[] frame = Frames.to(0x011B_1900_0000L, 60);
        Frames.put16(frame, 12, ETHERTYPE);
        frame[14] = (byte) type;
        for (int i = 0; i < 20; i++) {
            frame[14 + 20 + i] = (byte) (0xA0 + i);
        }
        return frame;
    }

    private long time(int low, int high) {
        final int lower = rig.read(low);
        return Integer.toUnsignedLong(lower) | (long) rig.read(high) << 32;
    }

    @Test
    void shouldCountTime() {
        final long start = time(SYSTIML, SYSTIMH);
        rig.nowNanos += 6_400_000_000L;
        assertThat(time(SYSTIML, SYSTIMH) - start).isEqualTo(64_000_000_000L);
        rig.write(TIMADJL, 1000);
        rig.write(TIMADJH, 1 << 31);
        assertThat(time(SYSTIML, SYSTIMH) - start).isEqualTo(64_000_000_000L - 1000);
        rig.write(SYSTIML, 5);
        rig.write(SYSTIMH, 7);
        assertThat(time(SYSTIML, SYSTIMH)).isEqualTo(7L << 32 | 5);
        rig.write(TIMINCA, 0);
        rig.nowNanos += 6400;
        assertThat(time(SYSTIML, SYSTIMH)).as("stopped").isEqualTo(7L << 32 | 5);
    }

    private boolean stamped(byte[] frame) {
        rig.wire.toCard.add(frame);
        rig.work();
        final boolean stamped = (receive.status(receive.next) & STATUS_STAMPED) != 0;
        assertThat(receive.next()).isEqualTo(frame);
        return stamped;
    }

    @Test
    void shouldStampOneMessageUntilItIsRead() {
        rig.write(TSYNCRXCTL, TSYNCRXCTL_ENABLE | KIND_L2_L4_V2);
        rig.write(RXMTRL, 319 << 16 | 1 << 8); // delay requests
        rig.nowNanos += 64_000;
        assertThat(stamped(message(0))).isFalse();
        assertThat(stamped(message(1))).isTrue();
        rig.nowNanos += 64_000;
        assertThat(stamped(message(1))).as("the first is not read yet").isFalse();
        assertThat(rig.read(TSYNCRXCTL) & TSYNCRXCTL_VALID).isNotZero();
        assertThat(rig.read(RXSATRH) >>> 16).as("sequence").isEqualTo(0xAAAB);
        assertThat(time(RXSTMPL, RXSTMPH)).isEqualTo(640_000);
        assertThat(rig.read(TSYNCRXCTL) & TSYNCRXCTL_VALID).isZero();
        assertThat(stamped(message(1))).isTrue();
    }

    @Test
    void shouldStampDatagramsAndEvents() {
        rig.write(TSYNCRXCTL, TSYNCRXCTL_ENABLE | KIND_EVENT);
        rig.write(RXMTRL, 319 << 16);
        final byte[] datagram = Frames.ip("192.0.2.1", 319, "224.0.1.129", 319, Frames.UDP, 44);
        datagram[42] = 0x02;
        assertThat(stamped(Frames.ip("192.0.2.1", 319, "224.0.1.129", 320, Frames.UDP, 44)))
                .isFalse();
        assertThat(stamped(message(8))).as("a general message").isFalse();
        assertThat(stamped(datagram)).isTrue();
        rig.read(RXSTMPH);
        assertThat(stamped(message(3))).isTrue();
    }

    @Test
    void shouldStampWhatItSends() {
        final TransmitSide transmit = rig.transmit(0, 32);
        final long command = TYPE_DATA | COMMAND_EXTENDED | COMMAND_END | COMMAND_CHECK_SEQUENCE | 60L << PAYLOAD_SHIFT;
        transmit.put(message(0), command | MAC_STAMP).bell();
        rig.work();
        assertThat(rig.read(TSYNCTXCTL) & TSYNCTXCTL_VALID).as("off").isZero();
        rig.write(TSYNCTXCTL, TSYNCTXCTL_ENABLE);
        rig.nowNanos += 6400;
        transmit.put(message(0), command).put(message(0), command | MAC_STAMP).bell();
        rig.work();
        assertThat(rig.read(TSYNCTXCTL) & TSYNCTXCTL_VALID).isNotZero();
        assertThat(time(TXSTMPL, TXSTMPH)).isEqualTo(64_000);
        assertThat(rig.read(TSYNCTXCTL) & TSYNCTXCTL_VALID).isZero();
    }

    @Test
    void shouldSteerByEthertype() {
        rig.write(etqs(0), 1 << 31 | 5 << 16);
        final ReceiveSide fifth = rig.receive(5, 32, true).fill();
        rig.wire.toCard.add(message(0));
        rig.work();
        assertThat(receive.next()).isNull();
        assertThat((int) fifth.word0(0) >>> 4 & 0xFFF).isEqualTo(PACKET_TYPE_FILTERED);
        assertThat(fifth.next()).isEqualTo(message(0));
    }
}
