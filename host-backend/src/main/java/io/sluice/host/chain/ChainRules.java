// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What a chain must keep to beyond its grammar: which kinds stand where, names, and one place for each name. */
final class ChainRules {
    /** Names of guests, functions and chains: they become parts of file names. */
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    static final String NAME_RULE =
            "a name has 1 to 63 of the letters, digits, '.', '_' and '-', and begins with a letter or digit";

    private ChainRules() {}

    /** Checks what can be said of one chain alone. */
    static void check(Chain chain) {
        for (Hop hop : chain.hops()) {
            checkPlace(chain, hop);
            if (hop.isGuest() || hop.isFunction()) {
                checkName(chain, hop);
            }
            if (!hop.isFunction()) {
                checkGivenOnce(chain, hop);
            }
            if (hop.isGuest()) {
                GuestOptions.check(chain, hop);
            }
        }
        chain.hops().stream()
                .filter(Hop::isGuest)
                .skip(Chain.MAX_GUESTS)
                .findFirst()
                .ifPresent(hop -> {
                    throw chain.wrong(hop, "a chain has at most " + Chain.MAX_GUESTS + " guests", "");
                });
        checkTogether(List.of(chain));
    }

    private static void checkPlace(Chain chain, Hop hop) {
        boolean atEnd = hop.equals(chain.first()) || hop.equals(chain.last());
        HopKind.Place place = HopKind.of(hop.kind()).orElseThrow().place();
        if (atEnd && place == HopKind.Place.MIDDLE) {
            String hint = "at the ends stand ixgbe, tap, packet, pcap, gen, null or guest";
            throw chain.wrong(hop, "'" + hop.kind() + "' cannot be an end of a chain", hint);
        }
        if (!atEnd && place == HopKind.Place.END) {
            String hint = "between the ends stand guest and vnf";
            throw chain.wrong(hop, "'" + hop.kind() + "' can only be an end of a chain", hint);
        }
    }

    private static void checkName(Chain chain, Hop hop) {
        if (!NAME.matcher(hop.address()).matches()) {
            String problem = "this cannot be the name of a " + (hop.isGuest() ? "guest" : "function");
            throw new ChainSyntaxException(chain.text(), hop.addressPosition(), problem, NAME_RULE);
        }
    }

    private static void checkGivenOnce(Chain chain, Hop hop) {
        Set<String> names = new HashSet<>();
        for (HopOption option : hop.written()) {
            if (!names.add(option.name())) {
                String problem = "'" + hop.kind() + "' has option '" + option.name() + "' already";
                throw new ChainSyntaxException(chain.text(), option.position(), problem, "give it once");
            }
        }
    }

    /** Checks what the chains of one backend must not share; an error shows the later of two places. */
    static void checkTogether(List<Chain> chains) {
        Map<String, Place> taken = new HashMap<>();
        for (Chain chain : chains) {
            for (Hop hop : chain.hops()) {
                Place here = new Place(chain, hop);
                Place before = taken.putIfAbsent(here.name(), here);
                if (before != null && !mayShare(before, here)) {
                    throw here.takenBy(before);
                }
            }
        }
    }

    private static boolean mayShare(Place before, Place here) {
        return switch (HopKind.of(here.hop().kind()).orElseThrow()) {
            case GEN, NULL, VNF -> true;
            case PCAP -> before.onlyReads() && here.onlyReads();
            case IXGBE, TAP, PACKET, GUEST -> false;
        };
    }

    private record Place(Chain chain, Hop hop) {
        /** What may stand here only: of a card whose queues are in pools, one pool. */
        String name() {
            boolean isCard = hop.kind().equals(HopKind.IXGBE.word());
            return isCard ? hop.name() + hop.options().getOrDefault("pool", List.of()) : hop.name();
        }

        boolean onlyReads() {
            return !chain.bothWays() && hop.equals(chain.first());
        }

        ChainSyntaxException takenBy(Place before) {
            boolean same = before.chain == chain;
            String where = same
                    ? "earlier in this chain"
                    : "in the chain " + before.chain.text().strip();
            String hint = switch (hop.kind()) {
                case "guest" -> "one guest stands in one place; give this one a name of its own";
                case "pcap" -> "a file that is written stands in one place";
                case "ixgbe" -> "a card has other queue pairs: " + hop.name() + "-1";
                default -> "one interface stands in one place";
            };
            return chain.wrong(hop, "'" + hop.name() + "' already stands " + where, hint);
        }
    }
}
