// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.register;

/** Time stamps (8.2.3.25). Offsets in BAR 0, and bits. */
public final class TimeRegisters {
    private TimeRegisters() {}

    public static final int TSYNCRXCTL = 0x05188;
    public static final int TSYNCTXCTL = 0x08C00;
    public static final int RXSTMPL = 0x051E8;
    public static final int RXSTMPH = 0x051A4;
    public static final int RXSATRL = 0x051A0;
    public static final int RXSATRH = 0x051A8;
    public static final int RXMTRL = 0x05120;
    public static final int TXSTMPL = 0x08C04;
    public static final int TXSTMPH = 0x08C08;
    public static final int SYSTIML = 0x08C0C;
    public static final int SYSTIMH = 0x08C10;
    public static final int TIMINCA = 0x08C14;
    public static final int TIMADJL = 0x08C18;
    public static final int TIMADJH = 0x08C1C;
    public static final int TSAUXC = 0x08C20;
    public static final int TSYNCRXCTL_VALID = 1 << 0;
    public static final int TSYNCRXCTL_ENABLE = 1 << 4;
    public static final int TSYNCTXCTL_VALID = 1 << 0;
    public static final int TSYNCTXCTL_ENABLE = 1 << 4;
}
