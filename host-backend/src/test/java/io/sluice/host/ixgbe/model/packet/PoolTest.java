// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;
import static io.sluice.host.ixgbe.register.FlowRegisters.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static io.sluice.host.ixgbe.register.TransmitRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.model.packet.Rig.ReceiveSide;
import io.sluice.host.ixgbe.model.packet.Rig.TransmitSide;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Virtual machines' pools: who gets a frame. */
final class PoolTest {
    private static final long STATION = 0x0200_0000_0100L;
    private static final long GROUP = 0x0100_5E7F_1234L;
    private static final long ALL = 0xFFFF_FFFF_FFFFL;
    private static final int POOLS = 4;

    private final Rig rig = new Rig().promiscuous();
    private final List<ReceiveSide> queues = new ArrayList<>();
    private int queuesInPool;

    private void pools(int mode, int perPool) {
        queuesInPool = perPool;
        rig.write(MRQC, mode | MRQC_IPV4 | MRQC_TCP_IPV4);
        rig.write(VT_CTL, VT_CTL_ENABLE | VT_CTL_REPLICATION | VT_CTL_DISABLE_DEFAULT_POOL);
        rig.write(vfre(0), -1);
        rig.write(vfre(1), -1);
        for (int i = 0; i < 128; i++) {
            rig.write(rah(i), 0);
            rig.write(mpsar(2 * i), 0);
            rig.write(mpsar(2 * i + 1), 0);
            rig.write(pfuta(i), 0);
        }
        for (int i = 0; i < 64; i++) {
            rig.write(pfvml2flt(i), 0);
            rig.write(pfvlvf(i), 0);
        }
        for (int pool = 0; pool < POOLS; pool++) {
            address(pool, STATION + pool, pool);
            rig.write(pfvml2flt(pool), PFVML2FLT_BROADCAST | PFVML2FLT_UNTAGGED);
            for (int q = 0; q < perPool; q++) {
                queues.add(rig.receive(pool * perPool + q, 32, true).fill());
            }
        }
    }

    private void address(int i, long address, int pool) {
        rig.write(ral(i), Integer.reverseBytes((int) (address >>> 16)));
        rig.write(rah(i), Short.reverseBytes((short) address) & 0xFFFF | RAH_VALID);
        rig.write(mpsar(2 * i + (pool >>> 5)), 1 << pool);
    }

    /** The pools that get {@code frame}. */
    private List<Integer> receivers(byte[] frame) {
        rig.wire.toCard.add(frame);
        return receivers();
    }

    private List<Integer> receivers() {
        rig.work();
        final List<Integer> receivers = new ArrayList<>();
        for (int i = 0; i < queues.size(); i++) {
            while (queues.get(i).next() != null) {
                receivers.add(i / queuesInPool);
            }
        }
        return receivers;
    }

    @ParameterizedTest
    @CsvSource({"8, 2", "11, 2", "10, 4"})
    void shouldGiveEachPoolExactlyItsOwn(int mode, int perPool) {
        pools(mode, perPool);
        for (int pool = 0; pool < POOLS; pool++) {
            assertThat(receivers(Frames.to(STATION + pool, 60))).containsExactly(pool);
        }
        assertThat(receivers(Frames.to(STATION + 9, 60))).as("nobody's").isEmpty();
        assertThat(receivers(Frames.to(ALL, 60))).containsExactly(0, 1, 2, 3);
    }

    @Test
    void shouldSpreadOverAPoolsQueues() {
        pools(MRQC_VMDQ_32_RSS, 4);
        for (int i = 0; i < 32; i++) {
            rig.write(reta(i), 0x0302_0100);
        }
        for (int i = 0; i < 10; i++) {
            rig.write(rssrk(i), 0x9E37_79B9 * (i + 1));
        }
        final boolean[] used = new boolean[8];
        for (int bits = 0; bits <= 2; bits++) {
            rig.write(psrtype(1), bits << 29);
            int distinct = 0;
            Arrays.fill(used, false);
            for (int flow = 0; flow < 100; flow++) {
                final byte[] frame = Frames.ip("10.0.0." + flow, 1000 + flow, "10.1.0.1", 80, Frames.TCP, 20);
                System.arraycopy(Frames.to(STATION + 1, 60), 0, frame, 0, 6);
                rig.wire.toCard.add(frame);
                rig.work();
                for (int q = 4; q < 8; q++) {
                    while (queues.get(q).next() != null) {
                        distinct += used[q] ? 0 : 1;
                        used[q] = true;
                    }
                }
            }
            assertThat(distinct).as("bits=" + bits).isEqualTo(1 << bits);
        }
    }

