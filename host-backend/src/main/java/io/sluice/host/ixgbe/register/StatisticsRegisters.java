// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.register;

/** Counters (8.2.3.23); all of them clear when they are read. Offsets in BAR 0, and bits. */
public final class StatisticsRegisters {
    private StatisticsRegisters() {}

    public static final int CRCERRS = 0x04000;
    public static final int ILLERRC = 0x04004;
    public static final int ERRBC = 0x04008;
    public static final int MSPDC = 0x04010;
    public static final int MLFC = 0x04034;
    public static final int MRFC = 0x04038;
    public static final int RLEC = 0x04040;
    public static final int LXONTXC = 0x03F60;
    public static final int LXONRXCNT = 0x041A4;
    public static final int LXOFFTXC = 0x03F68;
    public static final int LXOFFRXCNT = 0x041A8;
    public static final int PRC64 = 0x0405C;
    public static final int PRC127 = 0x04060;
    public static final int PRC255 = 0x04064;
    public static final int PRC511 = 0x04068;
    public static final int PRC1023 = 0x0406C;
    public static final int PRC1522 = 0x04070;
    public static final int GPRC = 0x04074;
    public static final int BPRC = 0x04078;
    public static final int MPRC = 0x0407C;
    public static final int GPTC = 0x04080;
    public static final int GORCL = 0x04088;
    public static final int GORCH = 0x0408C;
    public static final int GOTCL = 0x04090;
    public static final int GOTCH = 0x04094;
    public static final int RUC = 0x040A4;
    public static final int RFC = 0x040A8;
    public static final int ROC = 0x040AC;
    public static final int RJC = 0x040B0;
    public static final int MNGPRC = 0x040B4;
    public static final int MNGPDC = 0x040B8;
    public static final int TORL = 0x040C0;
    public static final int TORH = 0x040C4;
    public static final int TPR = 0x040D0;
    public static final int TPT = 0x040D4;
    public static final int PTC64 = 0x040D8;
    public static final int PTC127 = 0x040DC;
    public static final int PTC255 = 0x040E0;
    public static final int PTC511 = 0x040E4;
    public static final int PTC1023 = 0x040E8;
    public static final int PTC1522 = 0x040EC;
    public static final int MPTC = 0x040F0;
    public static final int BPTC = 0x040F4;
    public static final int XEC = 0x04120;

    /** Good packets, and behind each their bytes in two registers: of the MAC, before filters. */
    public static final int RXNFGPC = 0x041B0;

    public static final int RXNFGBCL = 0x041B4;

    /** To memory, from the wire and from other pools, copies among them. */
    public static final int RXDGPC = 0x02F50;

    public static final int RXDGBCL = 0x02F54;

    /** Copies, for further pools. */
    public static final int RXDDGPC = 0x02F5C;

    public static final int RXDDGBCL = 0x02F60;

    /** From other pools. */
    public static final int RXLPBKGPC = 0x02F68;

    public static final int RXLPBKGBCL = 0x02F6C;

    /** Copies of those, for further pools. */
    public static final int RXDLPBKGPC = 0x02F74;

    public static final int RXDLPBKGBCL = 0x02F78;

    /** From memory. */
    public static final int TXDGPC = 0x087A0;

    public static final int TXDGBCL = 0x087A4;

    public static final int MNGPTC = 0x0CF90;
    public static final int FCCRC = 0x05118;
    public static final int FCOERPDC = 0x0241C;
    public static final int FCLAST = 0x02424;
    public static final int FCOEPRC = 0x02428;
    public static final int FCOEDWRC = 0x0242C;
    public static final int FCOEPTC = 0x08784;
    public static final int FCOEDWTC = 0x08788;
    public static final int O2BGPTC = 0x041C4;
    public static final int O2BSPC = 0x087B0;
    public static final int B2OSPC = 0x041C0;
    public static final int B2OGPRC = 0x02F90;
    public static final int SSVPC = 0x08780;
    public static final int LDPCEC = 0x0EC84;
    public static final int FDIRFREE = 0x0EE38;
    public static final int FDIRUSTAT = 0x0EE50;
    public static final int FDIRFSTAT = 0x0EE54;
    public static final int FDIRMATCH = 0x0EE58;
    public static final int FDIRMISS = 0x0EE5C;

    /** Packets missed for want of room in a packet buffer. */
    public static int rxmpc(int buffer) {
        return 0x03FA0 + 4 * buffer;
    }

    public static int rnbc(int buffer) {
        return 0x03FC0 + 4 * buffer;
    }

    public static int pxontxc(int i) {
        return 0x03F00 + 4 * i;
    }

    public static int pxofftxc(int i) {
        return 0x03F20 + 4 * i;
    }

    public static int pxonrxcnt(int i) {
        return 0x04140 + 4 * i;
    }

    public static int pxoffrxcnt(int i) {
        return 0x04160 + 4 * i;
    }

    public static int pxon2offcnt(int i) {
        return 0x03240 + 4 * i;
    }

    /** Which of 16 statistics sets count queues {@code 4 * i} on, {@code i} 0 to 31. */
    public static int rqsmr(int i) {
        return 0x02300 + 4 * i;
    }

    public static int tqsm(int i) {
        return 0x08600 + 4 * i;
    }

    public static final int STATISTICS_SETS = 16;

    public static int qprc(int set) {
        return 0x01030 + 0x40 * set;
    }

    public static int qbrcL(int set) {
        return 0x01034 + 0x40 * set;
    }

    public static int qbrcH(int set) {
        return 0x01038 + 0x40 * set;
    }

    /** Packets dropped by a queue without descriptors (8.2.3.23.73). */
    public static int qprdc(int set) {
        return 0x01430 + 0x40 * set;
    }

    public static int qptc(int set) {
        return 0x08680 + 4 * set;
    }

    public static int qbtcL(int set) {
        return 0x08700 + 8 * set;
    }

    public static int qbtcH(int set) {
        return 0x08704 + 8 * set;
    }
}
