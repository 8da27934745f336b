// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import java.util.Arrays;

/**
 * What the EEPROM holds (6.1): 16-bit words, of which the sum over the header and the sections it points to is 0xBABA.
 *
 * <pre>
 *   0x03..0x0e  pointers to hardware sections, 0xffff for none; 0x09 is core 0, with the MAC address, 0x0b is MAC 0
 *   0x0f        pointer to the firmware's: it tells a version behind its patch pointer, and that it has no LESM
 *   0x15, 0x16  board number: 0xfafa, pointer to its text
 *   0x28        pointer to a SAN MAC address, none
 *   0x2b        pointer to the list of modules that may be used, with what CORECTL is to be told for each
 *   0x2c        capabilities: any module, no FCoE, no crosstalk
 *   0x2d, 0x2e  version of the image
 *   0x3f        checksum
 * </pre>
 */
final class Eeprom {
    static final int WORDS = 16 << 10;
    static final int CHECKSUM = 0xBABA;
    static final int CHECKSUM_WORD = 0x3F;

    private static final int FIRST_SECTION = 0x03;
    private static final int CORE_0 = 0x09;
    private static final int MAC_0 = 0x0B;
    private static final int FIRMWARE = 0x0F;
    private static final int BOARD = 0x15;
    private static final int MODULES = 0x2B;
    private static final int CAPABILITIES = 0x2C;
    private static final int VERSION = 0x2D;
    private static final int NONE = 0xFFFF;

    private static final int CORE_0_SECTION = 0x60;
    private static final int MAC_0_SECTION = 0x68;
    private static final int BOARD_TEXT = 0x80;
    private static final int MODULE_LIST = 0xA0;
    private static final int DIRECT_ATTACH_SEQUENCE = 0xC0;
    private static final int OPTICAL_SEQUENCE = 0xC8;
    private static final int FIRMWARE_SECTION = 0x100;
    private static final int PATCH_SECTION = 0x120;

    private static final int ANY_MODULE_NO_FCOE_NO_CROSSTALK = 0x83;
    /** Kinds of module in the list: copper on port 0 and 1, optics on port 0 and 1. */
    private static final int[] MODULE_KINDS = {3, 4, 5, 6};

    private final short[] words = new short[WORDS];

    /** An image for a card of {@code personality} with this address. */
    Eeprom(Personality personality, long macAddress) {
        Arrays.fill(words, (short) NONE);
        section(CORE_0, CORE_0_SECTION, swapped(macAddress >>> 32), swapped(macAddress >>> 16), swapped(macAddress));
        section(
                MAC_0,
                MAC_0_SECTION,
                personality.autoc() & 0xFFFF,
                personality.autoc() >>> 16,
                personality.autoc2() & 0xFFFF,
                personality.autoc2() >>> 16);
        firmware();
        board("SLUICE-001");
        modules();
        word(CAPABILITIES, ANY_MODULE_NO_FCOE_NO_CROSSTALK);
        word(VERSION, 0x0001);
        word(VERSION + 1, 0x8000);
        word(CHECKSUM_WORD, 0);
        word(CHECKSUM_WORD, CHECKSUM - sum());
    }

    private void section(int pointer, int at, int... contents) {
        word(pointer, at);
        word(at, contents.length);
        for (int i = 0; i < contents.length; i++) {
            word(at + 1 + i, contents[i]);
        }
    }

    /** The word that holds two bytes of an address, the first on the wire in its lower half. */
    private static int swapped(long bytes) {
        return (int) (bytes >>> 8 & 0xFF | (bytes & 0xFF) << 8);
    }

    private void firmware() {
        word(FIRMWARE, FIRMWARE_SECTION);
        word(FIRMWARE_SECTION + 4, PATCH_SECTION);
        word(PATCH_SECTION + 7, 6);
    }

    private void board(String text) {
        word(BOARD, 0xFAFA);
        word(BOARD + 1, BOARD_TEXT);
        word(BOARD_TEXT, 1 + text.length() / 2);
        for (int i = 0; i < text.length(); i += 2) {
            word(BOARD_TEXT + 1 + i / 2, text.charAt(i) << 8 | text.charAt(i + 1));
        }
    }

    private void modules() {
        word(MODULES, MODULE_LIST);
        word(MODULE_LIST, 2 * MODULE_KINDS.length);
        for (int i = 0; i < MODULE_KINDS.length; i++) {
            word(MODULE_LIST + 1 + 2 * i, MODULE_KINDS[i]);
            word(MODULE_LIST + 2 + 2 * i, MODULE_KINDS[i] < 5 ? DIRECT_ATTACH_SEQUENCE : OPTICAL_SEQUENCE);
        }
        sequence(DIRECT_ATTACH_SEQUENCE, 0x0D0A, 0x2D0B);
        sequence(OPTICAL_SEQUENCE, 0x0D0A, 0x2D0C);
    }

    private void sequence(int at, int... values) {
        word(at, values.length);
        for (int i = 0; i < values.length; i++) {
            word(at + 1 + i, values[i]);
        }
    }

    /** The word at {@code address}; 0xffff beyond the end. */
    int word(int address) {
        return address < WORDS ? words[address] & 0xFFFF : NONE;
    }

    /** Writes the word at {@code address}; nothing beyond the end. */
    void word(int address, int value) {
        if (address < WORDS) {
            words[address] = (short) value;
        }
    }

    /** The sum that is to be {@link #CHECKSUM} (6.2.10). */
    int sum() {
        int sum = 0;
        for (int i = 0; i <= CHECKSUM_WORD; i++) {
            sum += word(i);
        }
        for (int pointer = FIRST_SECTION; pointer < FIRMWARE; pointer++) {
            final int section = word(pointer);
            final int length = section == 0 || section == NONE ? 0 : word(section);
            for (int i = 1; i <= length && length != NONE; i++) {
                sum += word(section + i);
            }
        }
        return sum & 0xFFFF;
    }

    /** The MAC address as the card loads it to RAL and RAH: the first byte on the wire in the lowest. */
    long macAddress() {
        final int section = word(CORE_0);
        return word(section + 1) | (long) word(section + 2) << 16 | (long) word(section + 3) << 32;
    }

    /** AUTOC as the card loads it. */
    int autoc() {
        final int section = word(MAC_0);
        return word(section + 1) | word(section + 2) << 16;
    }

    /** AUTOC2 as the card loads it. */
    int autoc2() {
        final int section = word(MAC_0);
        return word(section + 3) | word(section + 4) << 16;
    }
}
