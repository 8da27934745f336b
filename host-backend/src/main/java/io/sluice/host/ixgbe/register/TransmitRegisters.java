// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.register;

/** Transmit queues, and what holds for all of them (8.2.3.9). Offsets in BAR 0, and bits. */
public final class TransmitRegisters {
    private TransmitRegisters() {}

    public static final int TX_QUEUES = 128;

    public static int tdbal(int queue) {
        return 0x06000 + 0x40 * queue + 0x00;
    }

    public static int tdbah(int queue) {
        return 0x06000 + 0x40 * queue + 0x04;
    }

    public static int tdlen(int queue) {
        return 0x06000 + 0x40 * queue + 0x08;
    }

    public static int dcaTxctrl(int queue) {
        return 0x06000 + 0x40 * queue + 0x0C;
    }

    public static int tdh(int queue) {
        return 0x06000 + 0x40 * queue + 0x10;
    }

    public static int tdt(int queue) {
        return 0x06000 + 0x40 * queue + 0x18;
    }

    public static int txdctl(int queue) {
        return 0x06000 + 0x40 * queue + 0x28;
    }

    public static int tdwbal(int queue) {
        return 0x06000 + 0x40 * queue + 0x38;
    }

    public static int tdwbah(int queue) {
        return 0x06000 + 0x40 * queue + 0x3C;
    }

    public static final int TXDCTL_PTHRESH_SHIFT = 0;
    public static final int TXDCTL_HTHRESH_SHIFT = 8;
    public static final int TXDCTL_WTHRESH_SHIFT = 16;
    public static final int TXDCTL_ENABLE = 1 << 25;
    public static final int TXDCTL_FLUSH = 1 << 26;

    /** Write the head instead of "descriptor done" (7.2.3.5.2). */
    public static final int TDWBAL_HEAD_WRITE_BACK = 1 << 0;

    public static final int DCA_TXCTRL_WRITE_BACK_RELAXED = 1 << 11;

    /** Has to be cleared (4.6.7). */
    public static final int DCA_RXCTRL_RESERVED_12 = 1 << 12;
    /** Transmit DMA control (8.2.3.9.2). */
    public static final int DMATXCTL = 0x04A80;

    public static final int DMATXCTL_ENABLE = 1 << 0;
    public static final int DMATXCTL_GDV = 1 << 3;
    public static final int DMATXCTL_VLAN_TYPE_SHIFT = 16;
    public static final int DTXMXSZRQ = 0x08100;
    public static final int DTXMXSZRQ_MAX_BYTES = 0xFFF;
    public static final int DTXTCPFLGL = 0x04A88;
    public static final int DTXTCPFLGH = 0x04A8C;

    /** Queues of transmit (8.2.3.9.15). */
    public static final int MTQC = 0x08120;

    public static final int MTQC_VT = 1 << 1;
    public static final int MTQC_64_POOLS = 1 << 2;
    public static final int MTQC_32_POOLS = 2 << 2;

    public static int txpbsize(int buffer) {
        return 0x0CC00 + 4 * buffer;
    }

    public static int txpbthresh(int buffer) {
        return 0x04950 + 4 * buffer;
    }

    public static final int RTTDCS = 0x04900;
    public static final int RTTDCS_ARBITER_DISABLE = 1 << 6;
    public static final int RTTDQSEL = 0x04904;
    public static final int RTTDT1C = 0x04908;
    public static final int SECTXCTRL = 0x08800;
    public static final int SECTXCTRL_TX_DISABLE = 1 << 1;
    public static final int SECTXSTAT = 0x08804;
    public static final int SECTXSTAT_READY = 1 << 0;
    public static final int PFDTXGSWC = 0x08220;
    public static final int PFDTXGSWC_LOOPBACK = 1 << 0;
    public static final int TIPG = 0x0CB00;
    public static final int RTRPCS = 0x02430;
    public static final int RTRUP2TC = 0x03020;
    public static final int RTTUP2TC = 0x0C800;
    public static final int RTRPT4C = 0x02140;
    public static final int RTTDT2C = 0x04910;
    public static final int RTTPT2C = 0x0CD20;
    public static final int RTTPCS = 0x0CD00;
    public static final int RTTBCNRC = 0x04984;
}
