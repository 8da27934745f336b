// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.host.ixgbe.register.LinkRegisters;
import io.sluice.host.ixgbe.register.ReceiveRegisters;

/** The EEPROM behind its registers: word by word through EERD and EEWR, bit by bit through EEC (3.4.2, 8.2.3.2). */
final class EepromAccess {
    private static final int EEWR = 0x10018;
    private static final int CLOCK = 1 << 0;
    private static final int DESELECT = 1 << 1;
    private static final int DATA_IN = 1 << 2;
    private static final int DATA_OUT = 1 << 3;
    private static final int SIZE_16K_WORDS = 8 << DeviceRegisters.EEC_SIZE_SHIFT;
    private static final int ADDRESS_MASK = 0x3FFF;

    /** What a damaged one reads wrong: a bit of the image's version, which nothing but the checksum depends on. */
    private static final int DAMAGED_WORD = 0x2D;

    private static final int DAMAGED_BIT = 1 << 3;

    private final RegisterFile registers;
    private final Eeprom eeprom;
    private final Faults faults;
    private final EepromSerial serial;
    private boolean present;

    EepromAccess(RegisterFile registers, Eeprom eeprom, Faults faults) {
        this.registers = registers;
        this.eeprom = eeprom;
        this.faults = faults;
        serial = new EepromSerial(this::wordRead);
        registers.onWrite(DeviceRegisters.EERD, (offset, before, value) -> readWord(value));
        registers.onWrite(EEWR, (offset, before, value) -> writeWord(value));
        registers.onWrite(DeviceRegisters.EEC, (offset, before, value) -> controlWritten(value));
    }

    /** Loads what the card loads after a reset (4.6.3.2, 6.3): addresses and the way to the link. */
    void reset() {
        present = !faults.eepromMissing();
        serial.reset();
        showControl(0);
        if (present) {
            registers.poke(ReceiveRegisters.ral(0), (int) eeprom.macAddress());
            registers.poke(ReceiveRegisters.rah(0), (int) (eeprom.macAddress() >>> 32) | ReceiveRegisters.RAH_VALID);
            registers.poke(LinkRegisters.AUTOC, eeprom.autoc());
            registers.poke(LinkRegisters.AUTOC2, eeprom.autoc2());
        }
    }

    private int wordRead(int address) {
        return eeprom.word(address) ^ (address == DAMAGED_WORD && faults.eepromDamaged() ? DAMAGED_BIT : 0);
    }

    private void readWord(int command) {
        if ((command & DeviceRegisters.EERD_START) != 0) {
            final int address = command >>> DeviceRegisters.EERD_ADDRESS_SHIFT & ADDRESS_MASK;
            final int data = present ? wordRead(address) : 0xFFFF;
            registers.poke(
                    DeviceRegisters.EERD,
                    data << DeviceRegisters.EERD_DATA_SHIFT
                            | address << DeviceRegisters.EERD_ADDRESS_SHIFT
                            | DeviceRegisters.EERD_DONE);
        }
    }

    private void writeWord(int command) {
        if ((command & DeviceRegisters.EERD_START) != 0) {
            if (present) {
                eeprom.word(
                        command >>> DeviceRegisters.EERD_ADDRESS_SHIFT & ADDRESS_MASK,
                        command >>> DeviceRegisters.EERD_DATA_SHIFT);
            }
            registers.poke(EEWR, registers.peek(EEWR) | DeviceRegisters.EERD_DONE);
        }
    }

    private void controlWritten(int value) {
        final boolean granted = present && (value & DeviceRegisters.EEC_REQUEST) != 0;
        if (granted) {
            serial.drive((value & DESELECT) == 0, (value & CLOCK) != 0, (value & DATA_IN) != 0);
        } else {
            serial.reset();
        }
        showControl(value);
    }

    private void showControl(int value) {
        final int driven = value & (CLOCK | DESELECT | DATA_IN | 0x30 | DeviceRegisters.EEC_REQUEST);
        final int found = DeviceRegisters.EEC_PRESENT | DeviceRegisters.EEC_AUTO_READ_DONE | SIZE_16K_WORDS;
        final boolean granted = present && (value & DeviceRegisters.EEC_REQUEST) != 0;
        registers.poke(
                DeviceRegisters.EEC,
                driven
                        | (present ? found : 0)
                        | (granted ? DeviceRegisters.EEC_GRANT : 0)
                        | (granted && serial.output() ? DATA_OUT : 0));
    }
}
