// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.register;

/**
 * Control of the device as a whole, its EEPROM, semaphores and firmware (8.2.3.1, 8.2.3.2, 8.2.3.4). Offsets in BAR 0,
 * and bits.
 */
public final class DeviceRegisters {
    private DeviceRegisters() {}

    /** How long BAR 0 is. */
    public static final int BAR_BYTES = 128 << 10;

    /** Device control (8.2.3.1.1). */
    public static final int CTRL = 0x00000;

    public static final int CTRL_MASTER_DISABLE = 1 << 2;
    public static final int CTRL_LINK_RESET = 1 << 3;
    public static final int CTRL_RESET = 1 << 26;

    /** Device status (8.2.3.1.2). */
    public static final int STATUS = 0x00008;

    public static final int STATUS_LAN_ID_SHIFT = 2;
    public static final int STATUS_LAN_ID_MASK = 3 << 2;
    public static final int STATUS_MASTER_ENABLED = 1 << 19;

    /** Extended device control (8.2.3.1.3). */
    public static final int CTRL_EXT = 0x00018;

    public static final int CTRL_EXT_PF_RESET_DONE = 1 << 14;
    public static final int CTRL_EXT_NO_SNOOP_DISABLE = 1 << 16;
    public static final int CTRL_EXT_RELAXED_ORDERING_DISABLE = 1 << 17;
    public static final int CTRL_EXT_DRIVER_LOADED = 1 << 28;

    /** Software-definable pins (8.2.3.1.4). */
    public static final int ESDP = 0x00020;

    /** A module is in the cage, as boards with an SFP+ cage are wired. */
    public static final int ESDP_MODULE_PRESENT = 1 << 2;

    /** The module's laser is off, as boards with an SFP+ cage are wired. */
    public static final int ESDP_LASER_OFF = 1 << 3;

    /** {@link #ESDP_LASER_OFF} is an output. */
    public static final int ESDP_LASER_OUTPUT = 1 << 11;

    /** I2C control: the module's bus, bit by bit (8.2.3.1.6). */
    public static final int I2CCTL = 0x00028;

    public static final int I2CCTL_CLOCK_IN = 1 << 0;
    public static final int I2CCTL_CLOCK_OUT = 1 << 1;
    public static final int I2CCTL_DATA_IN = 1 << 2;
    public static final int I2CCTL_DATA_OUT = 1 << 3;

    public static final int LEDCTL = 0x00200;
    /** EEPROM and flash control (8.2.3.2.1). */
    public static final int EEC = 0x10010;

    public static final int EEC_PRESENT = 1 << 8;
    public static final int EEC_AUTO_READ_DONE = 1 << 9;
    public static final int EEC_SIZE_SHIFT = 11;
    public static final int EEC_REQUEST = 1 << 6;
    public static final int EEC_GRANT = 1 << 7;

    /** EEPROM read (8.2.3.2.2). */
    public static final int EERD = 0x10014;

    public static final int EERD_START = 1 << 0;
    public static final int EERD_DONE = 1 << 1;
    public static final int EERD_ADDRESS_SHIFT = 2;
    public static final int EERD_DATA_SHIFT = 16;
    public static final int FLA = 0x1001C;

    /** Software semaphore: reading sets SMBI (8.2.3.4.9). */
    public static final int SWSM = 0x10140;

    public static final int SWSM_SMBI = 1 << 0;
    public static final int SWSM_SWESMBI = 1 << 1;

    /** Firmware semaphore and status (8.2.3.4.10). */
    public static final int FWSM = 0x10148;

    public static final int FWSM_ERROR_SHIFT = 19;
    public static final int FWSM_ERROR_MASK = 0x3F << 19;

    /** Software-firmware synchronization (8.2.3.4.11). */
    public static final int SW_FW_SYNC = 0x10160;

    /** Software's bits; firmware's are the same, {@link #SW_FW_SYNC_FIRMWARE_SHIFT} further up. */
    public static final int SW_FW_SYNC_EEPROM = 1 << 0;

    public static final int SW_FW_SYNC_PHY0 = 1 << 1;
    public static final int SW_FW_SYNC_PHY1 = 1 << 2;
    public static final int SW_FW_SYNC_MAC = 1 << 3;
    public static final int SW_FW_SYNC_FIRMWARE_SHIFT = 5;

    /** On the X540 and X550 in place of SWSM.SWESMBI: reading it as 0 takes it. */
    public static final int SW_FW_SYNC_REGISTER = 1 << 31;

    public static final int FACTPS = 0x10150;
    public static final int GCR = 0x11000;
    public static final int GCR_EXT = 0x11050;
    public static final int GCR_EXT_BUFFERS_CLEAR = 1 << 30;
}
