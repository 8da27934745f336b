// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;
import static io.sluice.host.ixgbe.register.StatisticsRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.model.packet.Rig.ReceiveSide;
import io.sluice.host.ixgbe.model.packet.Rig.TransmitSide;
import org.junit.jupiter.api.Test;

final class StatisticsTest {
    private static final long STATION = 0x0200_0000_0002L;
    private static final int[] LENGTHS = {60, 61, 123, 124, 251, 252, 507, 508, 1019, 1020, 1514};
    private static final int[] BINS = {1, 2, 2, 2, 2, 2};

    private final Rig rig = new Rig().promiscuous();

    private long octets(int low, int high) {
        return Integer.toUnsignedLong(rig.read(low)) | (long) rig.read(high) << 32;
    }

    @Test
    void shouldCountWhatComesAndWhatGoesBySize() {
        final ReceiveSide receive = rig.receive(0, 32, true).fill();
        final TransmitSide transmit = rig.transmit(0, 32);
        long octets = 0;
        for (int length : LENGTHS) {
            rig.wire.toCard.add(Frames.to(STATION, length));
            transmit.put(Frames.to(STATION, length), COMMAND_END | COMMAND_CHECK_SEQUENCE);
            octets += length + 4;
        }
        transmit.bell();
        rig.work();
        assertThat(receive.done(LENGTHS.length - 1)).isTrue();
        final int[] received = {PRC64, PRC127, PRC255, PRC511, PRC1023, PRC1522};
        final int[] sent = {PTC64, PTC127, PTC255, PTC511, PTC1023, PTC1522};
        final int[] expected = {1, 2, 2, 2, 2, 2};
        for (int i = 0; i < BINS.length; i++) {
            assertThat(rig.read(received[i])).as("bin " + i).isEqualTo(expected[i]);
            assertThat(rig.read(sent[i])).as("bin " + i).isEqualTo(expected[i]);
        }
        assertThat(rig.read(GPRC)).isEqualTo(LENGTHS.length);
        assertThat(rig.read(TPR)).isEqualTo(LENGTHS.length);
        assertThat(rig.read(GPTC)).isEqualTo(LENGTHS.length);
        assertThat(rig.read(TPT)).isEqualTo(LENGTHS.length);
        assertThat(octets(GORCL, GORCH)).isEqualTo(octets);
        assertThat(octets(TORL, TORH)).isEqualTo(octets);
        assertThat(octets(GOTCL, GOTCH)).isEqualTo(octets);
        assertThat(octets(qbrcL(0), qbrcH(0))).isEqualTo(octets - 4L * LENGTHS.length);
        assertThat(octets(qbtcL(0), qbtcH(0))).isEqualTo(octets - 4L * LENGTHS.length);
    }

    @Test
    void shouldCountQueuesInTheirSets() {
        rig.write(tqsm(1), 0x0000_0500); // queue 5 in set 5
        final TransmitSide transmit = rig.transmit(5, 32);
        transmit.put(Frames.to(STATION, 100), COMMAND_END | COMMAND_CHECK_SEQUENCE)
                .bell();
        rig.write(rqsmr(0), 0x0000_000F); // queue 0 in set 15
        final ReceiveSide receive = rig.receive(0, 32, true).fill();
        rig.wire.toCard.add(Frames.to(0xFFFF_FFFF_FFFFL, 100));
        rig.wire.toCard.add(Frames.to(0x0100_5E00_0001L, 100));
        rig.work();
        assertThat(receive.done(1)).isTrue();
        assertThat(rig.read(qptc(5))).isEqualTo(1);
        assertThat(rig.read(qptc(0))).isZero();
        assertThat(rig.read(qprc(15))).isEqualTo(2);
        assertThat(rig.read(qprc(0))).isZero();
        assertThat(rig.read(BPRC)).isEqualTo(1);
        assertThat(rig.read(MPRC)).isEqualTo(1);
    }
}
