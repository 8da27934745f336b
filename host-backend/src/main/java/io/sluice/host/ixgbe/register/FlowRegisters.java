// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.register;

/** How a packet finds its queue: hash, filters, pools (8.2.3.7, 8.2.3.27). Offsets in BAR 0, and bits. */
public final class FlowRegisters {
    private FlowRegisters() {}

    /** Multiple receive queues (8.2.3.7.12). */
    public static final int MRQC = 0x05818;

    public static final int MRQC_RSS = 1;
    public static final int MRQC_VMDQ_64 = 8;
    public static final int MRQC_VMDQ_32_RSS = 10;
    public static final int MRQC_VMDQ_64_RSS = 11;
    public static final int MRQC_MODE_MASK = 0xF;
    public static final int MRQC_TCP_IPV4 = 1 << 16;
    public static final int MRQC_IPV4 = 1 << 17;
    public static final int MRQC_IPV6 = 1 << 20;
    public static final int MRQC_TCP_IPV6 = 1 << 21;
    public static final int MRQC_UDP_IPV4 = 1 << 22;
    public static final int MRQC_UDP_IPV6 = 1 << 23;

    /** Four entries of the indirection table each, {@code i} 0 to 31 (8.2.3.7.14). */
    public static int reta(int i) {
        return 0x05C00 + 4 * i;
    }

    /** Four further entries each, {@code i} 0 to 95, on the X550. */
    public static int ereta(int i) {
        return 0x0EE80 + 4 * i;
    }

    /** The hash's key, {@code i} 0 to 9 (8.2.3.7.15). */
    public static int rssrk(int i) {
        return 0x05C80 + 4 * i;
    }

    /** Header types of {@code pool}, and how many of its queues the hash spreads over (8.2.3.7.4). */
    public static int psrtype(int pool) {
        return 0x0EA00 + 4 * pool;
    }

    public static final int PSRTYPE_QUEUE_BITS_SHIFT = 29;

    public static int etqf(int i) {
        return 0x05128 + 4 * i;
    }

    public static int etqs(int i) {
        return 0x0EC00 + 4 * i;
    }

    public static int saqf(int i) {
        return 0x0E000 + 4 * i;
    }

    public static int daqf(int i) {
        return 0x0E200 + 4 * i;
    }

    public static int sdpqf(int i) {
        return 0x0E400 + 4 * i;
    }

    public static int ftqf(int i) {
        return 0x0E600 + 4 * i;
    }

    public static final int FTQF_ENABLE = 1 << 31;

    public static int l34timir(int i) {
        return 0x0E800 + 4 * i;
    }

    public static final int SYNQF = 0x0EC30;
    public static final int FDIRCTRL = 0x0EE00;
    public static final int FDIRCTRL_INIT_DONE = 1 << 3;
    public static final int FDIRCMD = 0x0EE2C;
    public static final int FDIRHKEY = 0x0EE68;
    public static final int FDIRSKEY = 0x0EE6C;
    /** Virtual machines (8.2.3.27.1). */
    public static final int VT_CTL = 0x051B0;

    public static final int VT_CTL_ENABLE = 1 << 0;
    public static final int VT_CTL_DEFAULT_POOL_SHIFT = 7;
    public static final int VT_CTL_DISABLE_DEFAULT_POOL = 1 << 29;
    public static final int VT_CTL_REPLICATION = 1 << 30;

    /** Pools that receive, 32 each. */
    public static int vfre(int i) {
        return 0x051E0 + 4 * i;
    }

    /** Pools that transmit, 32 each. */
    public static int vfte(int i) {
        return 0x08110 + 4 * i;
    }

    public static final int QDE = 0x02F04;

    /** VLAN of filter {@code i}, 0 to 63. */
    public static int pfvlvf(int i) {
        return 0x0F100 + 4 * i;
    }

    public static final int PFVLVF_ENABLE = 1 << 31;

    /** Pools of VLAN filter {@code i / 2}, {@code i} 0 to 127. */
    public static int pfvlvfb(int i) {
        return 0x0F200 + 4 * i;
    }

    /** What a pool accepts (8.2.3.27.14). */
    public static int pfvml2flt(int pool) {
        return 0x0F000 + 4 * pool;
    }

    public static final int PFVML2FLT_UNTAGGED = 1 << 24;
    public static final int PFVML2FLT_MULTICAST_TABLE = 1 << 25;
    public static final int PFVML2FLT_UNICAST_TABLE = 1 << 26;
    public static final int PFVML2FLT_BROADCAST = 1 << 27;
    public static final int PFVML2FLT_MULTICAST_PROMISCUOUS = 1 << 28;

    public static int pfuta(int i) {
        return 0x0F400 + 4 * i;
    }

    public static int pfmrctl(int i) {
        return 0x0F600 + 4 * i;
    }

    public static int pfmailbox(int pool) {
        return 0x04B00 + 4 * pool;
    }

    public static int vflre(int i) {
        return i == 0 ? 0x00600 : 0x001C0;
    }

    public static int pfmbicr(int i) {
        return 0x00710 + 4 * i;
    }

    public static int pfvfspoof(int i) {
        return 0x08200 + 4 * i;
    }
}
