// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;
import static io.sluice.host.ixgbe.register.LinkRegisters.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static io.sluice.host.ixgbe.register.StatisticsRegisters.*;
import static io.sluice.host.ixgbe.register.TransmitRegisters.tdh;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.host.ixgbe.model.packet.Rig.ReceiveSide;
import io.sluice.host.ixgbe.model.packet.Rig.TransmitSide;
import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The wire's pace and flow control. */
final class LineTest {
    private static final long STATION = 0x0200_0000_0002L;
    private static final int COMMAND = COMMAND_END | COMMAND_CHECK_SEQUENCE;

    /** 14.88 million of the shortest frames in a second, 812,743 of the longest. */
    @ParameterizedTest
    @CsvSource({"60, 14880", "1514, 812"})
    void shouldKeepTenGigabits(int lengthBytes, int framesInAMillisecond) {
        final Rig rig =
                new Rig(ModelOptions.of("rig").with(RegisterAccess.TRAPPED).withLineRate(true)).promiscuous();
        final ReceiveSide receive = rig.receive(0, 1024, true).fill();
        final TransmitSide transmit = rig.transmit(0, 1024);
        final byte[] frame = Frames.to(STATION, lengthBytes);
        final long buffer = rig.allocate(lengthBytes);
        rig.put(buffer, frame);
        rig.work();
        int received = 0;
        for (int turn = 0; turn < 1000; turn++) {
            while (rig.wire.toCard.size() < 100) {
                rig.wire.toCard.add(frame);
            }
            for (int i = 0; i < 20; i++) {
                transmit.put(buffer, COMMAND | lengthBytes);
            }
            transmit.bell();
            rig.nowNanos += 1000;
            rig.work();
            transmit.tail = rig.read(tdh(0));
            while (receive.next() != null) {
                received++;
            }
        }
        assertThat(received).isBetween(framesInAMillisecond - 1, framesInAMillisecond + 2);
        assertThat(rig.wire.fromCard.size()).isBetween(framesInAMillisecond - 1, framesInAMillisecond + 2);
    }

    private static byte[] pause(int quanta) {
        try (Arena arena = Arena.ofConfined()) {
            final long at = arena.allocate(PauseFrame.FRAME_BYTES).address();
            PauseFrame.write(at, 0x0201_0203_0405L, quanta);
            final byte[] frame = new byte[PauseFrame.FRAME_BYTES];
            Memory.copyToArray(at, frame, 0, frame.length);
            return frame;
        }
    }

    @Test
    void shouldObeyPauseFramesWhereAsked() {
        final Rig rig = new Rig().promiscuous();
        final ReceiveSide receive = rig.receive(0, 32, true).fill();
        final TransmitSide transmit = rig.transmit(0, 32);
        rig.wire.toCard.add(pause(100));
        transmit.put(Frames.to(STATION, 60), COMMAND).bell();
        rig.work();
        assertThat(rig.wire.fromCard).as("flow control is off").hasSize(1);
        assertThat(receive.next()).as("it is a frame as any other").hasSize(60);
        rig.write(MFLCN, MFLCN_RECEIVE_FLOW_CONTROL | MFLCN_DISCARD_PAUSE);
        rig.wire.toCard.add(pause(100));
        transmit.put(Frames.to(STATION, 60), COMMAND).bell();
        rig.work();
        rig.nowNanos += 5119;
        rig.work();
        assertThat(rig.wire.fromCard).hasSize(1);
        rig.nowNanos += 1;
        rig.work();
        assertThat(rig.wire.fromCard).hasSize(2);
        assertThat(receive.next()).isNull();
        rig.wire.toCard.add(pause(0xFFFF));
        transmit.put(Frames.to(STATION, 60), COMMAND).bell();
        rig.work();
        rig.wire.toCard.add(pause(0));
        rig.work();
        assertThat(rig.wire.fromCard).hasSize(3);
        assertThat(rig.read(LXOFFRXCNT)).isEqualTo(2);
        assertThat(rig.read(LXONRXCNT)).isEqualTo(1);
    }

    @Test
    void shouldStopTheOtherEndBeforeItsBufferIsFull() {
        final Rig rig = new Rig().promiscuous();
        rig.write(FCCFG, FCCFG_LINK);
        rig.write(fcttv(0), 200);
        rig.write(FCRTV, 100);
        rig.write(fcrth(0), 1 << 31 | 64 << 10);
        rig.write(fcrtl(0), 1 << 31 | 32 << 10);
        final ReceiveSide receive = rig.receive(0, 1024, true).tail(0);
        for (int i = 0; i < 50; i++) {
            rig.wire.toCard.add(Frames.to(STATION, 1514));
        }
        rig.work();
        assertThat(rig.wire.fromCard).hasSize(1);
        assertThat(rig.wire.fromCard.getFirst()).startsWith(pause(200)[0], pause(200)[1]);
        assertThat(rig.wire.fromCard.getFirst()[17] & 0xFF).isEqualTo(200);
        rig.nowNanos += 5120;
        rig.work();
        assertThat(rig.wire.fromCard).as("once more before it ends").hasSize(2);
        receive.fill();
        rig.work();
        assertThat(rig.wire.fromCard).hasSize(3);
        assertThat(rig.wire.fromCard.getLast()[17]).isZero();
        assertThat(rig.read(LXOFFTXC)).isEqualTo(2);
        assertThat(rig.read(LXONTXC)).isEqualTo(1);
        assertThat(rig.read(rxmpc(0))).isZero();
    }
}
