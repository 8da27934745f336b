// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import java.util.ArrayList;
import java.util.List;

/** Reads the text of a chain from left to right; {@link Chain} has the grammar. */
final class ChainParser {
    private static final String EXAMPLE = "for example: tap:lan <=> guest:fw <=> tap:wan";

    private static final String OPTION_EXAMPLE = "for example: gen:?size=64&flows=1000";

    /** What {@link ChainCharacters#inName} says. */
    static final String NAME_RULE = "there are the letters a to z, digits, '-' and '.'";

    private final String text;
    private final ChainScanner scanner;

    ChainParser(String text) {
        this.text = text;
        this.scanner = new ChainScanner(text);
    }

    Chain parse() {
        if (text.length() > Chain.MAX_TEXT_LENGTH) {
            String problem = "the chain has " + text.length() + " characters, at most " + Chain.MAX_TEXT_LENGTH;
            throw scanner.wrong(Chain.MAX_TEXT_LENGTH, problem, "");
        }
        scanner.skipBlanks();
        if (scanner.atEnd()) {
            throw scanner.wrongHere("expected a chain here", EXAMPLE);
        }
        List<Hop> hops = new ArrayList<>();
        hops.add(hop());
        scanner.skipBlanks();
        if (scanner.atEnd()) {
            throw scanner.wrongHere("expected '=>' or '<=>' and another hop here", EXAMPLE);
        }
        String arrow = scanner.arrow();
        while (true) {
            hops.add(hopAfterArrow(hops.size()));
            scanner.skipBlanks();
            if (scanner.atEnd()) {
                return new Chain(text, hops, arrow.equals("<=>"));
            }
            int position = scanner.position();
            if (!scanner.arrow().equals(arrow)) {
                String hint = "the arrows of one chain are all alike; for another kind of arrow write a second chain";
                throw scanner.wrong(position, "expected '" + arrow + "' here, as before", hint);
            }
        }
    }

    private Hop hopAfterArrow(int hopsBefore) {
        scanner.skipBlanks();
        if (scanner.atEnd()) {
            throw scanner.wrongHere("expected a hop after the arrow", EXAMPLE);
        }
        if (hopsBefore == Chain.MAX_HOPS) {
            throw scanner.wrongHere("a chain has at most " + Chain.MAX_HOPS + " hops", "");
        }
        return hop();
    }

    private Hop hop() {
        int position = scanner.position();
        HopKind kind = kind();
        int addressPosition = scanner.position();
        String address = scanner.address();
        if (kind.addressed() && address.isEmpty()) {
            String problem = "expected an address directly after '" + kind.word() + ":'";
            throw scanner.wrong(addressPosition, problem, "for example: " + kind.example());
        }
        if (!kind.addressed() && !address.isEmpty()) {
            String hint = "options follow '?', for example: gen:?size=64";
            throw scanner.wrong(addressPosition, "'" + kind.word() + "' has no address", hint);
        }
        return new Hop(kind.word(), address, options(), position, addressPosition);
    }

    private HopKind kind() {
        int position = scanner.position();
        String word = scanner.word();
        if (word.isEmpty()) {
            if (ChainCharacters.inArrow(scanner.peek())) {
                throw scanner.wrongHere("expected a hop before this arrow", EXAMPLE);
            }
            throw scanner.wrongHere("expected a hop here, not " + scanner.here(), EXAMPLE);
        }
        HopKind kind = HopKind.of(word).orElse(null);
        if (scanner.skip(':')) {
            if (kind == null) {
                throw scanner.wrong(position, HopKind.problem(word), HopKind.hint(word));
            }
            return kind;
        }
        if (kind == null) {
            String problem = "expected a hop as kind:address, not just '" + word + "'";
            throw scanner.wrong(position, problem, "for example: packet:" + word + " or guest:" + word);
        }
        throw scanner.wrongHere("expected ':' directly after '" + word + "'", "for example: " + kind.example());
    }

    private List<HopOption> options() {
        List<HopOption> options = new ArrayList<>();
        if (scanner.skip('?')) {
            do {
                options.add(option());
            } while (scanner.skip('&'));
            if (scanner.peek() == '?') {
                throw scanner.wrongHere("a second '?' in one hop", "further options follow '&'; a '?' itself is %3F");
            }
        }
        return options;
    }

    private HopOption option() {
        int position = scanner.position();
        String name = scanner.name();
        boolean endsHere = scanner.atEndOfHop() || scanner.peek() == '&';
        if (name.isEmpty() && (endsHere || scanner.peek() == '=')) {
            throw scanner.wrongHere("expected an option as name=value here", OPTION_EXAMPLE);
        }
        if (endsHere) {
            throw scanner.wrong(position, "option '" + name + "' has no value", "write " + name + "=VALUE");
        }
        if (!scanner.skip('=')) {
            throw scanner.wrongHere(scanner.here() + " cannot stand in the name of an option", NAME_RULE);
        }
        int valuePosition = scanner.position();
        String value = scanner.value();
        if (value.isEmpty()) {
            throw scanner.wrong(valuePosition, "option '" + name + "' has no value", "write " + name + "=VALUE");
        }
        return new HopOption(name, value, position, valuePosition);
    }
}
