// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static io.sluice.host.ixgbe.register.StatisticsRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.model.packet.Rig.ReceiveSide;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReceiveTest {
    private static final long STATION = 0x0200_0000_0002L;

    private final Rig rig = new Rig().promiscuous();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldDeliverInOrderAndShowHowFarItIs(boolean advanced) {
        final ReceiveSide queue = rig.receive(0, 32, advanced).fill();
        for (int i = 0; i < 100; i++) {
            final byte[] frame = Frames.to(STATION, 60 + i);
            rig.wire.toCard.add(frame);
            rig.work();
            assertThat(queue.end(queue.next)).isTrue();
            assertThat(rig.read(rdh(0))).isEqualTo((i + 1) % 32);
            assertThat(queue.next()).isEqualTo(frame);
        }
        assertThat(rig.engine.misuses().met()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSpreadALongFrameOverDescriptors(boolean advanced) {
        rig.set(HLREG0, HLREG0_JUMBO);
        rig.write(MAXFRS, 9018 << 16);
        final ReceiveSide queue = rig.receive(0, 32, advanced).fill();
        final byte[] frame = Frames.to(STATION, 9014);
        rig.wire.toCard.add(frame);
        rig.work();
        final var joined = new ByteArrayOutputStream();
        for (int i = 0; i < 5; i++) {
            assertThat(queue.done(i)).isTrue();
            assertThat(queue.end(i)).isEqualTo(i == 4);
            joined.writeBytes(queue.buffer(i, queue.length(i)));
        }
        assertThat(queue.done(5)).isFalse();
        assertThat(joined.toByteArray()).isEqualTo(frame);
    }

    @Test
    void shouldOwnNothingWhereHeadAndTailAreEqual() {
        final ReceiveSide queue = rig.receive(0, 32, false).tail(0);
        rig.wire.toCard.add(Frames.to(STATION, 60));
        rig.work();
        assertThat(queue.done(0)).isFalse();
        queue.tail(1);
        rig.work();
        assertThat(queue.done(0)).as("it has waited in the packet buffer").isTrue();
    }

    @Test
    void shouldLoadTheHeadWhenEnabledAndKeepItFromWritesAfterwards() {
        final ReceiveSide queue = rig.receive(0, 32, false);
        rig.write(rxdctl(0), 0);
        rig.write(rdh(0), 5);
        rig.write(rxdctl(0), RXDCTL_ENABLE);
        rig.write(rdh(0), 9);
        queue.tail(6);
        rig.wire.toCard.add(Frames.to(STATION, 60));
        rig.work();
        assertThat(queue.done(5)).isTrue();
        assertThat(rig.read(rdh(0))).isEqualTo(6);
    }

    @Test
    void shouldDropForAFullQueueWhereAsked() {
        final ReceiveSide full = rig.receive(0, 32, true, 2, SRRCTL_DROP_ENABLE).tail(2);
        for (int i = 0; i < 5; i++) {
            rig.wire.toCard.add(Frames.to(STATION, 60));
        }
        rig.work();
        assertThat(rig.read(qprdc(0))).isEqualTo(3);
        assertThat(rig.read(qprdc(0))).as("reading clears").isZero();
        assertThat(rig.read(qprc(0))).isEqualTo(2);
        assertThat(rig.read(rxmpc(0))).isZero();
        assertThat(full.done(1)).isTrue();
        assertThat(rig.read(GPRC)).isEqualTo(5);
    }

    @Test
    void shouldHoldWhatItsBufferHoldsAndMissTheRest() {
        final ReceiveSide queue = rig.receive(0, 1024, true).tail(0);
        final int frames = 500;
        for (int i = 0; i < frames; i++) {
            rig.wire.toCard.add(Frames.to(STATION, 1514));
        }
        rig.work();
        final int held = (512 << 10) / 1536;
        assertThat(rig.read(rxmpc(0))).isEqualTo(frames - held);
        queue.fill();
        rig.work();
        assertThat(queue.done(held - 1)).isTrue();
        assertThat(queue.done(held)).isFalse();
        assertThat(rig.read(qprc(0))).isEqualTo(held);
    }

    @Test
    void shouldCountFramesThatAreTooShortOrTooLong() {
        final ReceiveSide queue = rig.receive(0, 32, true).fill();
        rig.wire.toCard.add(Frames.to(STATION, 59));
        rig.wire.toCard.add(Frames.to(STATION, 1515));
        rig.wire.toCard.add(Frames.tagged(STATION, 5, 1519));
        rig.wire.toCard.add(new byte[17_000]);
        rig.wire.toCard.add(Frames.tagged(STATION, 5, 1518));
        rig.work();
        assertThat(rig.read(RUC)).isEqualTo(1);
        assertThat(rig.read(ROC)).isEqualTo(3);
        assertThat(queue.next()).as("a tag comes on top of 1518").hasSize(1518);
        assertThat(queue.next()).isNull();
    }

    @Test
    void shouldDropWhatIsLongerThanItsQueueTakes() {
        final ReceiveSide queue = rig.receive(0, 32, true).fill();
        rig.write(rxdctl(0), RXDCTL_ENABLE | 1 << 15 | 100);
        rig.wire.toCard.add(Frames.to(STATION, 101));
        rig.wire.toCard.add(Frames.to(STATION, 100));
        rig.work();
        assertThat(queue.next()).hasSize(100);
        assertThat(rig.read(ROC)).isEqualTo(1);
    }

    @Test
    void shouldLeaveTheCheckSequenceOnWhereAsked() {
        final ReceiveSide queue = rig.receive(0, 32, true).fill();
        rig.write(HLREG0, rig.read(HLREG0) & ~HLREG0_RX_CRC_STRIP);
        final byte[] frame = Frames.to(STATION, 77);
        final var crc = new CRC32();
        crc.update(frame);
        rig.wire.toCard.add(frame);
        rig.work();
        final byte[] received = queue.next();
        assertThat(received).hasSize(81).startsWith(frame);
        assertThat(ByteBuffer.wrap(received).order(ByteOrder.LITTLE_ENDIAN).getInt(77))
                .isEqualTo((int) crc.getValue());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTakeTheTagOutWhereAsked(boolean advanced) {
        final ReceiveSide queue = rig.receive(0, 32, advanced).fill();
        rig.write(rxdctl(0), RXDCTL_ENABLE | RXDCTL_VLAN_STRIP);
        final byte[] plain = Frames.to(STATION, 100);
        rig.wire.toCard.add(Frames.insertTag(plain, 0x6123));
        rig.wire.toCard.add(plain);
        rig.work();
        assertThat(queue.word1(0) >>> 48).isEqualTo(0x6123);
        assertThat(queue.status(0) & DescriptorBits.STATUS_TAG).isNotZero();
        assertThat(queue.next()).isEqualTo(plain);
        assertThat(queue.status(1) & DescriptorBits.STATUS_TAG).isZero();
        assertThat(queue.next()).isEqualTo(plain);
    }

    @Test
    void shouldTakeNothingWhileReceivingIsOff() {
        rig.receive(0, 32, true).fill();
        rig.write(RXCTRL, 0);
        rig.wire.toCard.add(Frames.to(STATION, 60));
        rig.work();
        assertThat(rig.wire.toCard).hasSize(1);
        rig.write(RXCTRL, RXCTRL_ENABLE);
        rig.write(SECRXCTRL, SECRXCTRL_RX_DISABLE);
        rig.work();
        assertThat(rig.wire.toCard).hasSize(1);
        rig.write(SECRXCTRL, 0);
        rig.work();
        assertThat(rig.wire.toCard).isEmpty();
    }
}
