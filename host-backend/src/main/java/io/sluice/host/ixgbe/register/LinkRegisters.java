// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.register;

/** The link and its flow control (8.2.3.3, 8.2.3.22). Offsets in BAR 0, and bits. */
public final class LinkRegisters {
    private LinkRegisters() {}

    /** Auto-negotiation control (8.2.3.22.19). */
    public static final int AUTOC = 0x042A0;

    public static final int AUTOC_RESTART = 1 << 12;
    public static final int AUTOC_LINK_MODE_SHIFT = 13;
    public static final int AUTOC_LINK_MODE_MASK = 7 << 13;
    public static final int AUTOC_LINK_MODE_1G = 0;
    public static final int AUTOC_LINK_MODE_1G_NEGOTIATED = 2 << 13;
    public static final int AUTOC_LINK_MODE_10G_SERIAL = 3 << 13;
    /** Set in all modes in which a backplane negotiates. */
    public static final int AUTOC_LINK_MODE_BACKPLANE = 4 << 13;

    /** What a backplane may negotiate. */
    public static final int AUTOC_KR = 1 << 16;

    public static final int AUTOC_KX = 1 << 30;
    public static final int AUTOC_KX4 = 1 << 31;
    public static final int AUTOC_FORCE_LINK_UP = 1 << 0;
    public static final int AUTOC_FLIP_LINK_MODE = 1 << 15;

    /** Link status (8.2.3.22.20). */
    public static final int LINKS = 0x042A4;

    public static final int LINKS_UP = 1 << 30;
    public static final int LINKS_SPEED_SHIFT = 28;
    public static final int LINKS_SPEED_MASK = 3 << 28;
    public static final int LINKS_SPEED_100M = 1 << 28;
    public static final int LINKS_SPEED_1G = 2 << 28;
    public static final int LINKS_SPEED_10G = 3 << 28;

    /** Up, and was not down since the register was last read. */
    public static final int LINKS_UP_NOW = 1 << 7;

    /** A signal arrives, on any lane. */
    public static final int LINKS_SIGNAL_MASK = 0xF << 8;

    /** Auto-negotiation of a backplane is complete. */
    public static final int LINKS_NEGOTIATED = 1 << 31;

    /** Auto-negotiation control 2 (8.2.3.22.22). */
    public static final int AUTOC2 = 0x042A8;

    public static final int AUTOC2_SERIAL_MASK = 3 << 16;
    public static final int AUTOC2_SERIAL_KR = 0;
    public static final int AUTOC2_SERIAL_SFI = 2 << 16;

    /** The EEPROM asks for the link to be off. */
    public static final int AUTOC2_LINK_DISABLE_MASK = 7 << 28;

    /** Link partner, and the state of auto-negotiation (8.2.3.22.23). */
    public static final int ANLP1 = 0x042B0;

    public static final int ANLP1_STATE_MASK = 0xF << 16;
    public static final int ANLP2 = 0x042B4;
    public static final int LINKS2 = 0x04324;
    public static final int PCS1GLSTA = 0x0420C;
    public static final int PCS1GLCTL = 0x04208;
    public static final int PCS1GANA = 0x04218;
    public static final int PCS1GANLP = 0x0421C;

    /** MDIO command (8.2.3.22.11). */
    public static final int MSCA = 0x0425C;

    public static final int MSCA_COMMAND = 1 << 30;
    public static final int MSRWD = 0x04260;
    public static final int MACC = 0x04330;

    /** Analog settings (8.2.3.22.32). */
    public static final int CORECTL = 0x14F00;

    /** What management firmware has a say in. */
    public static final int MMNGC = 0x042D0;

    /** The link is management's: it is not to be restarted. */
    public static final int MMNGC_VETO = 1 << 0;

    public static int fcttv(int i) {
        return 0x03200 + 4 * i;
    }

    /** Low threshold of packet buffer {@code i}. */
    public static int fcrtl(int i) {
        return 0x03220 + 4 * i;
    }

    /** Go-ahead is sent below it. */
    public static final int FCRTL_XON_ENABLE = 1 << 31;

    /** High threshold of packet buffer {@code i} (8.2.3.3.4). */
    public static int fcrth(int i) {
        return 0x03260 + 4 * i;
    }

    /** Pause is sent above it. */
    public static final int FCRTH_FLOW_CONTROL_ENABLE = 1 << 31;

    public static final int FCRTV = 0x032A0;
    public static final int FCCFG = 0x03D00;
    public static final int FCCFG_LINK = 1 << 3;
    public static final int TFCS = 0x0CE00;
}
