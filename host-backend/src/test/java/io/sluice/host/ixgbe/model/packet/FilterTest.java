// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static io.sluice.host.ixgbe.register.StatisticsRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.model.packet.Rig.ReceiveSide;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FilterTest {
    private static final long STATION = 0x0200_0000_0002L;
    private static final long GROUP = 0x0100_5E7F_1234L;
    private static final long ALL = 0xFFFF_FFFF_FFFFL;

    private final Rig rig = new Rig().receiving();
    private final ReceiveSide queue = rig.receive(0, 32, true).fill();

    /** A card that was switched on may hold anything in its tables. */
    @BeforeEach
    void clear() {
        rig.write(FCTRL, 0);
        for (int i = 0; i < 128; i++) {
            rig.write(rah(i), 0);
            rig.write(mta(i), 0);
            rig.write(vfta(i), 0);
        }
    }

    private boolean takes(byte[] frame) {
        rig.wire.toCard.add(frame);
        rig.work();
        final boolean inexact = (queue.status(queue.next) & DescriptorBits.STATUS_INEXACT) != 0;
        final byte[] got = queue.next();
        lastInexact = got != null && inexact;
        return got != null;
    }

    private boolean lastInexact;

    private boolean takes(long destination) {
        return takes(Frames.to(destination, 60));
    }

    /** An address as its registers have it: the first byte in the lowest bits. */
    private void address(int i, long address) {
        rig.write(ral(i), Integer.reverseBytes((int) (address >>> 16)));
        rig.write(rah(i), Short.reverseBytes((short) address) & 0xFFFF | RAH_VALID);
    }

    @Test
    void shouldTakeNothingWithoutAnAddress() {
        assertThat(takes(STATION)).isFalse();
        assertThat(takes(GROUP)).isFalse();
        assertThat(takes(ALL)).isFalse();
        assertThat(rig.read(TPR)).isEqualTo(3);
        assertThat(rig.read(GPRC)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "127"})
    void shouldTakeItsOwnAddresses(int i) {
        address(i, STATION);
        assertThat(takes(STATION)).isTrue();
        assertThat(lastInexact).isFalse();
        assertThat(takes(STATION + 1)).isFalse();
        rig.write(rah(i), rig.read(rah(i)) & ~RAH_VALID);
        assertThat(takes(STATION)).isFalse();
    }

    @Test
    void shouldTakeAllOfAKindWhereAsked() {
        rig.write(FCTRL, FCTRL_UNICAST_PROMISCUOUS);
        assertThat(takes(STATION)).isTrue();
        assertThat(lastInexact).isTrue();
        assertThat(takes(GROUP)).isFalse();
        rig.write(FCTRL, FCTRL_MULTICAST_PROMISCUOUS);
        assertThat(takes(STATION)).isFalse();
        assertThat(takes(GROUP)).isTrue();
        rig.write(FCTRL, FCTRL_BROADCAST);
        assertThat(takes(GROUP)).isFalse();
        assertThat(takes(ALL)).isTrue();
        assertThat(rig.read(BPRC)).isEqualTo(1);
        assertThat(rig.read(MPRC)).isEqualTo(1);
    }

    /** Which twelve bits of 01:00:5E:7F:12:34 choose the bit: bytes 5 and 6 are 0x3412 with the first one low. */
    @ParameterizedTest
    @CsvSource({"0, 0x341", "1, 0x682", "2, 0xD04", "3, 0x412"})
    void shouldLookGroupsUpByTheirLastBytes(int offset, String hashText) {
        final int hash = Integer.decode(hashText);
        rig.write(MCSTCTRL, MCSTCTRL_FILTER_ENABLE | offset);
        assertThat(takes(GROUP)).isFalse();
        rig.write(mta(hash >>> 5), 1 << hash);
        assertThat(takes(GROUP)).isTrue();
        assertThat(lastInexact).isTrue();
        assertThat(takes(GROUP + 0x11)).isFalse();
        rig.write(MCSTCTRL, offset);
        assertThat(takes(GROUP)).as("the table is off").isFalse();
    }

    @Test
    void shouldKeepForeignVlansOut() {
        address(0, STATION);
        assertThat(takes(Frames.tagged(STATION, 100, 64))).isTrue();
        rig.set(VLNCTRL, VLNCTRL_FILTER_ENABLE);
        assertThat(takes(Frames.tagged(STATION, 100, 64))).isFalse();
        rig.write(vfta(100 >>> 5), 1 << 100);
        assertThat(takes(Frames.tagged(STATION, 0x6000 | 100, 64))).isTrue();
        assertThat(takes(Frames.tagged(STATION, 101, 64))).isFalse();
        assertThat(takes(STATION)).as("untagged frames are of no VLAN").isTrue();
    }
}
