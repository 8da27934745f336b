// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.register;

/** Receive queues, and what holds for all of them (8.2.3.7, 8.2.3.8). Offsets in BAR 0, and bits. */
public final class ReceiveRegisters {
    private ReceiveRegisters() {}

    public static final int RX_QUEUES = 128;

    public static int rdbal(int queue) {
        return rxBlock(queue) + 0x00;
    }

    public static int rdbah(int queue) {
        return rxBlock(queue) + 0x04;
    }

    public static int rdlen(int queue) {
        return rxBlock(queue) + 0x08;
    }

    public static int dcaRxctrl(int queue) {
        return rxBlock(queue) + 0x0C;
    }

    public static int rdh(int queue) {
        return rxBlock(queue) + 0x10;
    }

    public static int srrctl(int queue) {
        return rxBlock(queue) + 0x14;
    }

    public static int rdt(int queue) {
        return rxBlock(queue) + 0x18;
    }

    public static int rxdctl(int queue) {
        return rxBlock(queue) + 0x28;
    }

    public static int rscctl(int queue) {
        return rxBlock(queue) + 0x2C;
    }

    private static int rxBlock(int queue) {
        return queue < 64 ? 0x01000 + 0x40 * queue : 0x0D000 + 0x40 * (queue - 64);
    }

    /** Buffer size in KiB. */
    public static final int SRRCTL_PACKET_KIB_MASK = 0x1F;

    public static final int SRRCTL_HEADER_SHIFT = 8;
    public static final int SRRCTL_DESCRIPTOR_ADVANCED = 1 << 25;
    public static final int SRRCTL_DESCRIPTOR_MASK = 7 << 25;
    public static final int SRRCTL_DROP_ENABLE = 1 << 28;
    public static final int RXDCTL_ENABLE = 1 << 25;
    public static final int RXDCTL_VLAN_STRIP = 1 << 30;
    /** Receive DMA control (8.2.3.8.8). */
    public static final int RDRXCTL = 0x02F00;

    public static final int RDRXCTL_CRC_STRIP = 1 << 1;
    public static final int RDRXCTL_DMA_INIT_DONE = 1 << 3;
    public static final int RDRXCTL_RSC_FIRST_SIZE_MASK = 0x1F << 17;
    public static final int RDRXCTL_RSC_ACKC = 1 << 25;
    public static final int RDRXCTL_FCOE_WRFIX = 1 << 26;

    /** Receive control (8.2.3.8.10). */
    public static final int RXCTRL = 0x03000;

    public static final int RXCTRL_ENABLE = 1 << 0;
    public static final int RSCDBU = 0x03028;

    /** Size of a packet buffer, KiB << 10 (8.2.3.8.9). */
    public static int rxpbsize(int buffer) {
        return 0x03C00 + 4 * buffer;
    }

    /** Checksum control (8.2.3.7.5). */
    public static final int RXCSUM = 0x05000;

    public static final int RXCSUM_IP_PAYLOAD = 1 << 12;
    public static final int RXCSUM_PCSD = 1 << 13;
    public static final int RFCTL = 0x05008;

    /** Filter control (8.2.3.7.1). */
    public static final int FCTRL = 0x05080;

    public static final int FCTRL_MULTICAST_PROMISCUOUS = 1 << 8;
    public static final int FCTRL_UNICAST_PROMISCUOUS = 1 << 9;
    public static final int FCTRL_BROADCAST = 1 << 10;
    public static final int FCTRL_STORE_BAD = 1 << 1;
    public static final int FCTRL_DISCARD_PAUSE = 1 << 13;
    public static final int FCTRL_PASS_MAC_CONTROL = 1 << 12;

    /** VLAN control (8.2.3.7.2). */
    public static final int VLNCTRL = 0x05088;

    public static final int VLNCTRL_FILTER_ENABLE = 1 << 30;
    public static final int VLNCTRL_ETHERTYPE_MASK = 0xFFFF;
    public static final int MCSTCTRL = 0x05090;
    public static final int MCSTCTRL_OFFSET_MASK = 3;
    public static final int MCSTCTRL_FILTER_ENABLE = 1 << 2;

    /** Multicast table, {@code i} 0 to 127 (8.2.3.7.7). */
    public static int mta(int i) {
        return 0x05200 + 4 * i;
    }

    /** Receive address, {@code i} 0 to 127 (8.2.3.7.8). */
    public static int ral(int i) {
        return 0x0A200 + 8 * i;
    }

    public static int rah(int i) {
        return 0x0A204 + 8 * i;
    }

    public static final int RAH_VALID = 1 << 31;

    /** VLAN table, {@code i} 0 to 127 (8.2.3.7.11). */
    public static int vfta(int i) {
        return 0x0A000 + 4 * i;
    }

    /** Pools of receive address {@code i / 2}: 0 to 31 at even, 32 to 63 at odd {@code i} (8.2.3.7.10). */
    public static int mpsar(int i) {
        return 0x0A600 + 4 * i;
    }

    public static final int SECRXCTRL = 0x08D00;
    public static final int SECRXCTRL_RX_DISABLE = 1 << 1;
    public static final int SECRXSTAT = 0x08D04;
    public static final int SECRXSTAT_READY = 1 << 0;

    /** MAC core control (8.2.3.22.8). */
    public static final int HLREG0 = 0x04240;

    public static final int HLREG0_TX_CRC = 1 << 0;
    public static final int HLREG0_RX_CRC_STRIP = 1 << 1;
    public static final int HLREG0_JUMBO = 1 << 2;
    public static final int HLREG0_TX_PAD = 1 << 10;
    public static final int HLREG0_LOOPBACK = 1 << 15;

    /** Longest frame with check sequence, in bits 31:16 (8.2.3.22.13). */
    public static final int MAXFRS = 0x04268;

    /** MAC flow control (8.2.3.22.34). */
    public static final int MFLCN = 0x04294;

    public static final int MFLCN_RECEIVE_FLOW_CONTROL = 1 << 3;
    public static final int MFLCN_DISCARD_PAUSE = 1 << 1;
    public static final int MFLCN_PASS_MAC_CONTROL = 1 << 0;
}
