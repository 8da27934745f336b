// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import java.nio.charset.StandardCharsets;
import java.util.function.IntPredicate;

/**
 * The characters that may stand in a chain as they are. All others are written as in a URI: {@code %} and two
 * hexadecimal digits for each byte of their UTF-8 form (RFC 3986 section 2.1).
 */
final class ChainCharacters {
    private static final String IN_ADDRESS = ":/.-_^{}+@~,";
    private static final String IN_VALUE = IN_ADDRESS + "=;!*()[]|$#";

    private ChainCharacters() {}

    static boolean blank(int character) {
        return character == ' ' || character == '\t' || character == '\n' || character == '\r';
    }

    static boolean inWord(int character) {
        return inWordOfName(character) || character >= 'A' && character <= 'Z' || character == '_';
    }

    static boolean inName(int character) {
        return inWordOfName(character) || character == '.';
    }

    private static boolean inWordOfName(int character) {
        return character >= 'a' && character <= 'z' || character >= '0' && character <= '9' || character == '-';
    }

    static boolean inArrow(int character) {
        return "<>=-|~\u2192\u2194\u21D2\u21D4".indexOf(character) >= 0;
    }

    static boolean inAddress(int character) {
        return Character.isLetterOrDigit(character) || IN_ADDRESS.indexOf(character) >= 0;
    }

    static boolean inValue(int character) {
        return Character.isLetterOrDigit(character) || IN_VALUE.indexOf(character) >= 0;
    }

    static String encodeAddress(String address) {
        return encode(address, ChainCharacters::inAddress);
    }

    static String encodeValue(String value) {
        return encode(value, ChainCharacters::inValue);
    }

    /** One character as it is written where it may not stand as it is. */
    static String encode(int character) {
        return encode(Character.toString(character), any -> false);
    }

    private static String encode(String meant, IntPredicate asItIs) {
        StringBuilder text = new StringBuilder();
        meant.codePoints().forEach(character -> {
            if (asItIs.test(character)) {
                text.appendCodePoint(character);
            } else {
                for (byte utf8 : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
                    text.append(String.format("%%%02X", utf8));
                }
            }
        });
        return text.toString();
    }

    /** {@code text} for a terminal: one column for each character, none of which moves the cursor. */
    static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        text.codePoints().map(ChainCharacters::printable).forEach(printable::appendCodePoint);
        return printable.toString();
    }

    /** One character for a message. */
    static String named(int character) {
        return printable(character) == character
                ? "'" + Character.toString(character) + "'"
                : "U+%04X".formatted(character);
    }

    private static int printable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL -> ' ';
            case Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK -> '?';
            default -> character;
        };
    }
}
