// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;
import static io.sluice.host.ixgbe.register.InterruptRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.model.packet.Rig.TransmitSide;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import org.junit.jupiter.api.Test;

/** Which interrupts packets cause. */
final class QueueInterruptTest {
    private static final long STATION = 0x0200_0000_0002L;

    private final Rig rig = new Rig().promiscuous();

    @Test
    void shouldRaiseTheCausesOfTheirQueues() {
        rig.write(ivar(0), 0x8382_8180); // receive 0: cause 0, transmit 0: 1, receive 1: 2, transmit 1: 3
        rig.receive(0, 32, true).fill();
        final TransmitSide transmit = rig.transmit(1, 32);
        rig.read(EICR); // the link has come up
        rig.wire.toCard.add(Frames.to(STATION, 60));
        rig.work();
        assertThat(rig.read(EICR)).isEqualTo(1 << 0);
        transmit.put(Frames.to(STATION, 60), COMMAND_END | COMMAND_CHECK_SEQUENCE)
                .bell();
        rig.work();
        assertThat(rig.read(EICR)).as("nobody asked for a report").isZero();
        transmit.put(Frames.to(STATION, 60), COMMAND_END | COMMAND_CHECK_SEQUENCE | COMMAND_REPORT)
                .bell();
        rig.work();
        assertThat(rig.read(EICR)).isEqualTo(1 << 3);
    }

    @Test
    void shouldTellOfMissedFrames() {
        rig.receive(0, 32, true);
        rig.write(ReceiveRegisters.rxpbsize(0), 1 << 10);
        for (int i = 0; i < 20; i++) {
            rig.wire.toCard.add(Frames.to(STATION, 60));
        }
        rig.work();
        assertThat(rig.read(EICR) & EICR_RX_MISS).isNotZero();
    }
}
