// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.HLREG0;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.HLREG0_LOOPBACK;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.HLREG0_TX_PAD;
import static io.sluice.host.ixgbe.register.StatisticsRegisters.*;
import static io.sluice.host.ixgbe.register.TransmitRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.model.packet.Rig.ReceiveSide;
import io.sluice.host.ixgbe.model.packet.Rig.TransmitSide;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

final class TransmitTest {
    private static final long STATION = 0x0200_0000_0002L;
    private static final int LEGACY = COMMAND_END | COMMAND_CHECK_SEQUENCE;
    private static final int REPORTED = LEGACY | COMMAND_REPORT;
    private static final long EXTENDED = TYPE_DATA | COMMAND_EXTENDED | REPORTED;

    private final Rig rig = new Rig();

    private static long extended(int lengthBytes) {
        return EXTENDED | (long) lengthBytes << PAYLOAD_SHIFT;
    }

    @Test
    void shouldSendLegacyAndAdvancedFrames() {
        final TransmitSide queue = rig.transmit(0, 32);
        final byte[] first = Frames.to(STATION, 60);
        final byte[] second = Frames.to(STATION, 1514);
        queue.put(first, REPORTED).put(second, extended(1514)).put(first, LEGACY);
        rig.work();
        assertThat(rig.wire.fromCard).as("no bell yet").isEmpty();
        queue.bell();
        rig.work();
        assertThat(rig.wire.fromCard).containsExactly(first, second, first);
        assertThat(queue.done(0)).isTrue();
        assertThat(queue.done(1)).isTrue();
        assertThat(queue.done(2)).as("nobody asked").isFalse();
        assertThat(rig.read(tdh(0))).isEqualTo(3);
        assertThat(rig.engine.misuses().met()).isEmpty();
    }

