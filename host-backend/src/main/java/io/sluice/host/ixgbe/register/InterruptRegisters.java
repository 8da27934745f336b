// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.register;

/** Interrupt causes, masks, moderation and vectors (8.2.3.5). Offsets in BAR 0, and bits. */
public final class InterruptRegisters {
    private InterruptRegisters() {}

    /** Causes; reading clears, writing ones clears (8.2.3.5.1). */
    public static final int EICR = 0x00800;

    public static final int EICR_FLOW_DIRECTOR = 1 << 16;
    public static final int EICR_RX_MISS = 1 << 17;
    public static final int EICR_MAILBOX = 1 << 19;
    public static final int EICR_LINK_CHANGE = 1 << 20;
    public static final int EICR_LINK_SECURITY = 1 << 21;
    public static final int EICR_MANAGEABILITY = 1 << 22;
    public static final int EICR_SDP0 = 1 << 24;
    public static final int EICR_SDP1 = 1 << 25;
    public static final int EICR_SDP2 = 1 << 26;
    public static final int EICR_SDP3 = 1 << 27;
    public static final int EICR_ECC_ERROR = 1 << 28;
    public static final int EICR_TCP_TIMER = 1 << 30;
    public static final int EICR_OTHER = 1 << 31;

    /** Cause set (8.2.3.5.2). */
    public static final int EICS = 0x00808;

    /** Auto clear (8.2.3.5.5). */
    public static final int EIAC = 0x00810;

    /** Mask set and read (8.2.3.5.3). */
    public static final int EIMS = 0x00880;

    /** Mask clear (8.2.3.5.4). */
    public static final int EIMC = 0x00888;

    /** Auto mask (8.2.3.5.6). */
    public static final int EIAM = 0x00890;

    /** General purpose interrupt enable (8.2.3.5.18). */
    public static final int GPIE = 0x00898;

    public static final int GPIE_MSIX = 1 << 4;
    public static final int GPIE_OCD = 1 << 5;
    public static final int GPIE_EIAME = 1 << 30;
    public static final int GPIE_PBA_SUPPORT = 1 << 31;

    /** Moderation of {@code vector}, 0 to 128 (8.2.3.5.12). */
    public static int eitr(int vector) {
        return vector < 24 ? 0x00820 + 4 * vector : 0x12300 + 4 * (vector - 24);
    }

    /** The interval, in 2.048 us at 10 Gbit/s. */
    public static final int EITR_INTERVAL_SHIFT = 3;

    public static final int EITR_INTERVAL_MASK = 0x1FF << 3;
    public static final int EITR_CNT_WDIS = 1 << 31;

    /** Causes of vectors {@code 32 * i} on, {@code i} 0 or 1. */
    public static int eicsEx(int i) {
        return 0x00A90 + 4 * i;
    }

    public static int eimsEx(int i) {
        return 0x00AA0 + 4 * i;
    }

    public static int eimcEx(int i) {
        return 0x00AB0 + 4 * i;
    }

    public static int eiamEx(int i) {
        return 0x00AD0 + 4 * i;
    }

    /** Vectors of queues {@code 2 * i} and {@code 2 * i + 1}: receive and transmit, 8 bits each (8.2.3.5.16). */
    public static int ivar(int i) {
        return 0x00900 + 4 * i;
    }

    public static final int IVAR_VALID = 0x80;
    public static final int IVAR_MISC = 0x00A00;
}
