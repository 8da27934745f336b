// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static io.sluice.host.ixgbe.register.TransmitRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.model.packet.Rig.ReceiveSide;
import io.sluice.host.ixgbe.model.packet.Rig.TransmitSide;
import org.junit.jupiter.api.Test;

/** Faults to order, as the packet engine has them. */
final class FaultTest {
    private static final long STATION = 0x0200_0000_0002L;
    private static final int REPORTED = COMMAND_END | COMMAND_CHECK_SEQUENCE | COMMAND_REPORT;

    private final Rig rig = new Rig().promiscuous();

    @Test
    void shouldWriteBackLateAndInOrder() {
        final ReceiveSide receive = rig.receive(0, 32, true).fill();
        final TransmitSide transmit = rig.transmitWithHead(0, 32);
        rig.model.faults().delayWriteBack(1000);
        rig.wire.toCard.add(Frames.to(STATION, 60));
        transmit.put(Frames.to(STATION, 60), REPORTED).bell();
        rig.work();
        assertThat(rig.wire.fromCard).as("data moves at once").hasSize(1);
        assertThat(receive.done(0)).isFalse();
        assertThat(transmit.writtenHead()).isZero();
        rig.nowNanos += 999;
        rig.wire.toCard.add(Frames.to(STATION, 61));
        rig.work();
        assertThat(receive.done(0)).isFalse();
        rig.nowNanos += 1;
        rig.work();
        assertThat(receive.done(0)).isTrue();
        assertThat(receive.done(1)).isFalse();
        assertThat(transmit.writtenHead()).isEqualTo(1);
        rig.model.faults().delayWriteBack(0);
        rig.wire.toCard.add(Frames.to(STATION, 62));
        rig.nowNanos += 998;
        rig.work();
        assertThat(receive.done(2)).as("none overtakes another").isFalse();
        rig.nowNanos += 1;
        rig.work();
        assertThat(receive.next()).hasSize(60);
        assertThat(receive.next()).hasSize(61);
        assertThat(receive.next()).hasSize(62);
    }

    @Test
    void shouldFinishWhatIsLateBeforeAQueueIsDisabled() {
        final ReceiveSide receive = rig.receive(0, 32, true).fill();
        rig.model.faults().delayWriteBack(1_000_000);
        rig.wire.toCard.add(Frames.to(STATION, 60));
        rig.work();
        assertThat(receive.done(0)).isFalse();
        rig.write(rxdctl(0), 0);
        assertThat(receive.done(0)).isTrue();
    }

    @Test
    void shouldTouchNothingThatWasUnmappedMeanwhile() {
        final ReceiveSide receive = rig.receive(0, 32, true).fill();
        rig.model.faults().delayWriteBack(1000);
        rig.wire.toCard.add(Frames.to(STATION, 60));
        rig.work();
        assertThat(rig.unmap()).isTrue();
        rig.nowNanos += 1000;
        rig.work();
        assertThat(receive.done(0)).isFalse();
        assertThat(rig.engine.misuses().of(Misuse.WRITE_BACK_UNMAPPED)).isEqualTo(1);
    }

    @Test
    void shouldResetBetweenDataAndWriteBack() {
        final ReceiveSide receive = rig.receive(0, 32, true).fill();
        rig.model.faults().resetAfter(3);
        for (int i = 0; i < 5; i++) {
            rig.wire.toCard.add(Frames.to(STATION, 60 + i));
        }
        rig.work();
        assertThat(receive.done(1)).isTrue();
        assertThat(receive.done(2)).isFalse();
        assertThat(rig.read(rxdctl(0)) & RXDCTL_ENABLE).isZero();
        assertThat(rig.read(RXCTRL) & RXCTRL_ENABLE).isZero();
        final ReceiveSide again = rig.promiscuous().receive(0, 32, true).fill();
        rig.work();
        while (again.next() != null) {}
        rig.wire.toCard.add(Frames.to(STATION, 99));
        rig.work();
        assertThat(again.next()).hasSize(99);
    }

    @Test
    void shouldResetWhileItSends() {
        final TransmitSide transmit = rig.transmit(0, 32);
        rig.model.faults().resetAfter(2);
        for (int i = 0; i < 5; i++) {
            transmit.put(Frames.to(STATION, 60 + i), REPORTED);
        }
        transmit.bell();
        rig.work();
        assertThat(transmit.done(0)).isTrue();
        assertThat(transmit.done(1)).isFalse();
        assertThat(rig.wire.fromCard).hasSize(2);
        assertThat(rig.read(txdctl(0)) & TXDCTL_ENABLE).isZero();
        assertThat(rig.read(tdh(0))).isZero();
    }

    @Test
    void shouldLeaveStuckQueuesAlone() {
        final ReceiveSide receive = rig.receive(0, 32, true).fill();
        final TransmitSide transmit = rig.transmit(0, 32);
        rig.model.faults().stickReceive(0, true);
        rig.model.faults().stickTransmit(0, true);
        rig.wire.toCard.add(Frames.to(STATION, 60));
        transmit.put(Frames.to(STATION, 60), REPORTED).bell();
        rig.work();
        assertThat(receive.done(0)).isFalse();
        assertThat(transmit.done(0)).isFalse();
        rig.model.faults().stickReceive(0, false);
        rig.model.faults().stickTransmit(0, false);
        rig.work();
        assertThat(receive.done(0)).isTrue();
        assertThat(transmit.done(0)).isTrue();
    }
}
