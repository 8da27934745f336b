// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static java.util.stream.Collectors.joining;

import io.sluice.shared.ring.RegionDescriptor;
import java.util.List;

/**
 * What the user asks for: an endpoint or guest, what stands between, and an endpoint or guest.
 *
 * <pre>
 *   chain  := hop arrow hop {arrow hop}                   all arrows of a chain are alike
 *   hop    := kind ':' address ['?' option {'&amp;' option}]
 *   option := name '=' value                              a name may repeat
 *   arrow  := '=&gt;'                                       one way, from left to right
 *           | '&lt;=&gt;'                                      both ways
 * </pre>
 *
 * @param text what was written; the positions in {@code hops} are indexes into it
 */
public record Chain(String text, List<Hop> hops, boolean bothWays) {
    public static final int MAX_TEXT_LENGTH = 4096;
    public static final int MAX_HOPS = RegionDescriptor.MAX_STAGES;

    /** The host is a party too. */
    public static final int MAX_GUESTS = RegionDescriptor.MAX_PARTIES - 1;

    public static final int MAX_ADDRESS_LENGTH = 256;

    public Chain {
        hops = List.copyOf(hops);
    }

    /**
     * Reads a chain and checks all that can be said of it alone.
     *
     * @throws ChainSyntaxException that shows the place and what would be right there
     */
    public static Chain parse(String text) {
        Chain chain = new ChainParser(text).parse();
        ChainRules.check(chain);
        return chain;
    }

    public Hop first() {
        return hops.getFirst();
    }

    public Hop last() {
        return hops.getLast();
    }

    public String arrow() {
        return bothWays ? "<=>" : "=>";
    }

    /** The chain in its plainest form; parsing that gives an equal chain but for text and positions. */
    public String format() {
        return hops.stream().map(Hop::format).collect(joining(' ' + arrow() + ' '));
    }

    /** An error that shows {@code hop}. */
    public ChainSyntaxException wrong(Hop hop, String problem, String hint) {
        return new ChainSyntaxException(text, hop.position(), problem, hint);
    }

    /** An error that shows the value of {@code option}. */
    public ChainSyntaxException wrong(HopOption option, String problem, String hint) {
        return new ChainSyntaxException(text, option.valuePosition(), problem, hint);
    }

    /**
     * What the provider of {@code hop} said of its address or options, shown at the first option that the message gives
     * as {@code name=value}, or else names as {@code name}, or else at the hop.
     */
    public ChainSyntaxException wrong(Hop hop, IllegalArgumentException cause) {
        String problem = String.valueOf(cause.getMessage());
        int position = hop.written().stream()
                .filter(option -> problem.contains(option.name() + '=' + option.value()))
                .findFirst()
                .or(() -> hop.written().stream()
                        .filter(option ->
                                problem.matches("(?s)(.*[^a-z0-9-])?(--)?" + option.name() + "([^a-z0-9-].*)?"))
                        .findFirst())
                .map(HopOption::position)
                .orElse(hop.position());
        ChainSyntaxException wrong = new ChainSyntaxException(text, position, problem, "");
        wrong.initCause(cause);
        return wrong;
    }
}
