// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import java.util.function.IntUnaryOperator;

/**
 * The EEPROM's own pins, for drivers that clock it bit by bit: SPI mode 0, an opcode of 8 bits, an address of 16 bits in
 * bytes, then data. It can be read, and asked for its status, which is always "ready"; other opcodes do nothing.
 */
final class EepromSerial {
    private static final int READ = 0x03;
    private static final int READ_STATUS = 0x05;
    private static final int OPCODE_BITS = 8;
    private static final int ADDRESS_BITS = 16;

    private final IntUnaryOperator words;
    private boolean clock;
    private int bits;
    private int opcode;
    private int address;
    private boolean output;

    /** @param words the word at an address */
    EepromSerial(IntUnaryOperator words) {
        this.words = words;
    }

    /** Nobody drives the pins. */
    void reset() {
        bits = 0;
        opcode = 0;
        address = 0;
        output = false;
        clock = false;
    }

    /** The pins as they are driven now. */
    void drive(boolean selected, boolean newClock, boolean input) {
        if (!selected) {
            reset();
        } else if (newClock && !clock) {
            take(input ? 1 : 0);
        } else if (!newClock && clock) {
            give();
        }
        clock = newClock;
    }

    private void take(int bit) {
        if (bits < OPCODE_BITS) {
            opcode = opcode << 1 | bit;
        } else if (bits < OPCODE_BITS + ADDRESS_BITS) {
            address = address << 1 | bit;
        }
        bits++;
    }

    private void give() {
        final int dataBits = bits - OPCODE_BITS - ADDRESS_BITS;
        if (opcode == READ && bits >= OPCODE_BITS && dataBits >= 0) {
            final int place = address + dataBits / 8;
            final int octet = words.applyAsInt(place >>> 1) >>> 8 * (place & 1);
            output = (octet >>> 7 - dataBits % 8 & 1) != 0;
        } else if (opcode == READ_STATUS) {
            output = false;
        }
    }

    /** What the EEPROM drives: data, while the clock is high. */
    boolean output() {
        return output;
    }
}
