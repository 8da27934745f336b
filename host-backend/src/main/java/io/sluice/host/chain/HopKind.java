// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The kinds of hops, where in a chain each may stand, and whether it has an address. */
enum HopKind {
    IXGBE("ixgbe", Place.END, true, "ixgbe:model0"),
    TAP("tap", Place.END, true, "tap:lan"),
    PACKET("packet", Place.END, true, "packet:eth1"),
    PCAP("pcap", Place.END, true, "pcap:in.pcap"),
    GEN("gen", Place.END, false, "gen:?size=64"),
    NULL("null", Place.END, false, "null:"),
    GUEST("guest", Place.ANYWHERE, true, "guest:fw"),
    VNF("vnf", Place.MIDDLE, true, "vnf:firewall");

    /** Where in a chain a kind may stand. */
    enum Place {
        END,
        MIDDLE,
        ANYWHERE
    }

    /** Kinds that have a name in the grammar and nothing behind it in this release. */
    private static final List<String> LATER = List.of("vhost", "switch");

    private final String word;
    private final Place place;
    private final boolean addressed;
    private final String example;

    HopKind(String word, Place place, boolean addressed, String example) {
        this.word = word;
        this.place = place;
        this.addressed = addressed;
        this.example = example;
    }

    String word() {
        return word;
    }

    Place place() {
        return place;
    }

    boolean addressed() {
        return addressed;
    }

    /** A hop of this kind as a user may write it. */
    String example() {
        return example;
    }

    static Optional<HopKind> of(String word) {
        return Stream.of(values()).filter(kind -> kind.word.equals(word)).findFirst();
    }

    /** What is wrong with a word that is no kind of this release. */
    static String problem(String word) {
        return LATER.contains(word) ? "'" + word + "' is not in this release" : "'" + word + "' is no kind of hop";
    }

    /** What to write instead of a word that is no kind of this release. */
    static String hint(String word) {
        if (LATER.contains(word)) {
            return "this release has " + listed();
        }
        return Suggestion.closest(word, Stream.of(values()).map(HopKind::word).toList())
                .map(Suggestion::question)
                .orElse("a hop is one of " + listed());
    }

    private static String listed() {
        return Stream.of(values()).map(HopKind::word).collect(joining(", "));
    }
}