    @Test
    void shouldFallBackToTheDefaultPool() {
        pools(MRQC_VMDQ_64, 2);
        rig.write(VT_CTL, VT_CTL_ENABLE | VT_CTL_REPLICATION | 2 << VT_CTL_DEFAULT_POOL_SHIFT);
        assertThat(receivers(Frames.to(STATION + 9, 60))).containsExactly(2);
        rig.write(vfre(0), ~(1 << 2));
        assertThat(receivers(Frames.to(STATION + 9, 60)))
                .as("it may not receive")
                .isEmpty();
    }

    @Test
    void shouldGiveToOnePoolWithoutReplication() {
        pools(MRQC_VMDQ_64, 2);
        rig.write(VT_CTL, VT_CTL_ENABLE | 3 << VT_CTL_DEFAULT_POOL_SHIFT);
        assertThat(receivers(Frames.to(ALL, 60))).hasSize(1);
        assertThat(receivers(Frames.to(STATION + 1, 60))).containsExactly(1);
    }

    @Test
    void shouldGiveGroupsToWhoAsksForThem() {
        pools(MRQC_VMDQ_64, 2);
        rig.write(pfvml2flt(1), PFVML2FLT_MULTICAST_PROMISCUOUS);
        assertThat(receivers(Frames.to(GROUP, 60))).containsExactly(1);
        rig.write(MCSTCTRL, MCSTCTRL_FILTER_ENABLE);
        rig.write(mta(0x341 >>> 5), 1 << 0x341);
        rig.write(pfvml2flt(3), PFVML2FLT_MULTICAST_TABLE);
        assertThat(receivers(Frames.to(GROUP, 60))).containsExactly(1, 3);
        rig.write(pfuta(0x001 >>> 5), 1 << 0x001); // of 02:00:00:00:01:10, byte 5 and half of byte 6
        rig.write(pfvml2flt(2), PFVML2FLT_UNICAST_TABLE);
        assertThat(receivers(Frames.to(0x0200_0000_1000L, 60))).containsExactly(2);
    }

    @Test
    void shouldKeepVlansApart() {
        pools(MRQC_VMDQ_64, 2);
        rig.set(VLNCTRL, VLNCTRL_FILTER_ENABLE);
        for (int i = 0; i < 128; i++) {
            rig.write(vfta(i), -1);
        }
        rig.write(pfvlvf(7), PFVLVF_ENABLE | 100);
        rig.write(pfvlvfb(14), 0b0110);
        rig.write(pfvlvfb(15), 0);
        assertThat(receivers(Frames.tagged(ALL, 100, 64))).containsExactly(1, 2);
        assertThat(receivers(Frames.tagged(STATION, 100, 64))).isEmpty();
        assertThat(receivers(Frames.tagged(STATION + 1, 100, 64))).containsExactly(1);
        assertThat(receivers(Frames.tagged(STATION + 1, 101, 64))).isEmpty();
        assertThat(receivers(Frames.to(STATION, 64))).containsExactly(0);
        rig.write(pfvml2flt(0), 0);
        assertThat(receivers(Frames.to(STATION, 64))).as("no untagged frames").isEmpty();
    }

    @Test
    void shouldSwitchBetweenPools() {
        pools(MRQC_VMDQ_64, 2);
        rig.write(MTQC, MTQC_VT | MTQC_64_POOLS);
        rig.write(PFDTXGSWC, PFDTXGSWC_LOOPBACK);
        rig.write(vfte(0), 0b10);
        final TransmitSide ofPool1 = rig.transmit(2, 32);
        final TransmitSide ofPool0 = rig.transmit(0, 32);
        final int command = COMMAND_END | COMMAND_CHECK_SEQUENCE | COMMAND_REPORT;
        ofPool0.put(Frames.to(STATION + 3, 60), command).bell();
        assertThat(receivers()).as("pool 0 may not send").isEmpty();
        ofPool1.put(Frames.to(STATION + 3, 60), command).bell();
        assertThat(receivers()).containsExactly(3);
        assertThat(rig.wire.fromCard).as("it is inside").isEmpty();
        ofPool1.put(Frames.to(ALL, 60), command).bell();
        assertThat(receivers()).as("all but itself").containsExactly(0, 2, 3);
        assertThat(rig.wire.fromCard).hasSize(1);
        ofPool1.put(Frames.to(STATION + 9, 60), command).bell();
        assertThat(receivers()).isEmpty();
        assertThat(rig.wire.fromCard).hasSize(2);
        rig.write(PFDTXGSWC, 0);
        ofPool1.put(Frames.to(STATION + 3, 60), command).bell();
        assertThat(receivers()).isEmpty();
        assertThat(rig.wire.fromCard).hasSize(3);
        assertThat(ofPool1.done(3)).isTrue();
    }
}
