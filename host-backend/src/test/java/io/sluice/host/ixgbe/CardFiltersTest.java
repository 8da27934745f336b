// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.FlowRegisters.*;
import static io.sluice.host.ixgbe.register.InterruptRegisters.*;
import static io.sluice.host.ixgbe.register.LinkRegisters.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static io.sluice.host.ixgbe.register.TransmitRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CardFiltersTest {
    private static final int BACKPLANE = 0x10F7;
    private static final MacAddress FIRST = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress SECOND = MacAddress.parse("02:11:22:33:44:55");

    private final ScriptedDevice device = new ScriptedDevice(BACKPLANE);
    private Card card;

    @BeforeEach
    void open() throws CardException {
        card = Card.open(
                device, CardOptions.defaults().withClock(new TestClock()).withPromiscuous(false));
    }

    @Test
    void shouldTakeFramesForTheAddressesAskedFor() throws CardException {
        card.addresses().accept(SECOND);
        card.addresses().accept(SECOND);

        assertThat(device.peek(ral(1))).isEqualTo(0x3322_1102);
        assertThat(device.peek(rah(1))).isEqualTo(RAH_VALID | 0x5544);
        assertThat(device.peek(rah(2))).isZero();
        card.addresses().remove(SECOND);
        assertThat(device.peek(rah(1))).isZero();
        assertThat(device.peek(rah(0)) & RAH_VALID).as("its own").isNotZero();
    }

    @Test
    void shouldSayWhenThereAreTooManyAddresses() throws CardException {
        for (int i = 1; i < AddressFilters.EXACT; i++) {
            card.addresses().accept(new MacAddress(0x0200_0000_0000L + i));
        }

        assertThatThrownBy(() -> card.addresses().accept(SECOND)).hasMessageContaining("one more than the 128");
        card.addresses().remove(new MacAddress(0x0200_0000_0000L + 64));
        card.addresses().accept(SECOND);
        assertThat(device.peek(ral(64))).isEqualTo(0x3322_1102);
    }

    @Test
    void shouldHashAddressesOfManyStations() throws CardException {
        // bits 47 to 36 of the address: fb 00 >> 4 = 0xFB0, word 0x7D, bit 0x10
        card.addresses().acceptMulticast(MacAddress.parse("01:00:5e:00:00:fb"));

        assertThat(device.peek(mta(0x7D))).isEqualTo(1 << 0x10);
        assertThat(device.peek(MCSTCTRL)).isEqualTo(MCSTCTRL_FILTER_ENABLE);
        card.addresses().removeMulticast(MacAddress.parse("01:00:5e:00:00:fb"));
        assertThat(device.peek(mta(0x7D))).isZero();
        assertThatThrownBy(() -> card.addresses().acceptMulticast(FIRST)).hasMessageContaining("many stations");
        assertThatThrownBy(() -> card.addresses().accept(MacAddress.parse("ff:ff:ff:ff:ff:ff")))
                .hasMessageContaining("one station");
    }

    @Test
    void shouldHaltReceivingWhileModesChange() throws CardException {
        card.enableReceive(0, new ReceiveRing(0, 64, 2, true, false));
        device.answer(FCTRL, held -> {
            assertThat(device.peek(RXCTRL) & RXCTRL_ENABLE).isZero();
            return held;
        });
        card.addresses().promiscuous(true);

        assertThat(device.peek(FCTRL))
                .isEqualTo(FCTRL_BROADCAST | FCTRL_UNICAST_PROMISCUOUS | FCTRL_MULTICAST_PROMISCUOUS);
        assertThat(device.peek(RXCTRL) & RXCTRL_ENABLE).isNotZero();
        card.addresses().promiscuous(false);
        card.addresses().allMulticast(true);
        assertThat(device.peek(FCTRL)).isEqualTo(FCTRL_BROADCAST | FCTRL_MULTICAST_PROMISCUOUS);
    }

    @Test
    void shouldTakeFramesOfTheVlansAskedFor() throws CardException {
        card.vlans().accept(100);
        card.vlans().filter(true);

        assertThat(device.peek(vfta(3))).isEqualTo(1 << 4);
        assertThat(device.peek(VLNCTRL) & VLNCTRL_FILTER_ENABLE).isNotZero();
        card.vlans().remove(100);
        card.vlans().filter(false);
        assertThat(device.peek(vfta(3))).isZero();
        assertThat(device.peek(VLNCTRL) & VLNCTRL_FILTER_ENABLE).isZero();
        assertThatThrownBy(() -> card.vlans().accept(4096)).hasMessageContaining("vlan=4096");
    }

    @Test
    void shouldSpreadPacketsEvenly() throws CardException {
        card.rss().spread(16);

        final int[] uses = new int[16];
        for (int entry = 0; entry < 128; entry++) {
            uses[device.peek(reta(entry / 4)) >>> 8 * (entry % 4) & 0xF]++;
        }
        assertThat(uses).containsOnly(8);
        assertThat(device.peek(MRQC) & MRQC_MODE_MASK).isEqualTo(MRQC_RSS);
        assertThat(device.peek(RXCSUM) & RXCSUM_PCSD).isNotZero();
        card.rss().spread(1);
        assertThat(device.peek(MRQC)).isZero();
        assertThatThrownBy(() -> card.rss().spread(17)).hasMessageContaining("must be 1 to 16");
    }

    @Test
    void shouldFillTheLongerTableOfTheX550() throws CardException {
        final ScriptedDevice x550 = new ScriptedDevice(0x1563);
        Card.open(x550, CardOptions.defaults().withClock(new TestClock())).rss().spread(8);

        for (int i = 0; i < 96; i++) {
            assertThat(x550.peek(ereta(i))).as("ERETA %d", i).isEqualTo(i % 2 == 0 ? 0x0302_0100 : 0x0706_0504);
        }
    }

    @Test
    void shouldHashBothDirectionsOfAFlowAlike() throws CardException {
        card.rss().spread(16);
        final byte[] key = new byte[40];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (device.peek(rssrk(i / 4)) >>> 8 * (i % 4));
        }
        assertThat(key[0]).isEqualTo((byte) 0x6D);
        assertThat(key[1]).isEqualTo((byte) 0x5A);
        final Random random = new Random(82599);
        for (int i = 0; i < 1000; i++) {
            final byte[] there = new byte[12];
            random.nextBytes(there);
            final byte[] back = new byte[12];
            System.arraycopy(there, 0, back, 4, 4);
            System.arraycopy(there, 4, back, 0, 4);
            System.arraycopy(there, 8, back, 10, 2);
            System.arraycopy(there, 10, back, 8, 2);
            assertThat(toeplitz(key, there)).isEqualTo(toeplitz(key, back));
        }
    }

    /** The hash as Microsoft defines it: the key's window of 32 bits at each bit that is set. */
    private static int toeplitz(byte[] key, byte[] input) {
        int hash = 0;
        for (int bit = 0; bit < input.length * 8; bit++) {
            if ((input[bit / 8] >>> 7 - bit % 8 & 1) != 0) {
                int window = 0;
                for (int i = 0; i < 32; i++) {
                    window = window << 1 | key[(bit + i) / 8] >>> 7 - (bit + i) % 8 & 1;
                }
                hash ^= window;
            }
        }
        return hash;
    }

    @Test
    void shouldGiveGuestsPoolsOfTheirOwn() throws CardException {
        card.divide(Pools.Layout.POOLS_64);
        card.pools().open(40, FIRST, 100);
        card.pools().open(2, SECOND, 100);

        assertThat(device.peek(MRQC)).isEqualTo(MRQC_VMDQ_64);
        assertThat(device.peek(MTQC)).isEqualTo(MTQC_VT | MTQC_64_POOLS);
        assertThat(device.peek(VT_CTL)).isEqualTo(VT_CTL_ENABLE | VT_CTL_REPLICATION | VT_CTL_DISABLE_DEFAULT_POOL);
        assertThat(device.peek(mpsar(3)))
                .as("pools 32 on of the first's address")
                .isEqualTo(1 << 8);
        assertThat(device.peek(mpsar(4))).as("pools 0 on of the second's").isEqualTo(1 << 2);
        assertThat(device.peek(pfvlvf(0))).isEqualTo(PFVLVF_ENABLE | 100);
        assertThat(device.peek(pfvlvfb(0))).isEqualTo(1 << 2);
        assertThat(device.peek(pfvlvfb(1))).isEqualTo(1 << 8);
        assertThat(device.peek(vfta(3))).isEqualTo(1 << 4);
        assertThat(device.peek(VLNCTRL) & VLNCTRL_FILTER_ENABLE).isNotZero();
        assertThat(device.peek(vfre(0))).isEqualTo(1 << 2);
        assertThat(device.peek(vfre(1))).isEqualTo(1 << 8);
        assertThat(device.peek(pfvml2flt(40))).isEqualTo(PFVML2FLT_BROADCAST | PFVML2FLT_MULTICAST_PROMISCUOUS);

        card.pools().close(40);
        card.pools().close(40);
        assertThat(device.peek(vfre(1))).isZero();
        assertThat(device.peek(rah(1))).isZero();
        assertThat(device.peek(pfvlvf(0))).isEqualTo(PFVLVF_ENABLE | 100);
        card.pools().close(2);
        assertThat(device.peek(pfvlvf(0))).isZero();
        assertThat(device.peek(vfta(3))).isZero();
        assertThat(device.peek(VLNCTRL) & VLNCTRL_FILTER_ENABLE).isZero();
    }

    @Test
    void shouldSpreadAPoolsPacketsOverItsOwnQueues() throws CardException {
        card.divide(Pools.Layout.POOLS_32);
        card.rss().spread(4);
        card.pools().open(9, FIRST, Pools.NONE);

        assertThat(device.peek(MRQC) & MRQC_MODE_MASK).isEqualTo(MRQC_VMDQ_32_RSS);
        assertThat(device.peek(psrtype(9)) >>> PSRTYPE_QUEUE_BITS_SHIFT).isEqualTo(2);
        assertThat(device.peek(pfvml2flt(9)) & PFVML2FLT_UNTAGGED).isNotZero();
        assertThatThrownBy(() -> card.rss().spread(3)).hasMessageContaining("power of two");
        assertThatThrownBy(() -> card.rss().spread(8)).hasMessageContaining("must be 1 to 4");
        assertThatThrownBy(() -> card.pools().open(32, SECOND, Pools.NONE)).hasMessageContaining("must be 0 to 31");
        assertThatThrownBy(() -> card.pools().open(9, SECOND, Pools.NONE)).hasMessageContaining("already");
    }

    @Test
    void shouldDivideACardOnlyWhileNobodyUsesIt() throws CardException {
        assertThatThrownBy(() -> card.pools().open(0, FIRST, Pools.NONE)).hasMessageContaining("not divided");
        card.enableReceive(0, new ReceiveRing(0, 64, 2, true, false));
        assertThatThrownBy(() -> card.divide(Pools.Layout.POOLS_64)).hasMessageContaining("queues are in use");
        card.disableReceive(0);
        card.divide(Pools.Layout.POOLS_64);
        card.pools().open(0, FIRST, Pools.NONE);
        assertThatThrownBy(() -> card.divide(Pools.Layout.NONE)).hasMessageContaining("pool 0 is in use");
        card.pools().close(0);
        card.divide(Pools.Layout.NONE);
        assertThat(device.peek(MTQC)).isZero();
        assertThat(device.peek(VT_CTL)).isZero();
    }

    @Test
    void shouldPauseThePeerBeforeTheBufferIsFull() {
        card.flowControl().enable(true);

        assertThat(device.peek(FCCFG)).isEqualTo(FCCFG_LINK);
        assertThat(device.peek(MFLCN) & MFLCN_RECEIVE_FLOW_CONTROL).isNotZero();
        assertThat(device.peek(fcrth(0))).isEqualTo(FCRTH_FLOW_CONTROL_ENABLE | 0x7A000);
        assertThat(device.peek(fcrtl(0))).isEqualTo(FCRTL_XON_ENABLE | 0x76000);
        assertThat(device.peek(fcttv(3))).isEqualTo(-1);
        card.flowControl().enable(false);
        assertThat(device.peek(FCCFG)).isZero();
        assertThat(device.peek(fcrth(0))).isEqualTo(0x7A000);
        assertThat(device.peek(MFLCN) & MFLCN_RECEIVE_FLOW_CONTROL).isZero();
    }

    @Test
    void shouldRouteQueuesToVectors() throws CardException {
        card.interrupts().connect(33, -1, 10_000);
        card.interrupts().routeReceive(5, 33);
        card.interrupts().routeTransmit(5, 34);
        card.interrupts().routeReceive(4, 0);

        assertThat(device.peek(ivar(2))).isEqualTo(0xA2A1_0080);
        assertThat(device.peek(eitr(33))).isEqualTo(5 << EITR_INTERVAL_SHIFT);
        assertThat(device.peek(GPIE) & GPIE_MSIX).isNotZero();
        card.interrupts().enable(33);
        assertThat(device.peek(eimsEx(1))).isEqualTo(2);
        card.interrupts().disable(33);
        assertThat(device.peek(eimcEx(1))).isEqualTo(2);
        card.interrupts().routeReceive(5, -1);
        assertThat(device.peek(ivar(2))).isEqualTo(0xA200_0080);
        assertThatThrownBy(() -> card.interrupts().routeReceive(5, 64)).hasMessageContaining("vector=64");
    }
}
