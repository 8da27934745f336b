// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntPredicate;

/** The words of a chain's text, and the errors that show a place in it. Each call begins where the last one ended. */
final class ChainScanner {
    /** What {@link #peek} answers at the end of the text. */
    static final int END = -1;

    private final String text;
    private int at;

    ChainScanner(String text) {
        this.text = text;
    }

    int position() {
        return at;
    }

    boolean atEnd() {
        return at == text.length();
    }

    int peek() {
        return atEnd() ? END : text.codePointAt(at);
    }

    /** The next character, for a message. */
    String here() {
        return atEnd() ? "the end" : ChainCharacters.named(peek());
    }

    boolean skip(char expected) {
        boolean found = peek() == expected;
        at += found ? 1 : 0;
        return found;
    }

    void skipBlanks() {
        run(ChainCharacters::blank);
    }

    /** A kind, or what stands in its place. */
    String word() {
        return run(ChainCharacters::inWord);
    }

    /** The name of an option. */
    String name() {
        return run(ChainCharacters::inName);
    }

    boolean atArrow() {
        return text.startsWith("=>", at) || text.startsWith("<=>", at);
    }

    /** Whether no address and no value goes on here. */
    boolean atEndOfHop() {
        int next = peek();
        return next == END || next == '<' || next == '>' || ChainCharacters.blank(next) || atArrow();
    }

    String arrow() {
        int start = at;
        String found = run(ChainCharacters::inArrow);
        if (found.equals("=>") || found.equals("<=>")) {
            return found;
        }
        // A dash may end an address, so that in "tap:lan->tap:wan" the address has taken the first part of the arrow.
        while (found.startsWith(">") && start > 0 && text.charAt(start - 1) == '-') {
            start--;
        }
        throw wrong(start, "expected '=>' or '<=>' here", hintForArrow(text.substring(start, at)));
    }

    private static String hintForArrow(String found) {
        if (found.isEmpty()) {
            return "hops are joined by '=>' (one way) or '<=>' (both ways); a blank in a hop is written %20";
        }
        boolean left = "<\u2194\u21D4".indexOf(found.charAt(0)) >= 0;
        boolean right = ">\u2192\u2194\u21D2\u21D4".indexOf(found.charAt(found.length() - 1)) >= 0;
        if (left && !right) {
            return "packets go from left to right: turn the chain round and write '=>', or write '<=>' for both ways";
        }
        return Suggestion.question(left ? "<=>" : "=>");
    }

    String address() {
        int start = at;
        String address = decoded(ChainCharacters::inAddress, '?', "an address");
        if (address.length() > Chain.MAX_ADDRESS_LENGTH) {
            String problem = "this address has " + address.length() + " characters";
            throw wrong(start, problem, "an address has at most " + Chain.MAX_ADDRESS_LENGTH);
        }
        if (address.codePoints().anyMatch(Character::isISOControl)) {
            throw wrong(start, "a control character in this address", "");
        }
        return address;
    }

    String value() {
        return decoded(ChainCharacters::inValue, '&', "a value");
    }

    private String decoded(IntPredicate allowed, char end, String where) {
        StringBuilder meant = new StringBuilder();
        while (!atEndOfHop() && peek() != end && peek() != '?') {
            int next = peek();
            if (next == '%') {
                meant.append(escapes());
            } else if (allowed.test(next)) {
                meant.appendCodePoint(next);
                at += Character.charCount(next);
            } else {
                throw wrongHere(here() + " cannot stand in " + where, hintForCharacter(next));
            }
        }
        return meant.toString();
    }

    private static String hintForCharacter(int character) {
        if (Character.isISOControl(character) || Character.getType(character) == Character.SURROGATE) {
            return "";
        }
        String encoded = ChainCharacters.encode(character);
        boolean option = character == '=' || character == '&';
        return option ? "options follow '?'; in an address write " + encoded : "write it as " + encoded;
    }

    /** Neighbouring {@code %XX}: the bytes of one or more characters in UTF-8. */
    private String escapes() {
        int start = at;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (skip('%')) {
            int high = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
            int low = at + 1 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
            if (high < 0 || low < 0) {
                String hint = "a '%' itself is written %25";
                throw wrong(at - 1, "expected two hexadecimal digits after '%'", hint);
            }
            bytes.write(high << 4 | low);
            at += 2;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw wrong(start, "these bytes are not UTF-8", "a '%' itself is written %25");
        }
    }

    private String run(IntPredicate wanted) {
        int start = at;
        while (!atEnd() && wanted.test(peek())) {
            at += Character.charCount(peek());
        }
        return text.substring(start, at);
    }

    ChainSyntaxException wrongHere(String problem, String hint) {
        return wrong(at, problem, hint);
    }

    ChainSyntaxException wrong(int position, String problem, String hint) {
        return new ChainSyntaxException(text, position, problem, hint);
    }
}
