// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.CardInspection;
import java.util.ArrayList;
import java.util.List;

/** Whether the card found its EEPROM and has configured itself from it, and whether its words add up (6.2). */
final class EepromCheck implements Check {
    private static final int VERSION = 0x2D;
    private static final int IMAGE = 0x2E;
    private static final int BOARD = 0x15;

    /** In place of a board number of an older form stands a pointer to its text (6.2.7). */
    private static final int BOARD_IS_TEXT = 0xFAFA;

    private static final int MAX_BOARD_WORDS = 16;

    @Override
    public String name() {
        return "eeprom";
    }

    @Override
    public Need need() {
        return Need.REGISTERS;
    }

    @Override
    public Finding run(Bench bench) throws CardException {
        final CardInspection card = bench.inspection();
        card.checkEeprom();
        return card.readsEeprom()
                ? Finding.passed("its words add up to 0xBABA, and the card has configured itself")
                        .with(facts(card))
                : Finding.passed("the card has configured itself; its words cannot be read");
    }

    private static List<Fact> facts(CardInspection card) throws CardException {
        final List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("image", "%04x %04x".formatted(card.eepromWord(VERSION), card.eepromWord(IMAGE))));
        if (card.eepromWord(BOARD) == BOARD_IS_TEXT) {
            facts.add(new Fact("board", board(card, card.eepromWord(BOARD + 1))));
        }
        return facts;
    }

    private static String board(CardInspection card, int at) throws CardException {
        final int words = Math.min(MAX_BOARD_WORDS, card.eepromWord(at));
        final StringBuilder text = new StringBuilder();
        for (int i = 1; i < words; i++) {
            final int word = card.eepromWord(at + i);
            text.append((char) (word >>> Byte.SIZE)).append((char) (word & 0xFF));
        }
        // What is not printable would move a terminal's cursor.
        return text.toString().replaceAll("[^\\x20-\\x7E]", "?").strip();
    }
}
