// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

/** Which of the 82599's cards a model is: its PCI device id, and what hangs between it and the wire. */
public enum Personality {
    /** 82599ES, X520: a cage with an SFP+ module for 10GBASE-SR. */
    SFP_SR(0x10FB, true, 3, 0, 2 << 16, 0),
    /** 82599ES, X520: a cage with a direct-attach copper cable. */
    SFP_DIRECT_ATTACH(0x10FB, true, 3, 0, 2 << 16, 0),
    /** 82599ES, X520: a cage with nothing in it. */
    SFP_EMPTY(0x10FB, true, 3, 0, 2 << 16, 0),
    /** 82599, backplane with KX4, KX and KR, negotiated. */
    KX4(0x10F7, false, 4, 0xC001_0000, 0, 0),
    /** 82599, XAUI on the board. */
    XAUI(0x10FC, false, 1, 0, 0, 0),
    /** 82599, 10GBASE-T with a PHY behind MDIO. */
    BASE_T(0x151C, false, 1, 0, 0, 0x00A1_9410);

    private final int deviceId;
    private final boolean cage;
    private final int linkMode;
    private final int abilities;
    private final int autoc2;
    private final int phyId;

    Personality(int deviceId, boolean cage, int linkMode, int abilities, int autoc2, int phyId) {
        this.deviceId = deviceId;
        this.cage = cage;
        this.linkMode = linkMode;
        this.abilities = abilities;
        this.autoc2 = autoc2;
        this.phyId = phyId;
    }

    public int deviceId() {
        return deviceId;
    }

    /** Whether there is a cage for a module. */
    public boolean cage() {
        return cage;
    }

    /** Whether there is a module in the cage. */
    public boolean module() {
        return cage && this != SFP_EMPTY;
    }

    /** AUTOC as the EEPROM sets it: link mode, and what is offered in negotiation (8.2.3.22.19). */
    public int autoc() {
        return linkMode << 13 | abilities;
    }

    /** AUTOC2 as the EEPROM sets it (8.2.3.22.21). */
    public int autoc2() {
        return autoc2;
    }

    /** The PHY's identifier (MDIO registers 2 and 3); 0 where there is none. */
    public int phyId() {
        return phyId;
    }
}
