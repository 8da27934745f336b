// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.Registers.MICROSECOND;
import static io.sluice.host.ixgbe.Registers.MILLISECOND;
import static io.sluice.host.ixgbe.Registers.SECOND;
import static io.sluice.host.ixgbe.register.DeviceRegisters.*;

/** The card's EEPROM: what it configured itself from at reset (6.2, 8.2.3.2). */
final class Eeprom {
    /** What the words add up to (6.2.4.2). */
    private static final int SUM = 0xBABA;

    /** The last word that is added. */
    private static final int CHECKSUM_WORD = 0x3F;

    private static final int WORD_MASK = 0xFFFF;

    /** A pointer or length that nobody wrote. */
    private static final int BLANK = 0xFFFF;

    private static final int MAX_SECTION_WORDS = 1024;
    private static final int POINTERS = 0x10;

    /** Pointers to a port's section with its address (6.3.8). */
    private static final int FIRST_CORE_POINTER = 0x09;

    private final Registers registers;
    private final CardKind kind;

    Eeprom(Registers registers, CardKind kind) {
        this.registers = registers;
        this.kind = kind;
    }

    /** 4.6.3, 3: waits until the card has configured itself. */
    void awaitAutoRead() throws CardException {
        registers.await(
                EEC,
                EEC_AUTO_READ_DONE,
                EEC_AUTO_READ_DONE,
                MILLISECOND,
                SECOND,
                "the EEPROM's auto-read (EEC.AUTO_RD, 4.6.3, step 3)");
        if ((registers.read(EEC) & EEC_PRESENT) == 0) {
            throw registers.failure("has no EEPROM with a valid signature (EEC.EE_PRES=0, 8.2.3.2.1), so it has not"
                    + " configured itself; write an image with the vendor's tool");
        }
        final int error = (registers.read(FWSM) & FWSM_ERROR_MASK) >>> FWSM_ERROR_SHIFT;
        if (error != 0) {
            throw registers.failure("its firmware reports error " + error + " (FWSM.EXT_ERR_IND, 8.2.3.4.10); power the"
                    + " machine off and on, or update the card's firmware");
        }
    }

    /** Word {@code address} (8.2.3.2.2). */
    int word(int address) throws CardException {
        registers.write(EERD, address << EERD_ADDRESS_SHIFT | EERD_START);
        registers.await(
                EERD,
                EERD_DONE,
                EERD_DONE,
                5 * MICROSECOND,
                500 * MILLISECOND,
                "word 0x%02X of the EEPROM (8.2.3.2.2)".formatted(address));
        return registers.read(EERD) >>> EERD_DATA_SHIFT;
    }

    /** 6.2.4.2: all words up to the checksum, and the sections that some of them point to. */
    void check() throws CardException {
        int sum = 0;
        for (int address = 0; address <= CHECKSUM_WORD; address++) {
            sum += word(address);
        }
        for (int pointer = 0; pointer < POINTERS; pointer++) {
            if (kind.checksummed(pointer)) {
                sum += section(word(pointer));
            }
        }
        if ((sum & WORD_MASK) != SUM) {
            throw registers.failure(
                    "its EEPROM's words add up to 0x%04X, must be 0x%04X (6.2.4.2); its content is damaged:"
                                    .formatted(sum & WORD_MASK, SUM)
                            + " write an image with the vendor's tool");
        }
    }

    private int section(int address) throws CardException {
        if (address == 0 || address == BLANK) {
            return 0;
        }
        final int words = word(address);
        if (words == 0 || words == BLANK || words > MAX_SECTION_WORDS) {
            return 0;
        }
        int sum = 0;
        for (int i = 1; i <= words; i++) {
            sum += word(address + i);
        }
        return sum;
    }

    /** The address of {@code port} as it is kept here, for where the card did not load it. */
    MacAddress macAddress(int port) throws CardException {
        final int section = word(FIRST_CORE_POINTER + port);
        if (section == 0 || section == BLANK) {
            return new MacAddress(0);
        }
        return MacAddress.ofRegisters(word(section + 1) | word(section + 2) << Short.SIZE, word(section + 3));
    }
}
