// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.register.LinkRegisters;
import java.util.HashMap;
import java.util.Map;

/**
 * The PHY's management bus (3.7.3, IEEE 802.3 clause 45): an address cycle chooses a register, another cycle reads or
 * writes it; a cycle is over as soon as it is asked for. A PHY, where there is one, has address 0; everything else reads
 * as ones.
 *
 * <pre>
 *   MSCA   address 15:0   device 20:16   PHY 25:21   cycle 27:26 (0 address, 1 write, 2 read and step, 3 read)   go 30
 *   MSRWD  written 15:0   read 31:16
 * </pre>
 */
final class Mdio {
    private static final int WRITE = 1;
    private static final int READ_AND_STEP = 2;
    private static final int READ = 3;
    private static final int NOTHING = 0xFFFF;

    private static final int PMA = 1;
    private static final int PCS = 3;
    private static final int NEGOTIATION = 7;
    private static final int CONTROL = 0;
    private static final int STATUS = 1;
    private static final int ID_HIGH = 2;
    private static final int ID_LOW = 3;
    private static final int SPEEDS = 4;
    private static final int EXTENDED_ABILITIES = 11;
    private static final int CONTROL_RESET = 1 << 15;
    private static final int STATUS_LINK = 1 << 2;
    private static final int SPEED_10G = 1;
    private static final int ABLE_10GBASE_T = 1 << 2;

    private final RegisterFile registers;
    private final int phyId;
    private final Map<Integer, Integer> written = new HashMap<>();
    private int address;
    private boolean linkUp;

    /** @param phyId registers 2 and 3 of the PHY; 0 where there is none */
    Mdio(RegisterFile registers, int phyId) {
        this.registers = registers;
        this.phyId = phyId;
        registers.onWrite(LinkRegisters.MSCA, (offset, before, value) -> commanded(value));
    }

    /** What the PHY says of its link. */
    void linkUp(boolean up) {
        linkUp = up;
    }

    /** Forgets what was written to the PHY: a reset of the card resets it too. */
    void reset() {
        written.clear();
        address = 0;
    }

    private void commanded(int command) {
        if ((command & LinkRegisters.MSCA_COMMAND) == 0) {
            return;
        }
        final boolean here = phyId != 0 && (command >>> 21 & 0x1F) == 0;
        final int device = command >>> 16 & 0x1F;
        switch (command >>> 26 & 3) {
            case READ, READ_AND_STEP -> {
                final int data = here ? read(device) : NOTHING;
                registers.poke(LinkRegisters.MSRWD, data << 16 | registers.peek(LinkRegisters.MSRWD) & 0xFFFF);
                address += (command >>> 26 & 3) == READ_AND_STEP ? 1 : 0;
            }
            case WRITE -> {
                if (here) {
                    write(device, registers.peek(LinkRegisters.MSRWD) & 0xFFFF);
                }
            }
            default -> address = command & 0xFFFF;
        }
    }

    private int read(int device) {
        final boolean known = device == PMA || device == PCS || device == NEGOTIATION;
        if (!known) {
            return device == 0 ? NOTHING : written.getOrDefault(device << 16 | address & 0xFFFF, 0);
        }
        return switch (address & 0xFFFF) {
            case STATUS -> linkUp ? STATUS_LINK : 0;
            case ID_HIGH -> phyId >>> 16;
            case ID_LOW -> phyId & 0xFFFF;
            case SPEEDS -> SPEED_10G;
            case EXTENDED_ABILITIES -> ABLE_10GBASE_T;
            default -> written.getOrDefault(device << 16 | address & 0xFFFF, 0);
        };
    }

    private void write(int device, int value) {
        final int kept = (address & 0xFFFF) == CONTROL ? value & ~CONTROL_RESET : value;
        written.put(device << 16 | address & 0xFFFF, kept);
    }
}
