// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.LinkRegisters.CORECTL;

/**
 * Analog settings that the EEPROM has for a type of module, to be written to the PHY before its link is asked for.
 *
 * <pre>
 *   word 0x2B        where the list is, 0 or 0xFFFF for none
 *   list + 1, + 2    a type of module and a port, where its settings are
 *   list + 3, + 4    another, ...; the list ends with type 0xFFFF
 *   settings + 1     words for CORECTL, ...; they end with 0xFFFF
 * </pre>
 */
final class ModuleSettings {
    private static final int LIST_POINTER = 0x2B;
    private static final int END = 0xFFFF;
    private static final int MAX_WORDS = 512;

    /** Direct-attach cables on port 0; on port 1 it is one more. */
    private static final int DIRECT_ATTACH = 3;

    /** Light, and everything that is set up as light is. */
    private static final int OPTICAL = 5;

    private final Registers registers;
    private final Eeprom eeprom;

    ModuleSettings(Registers registers, Eeprom eeprom) {
        this.registers = registers;
        this.eeprom = eeprom;
    }

    /** Writes what the EEPROM has for {@code type} on {@code port}; nothing where it has nothing. */
    void apply(SfpModule.Type type, int port) throws CardException {
        final int wanted = (type.directAttach() ? DIRECT_ATTACH : OPTICAL) + port;
        final int list = eeprom.word(LIST_POINTER);
        if (list == 0 || list == END) {
            return;
        }
        for (int at = list + 1; at < list + MAX_WORDS; at += 2) {
            final int entry = eeprom.word(at);
            if (entry == END) {
                return;
            }
            if (entry == wanted) {
                write(eeprom.word(at + 1));
                return;
            }
        }
    }

    private void write(int settings) throws CardException {
        if (settings == 0 || settings == END) {
            return;
        }
        for (int at = settings + 1; at < settings + MAX_WORDS; at++) {
            final int value = eeprom.word(at);
            if (value == END) {
                return;
            }
            registers.write(CORECTL, value);
            registers.flush();
        }
    }
}