    @Test
    void shouldWriteTheHeadInsteadOfDoneWhereAsked() {
        final TransmitSide queue = rig.transmitWithHead(3, 32);
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 8; i++) {
                queue.put(Frames.to(STATION, 60), i == 7 ? REPORTED : LEGACY);
            }
            queue.bell();
            rig.work();
            assertThat(queue.writtenHead()).isEqualTo(8 * (round + 1) % 32);
            assertThat(queue.done(8 * round % 32 + 7)).isFalse();
        }
        assertThat(rig.wire.fromCard).hasSize(40);
    }

    @Test
    void shouldReportNullDescriptorsAndSendNothing() {
        final TransmitSide queue = rig.transmitWithHead(0, 32);
        queue.put(0, LEGACY).put(0, REPORTED).bell();
        rig.work();
        assertThat(rig.wire.fromCard).isEmpty();
        assertThat(queue.writtenHead()).isEqualTo(2);
        assertThat(rig.engine.misuses().met()).isEmpty();
    }

    @Test
    void shouldJoinBuffersAndWaitForTheLast() {
        final TransmitSide queue = rig.transmit(0, 32);
        final byte[] frame = Frames.to(STATION, 1000);
        queue.put(Arrays.copyOfRange(frame, 0, 14), COMMAND_CHECK_SEQUENCE)
                .put(Arrays.copyOfRange(frame, 14, 500), COMMAND_CHECK_SEQUENCE)
                .bell();
        rig.work();
        assertThat(rig.wire.fromCard).isEmpty();
        queue.put(Arrays.copyOfRange(frame, 500, 1000), REPORTED).bell();
        rig.work();
        assertThat(rig.wire.fromCard).containsExactly(frame);
        assertThat(queue.done(2)).isTrue();
    }

    @Test
    void shouldPadShortFramesWithZeroes() {
        final TransmitSide queue = rig.transmit(0, 32);
        final byte[] frame = Frames.to(STATION, 42);
        rig.set(HLREG0, HLREG0_TX_PAD);
        queue.put(frame, LEGACY).bell();
        rig.work();
        rig.write(HLREG0, rig.read(HLREG0) & ~HLREG0_TX_PAD);
        queue.put(frame, LEGACY).bell();
        rig.work();
        assertThat(rig.wire.fromCard).containsExactly(Arrays.copyOf(frame, 60), frame);
        assertThat(rig.read(PTC64)).isEqualTo(2);
    }

    @Test
    void shouldTakeADriversOwnCheckSequenceOffAndRefuseAWrongOne() {
        final TransmitSide queue = rig.transmit(0, 32);
        final byte[] frame = Frames.to(STATION, 100);
        final var crc = new CRC32();
        crc.update(frame);
        final byte[] whole = Arrays.copyOf(frame, 104);
        for (int i = 0; i < 4; i++) {
            whole[100 + i] = (byte) (crc.getValue() >>> 8 * i);
        }
        queue.put(whole, COMMAND_END).put(frame, COMMAND_END).bell();
        rig.work();
        assertThat(rig.wire.fromCard).containsExactly(frame);
        assertThat(rig.engine.misuses().of(Misuse.TRANSMIT_CHECK_SEQUENCE)).isEqualTo(1);
    }

    @Test
    void shouldInsertTags() {
        final TransmitSide queue = rig.transmit(0, 32);
        final byte[] frame = Frames.to(STATION, 100);
        queue.put(frame, LEGACY | COMMAND_TAG | 0x6123L << 48);
        queue.put(0x0456L << 16, TYPE_CONTEXT | COMMAND_EXTENDED | 1L << CONTEXT_SHIFT);
        queue.put(frame, extended(100) | COMMAND_TAG | 1L << CONTEXT_SHIFT).bell();
        rig.work();
        assertThat(rig.wire.fromCard).containsExactly(Frames.insertTag(frame, 0x6123), Frames.insertTag(frame, 0x0456));
    }

    @Test
    void shouldKeepOrderAndLoseNothingWhereTheWireIsFull() {
        final TransmitSide queue = rig.transmitWithHead(0, 32);
        final byte[] first = Frames.to(STATION, 60);
        final byte[] second = Frames.to(STATION, 61);
        queue.put(first, REPORTED).put(second, REPORTED).bell();
        rig.wire.full = true;
        rig.work();
        assertThat(queue.writtenHead()).isZero();
        rig.wire.full = false;
        rig.work();
        assertThat(rig.wire.fromCard).containsExactly(first, second);
        assertThat(queue.writtenHead()).isEqualTo(2);
    }

    @Test
    void shouldGiveEveryQueueItsTurn() {
        final TransmitSide[] queues = new TransmitSide[4];
        for (int q = 0; q < 4; q++) {
            queues[q] = rig.transmit(q, 128);
            for (int i = 0; i < 100; i++) {
                queues[q].put(Frames.to(0x0200_0000_0100L + q, 60), LEGACY);
            }
            queues[q].bell();
        }
        rig.model.doWork();
        for (int q = 0; q < 4; q++) {
            final byte last = (byte) q;
            assertThat(rig.wire.fromCard.stream().filter(frame -> frame[5] == last))
                    .hasSize(64);
        }
        rig.work();
        assertThat(rig.wire.fromCard).hasSize(400);
        assertThat(rig.read(GPTC)).isEqualTo(400);
        assertThat(rig.read(GOTCL)).isEqualTo(400 * 64);
    }

    @Test
    void shouldSendNothingWithoutLink() {
        final TransmitSide queue = rig.transmit(0, 32);
        rig.model.faults().loseLink(true);
        queue.put(Frames.to(STATION, 60), REPORTED).bell();
        rig.work();
        assertThat(queue.done(0)).isFalse();
        rig.model.faults().loseLink(false);
        rig.model.doWork();
        rig.work();
        assertThat(queue.done(0)).isTrue();
    }

    @Test
    void shouldHearItselfInLoopback() {
        rig.promiscuous();
        final ReceiveSide receive = rig.receive(0, 32, true).fill();
        final TransmitSide queue = rig.transmit(0, 32);
        rig.set(HLREG0, HLREG0_LOOPBACK);
        rig.model.faults().loseLink(true);
        final byte[] frame = Frames.to(STATION, 321);
        queue.put(frame, REPORTED).bell();
        rig.work();
        rig.work();
        assertThat(receive.next()).isEqualTo(frame);
        assertThat(rig.wire.fromCard).isEmpty();
        assertThat(queue.done(0)).isTrue();
    }

    @Test
    void shouldHearNothingElseInLoopback() {
        rig.promiscuous();
        final ReceiveSide receive = rig.receive(0, 32, true).fill();
        rig.set(HLREG0, HLREG0_LOOPBACK);
        rig.wire.toCard.add(Frames.to(STATION, 60));
        rig.work();
        assertThat(rig.wire.toCard).as("lost on the wire").isEmpty();
        rig.write(HLREG0, rig.read(HLREG0) & ~HLREG0_LOOPBACK);
        final byte[] later = Frames.to(STATION, 61);
        rig.wire.toCard.add(later);
        rig.work();
        assertThat(receive.next()).isEqualTo(later);
    }

    @Test
    void shouldPassOverWhatCannotBeSent() {
        final TransmitSide queue = rig.transmit(0, 128);
        final byte[] good = Frames.to(STATION, 60);
        queue.put(good, REPORTED);
        queue.put(0xDEAD_0000L, REPORTED | 100);
        queue.put(new byte[16], REPORTED);
        queue.put(Rig.DEVICE_BASE, REPORTED | 0xFFFF);
        queue.put(good, extended(61));
        queue.put(good, 7 << 20 | COMMAND_EXTENDED | REPORTED);
        for (int i = 0; i < 50; i++) {
            queue.put(good, COMMAND_CHECK_SEQUENCE);
        }
        queue.put(good, LEGACY);
        queue.put(good, REPORTED).bell();
        rig.work();
        assertThat(rig.wire.fromCard).containsExactly(good, good);
        for (Misuse misuse : new Misuse[] {
            Misuse.TRANSMIT_BUFFER_UNMAPPED, Misuse.TRANSMIT_SHORT, Misuse.TRANSMIT_TYPE, Misuse.TRANSMIT_CHAIN
        }) {
            assertThat(rig.engine.misuses().of(misuse)).as(misuse.label()).isEqualTo(1);
        }
        assertThat(rig.engine.misuses().of(Misuse.TRANSMIT_LENGTH)).isEqualTo(2);
        assertThat(rig.read(tdh(0))).isEqualTo(58);
        assertThat(rig.model.dma().violations()).isEqualTo(1);
    }

    @Test
    void shouldLiveWithRingsThatAreNone() {
        rig.transmit(0, 32);
        rig.write(txdctl(0), 0);
        rig.write(tdlen(0), 0);
        rig.write(txdctl(0), TXDCTL_ENABLE);
        rig.write(tdt(0), 5);
        final TransmitSide unmapped = rig.transmit(1, 32);
        rig.write(txdctl(1), 0);
        rig.write(tdbah(1), 0);
        rig.write(txdctl(1), TXDCTL_ENABLE);
        unmapped.put(Frames.to(STATION, 60), REPORTED).bell();
        final TransmitSide beyond = rig.transmit(2, 32);
        beyond.put(Frames.to(STATION, 60), REPORTED);
        rig.write(tdt(2), 32);
        rig.work();
        rig.work();
        assertThat(rig.wire.fromCard).isEmpty();
        assertThat(rig.engine.misuses().met())
                .containsOnly(
                        Map.entry("ring-length", 1L),
                        Map.entry("ring-unmapped", 1L),
                        Map.entry("tail-beyond-ring", 1L));
        beyond.bell();
        rig.work();
        assertThat(rig.wire.fromCard).hasSize(1);
    }
}
