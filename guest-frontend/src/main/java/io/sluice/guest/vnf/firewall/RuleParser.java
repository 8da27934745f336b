// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

import io.sluice.guest.vnf.Suggestion;
import io.sluice.guest.vnf.header.IpProtocol;
import io.sluice.shared.function.Direction;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads the firewall's rules.
 *
 * <pre>
 *   allow= terms      deny= terms      rule= (allow|deny) [(',' | ' ') terms]
 *
 *   terms  :=  any  |  term {',' term}            every term must match
 *   term   :=  network                            in allow: the source; in deny: the source or the destination
 *           |  src:network  |  dst:network  |  net:network          net is the source or the destination
 *           |  proto:name or number               tcp udp sctp icmp icmpv6 gre esp ...
 *           |  sport:port or range                of TCP, UDP or SCTP
 *           |  dport:port or range
 *           |  type:type or range                 of ICMP or ICMPv6
 *           |  direction:forward or backward
 *           |  vlan:id, outer.inner or none
 *   network := address ['/' prefix length]
 *   range   := number ['-' number]
 * </pre>
 *
 * A network alone errs on the safe side: {@code allow=10.0.0.0/8} lets those hosts begin connections and lets nobody
 * begin one to them, {@code deny=192.0.2.7} keeps everybody apart from that host.
 */
final class RuleParser {
    private static final List<String> TERMS =
            List.of("src", "dst", "net", "proto", "sport", "dport", "type", "direction", "vlan");

    private final String option;
    private final String text;
    private boolean allow;
    private boolean sawTerm;
    private boolean sawAny;
    private Network source;
    private Network destination;
    private Network either;
    private int protocol = Rule.ANY;
    private Range sourcePorts;
    private Range destinationPorts;
    private Range icmpTypes;
    private Direction direction;
    private VlanMatch vlan;

    private RuleParser(String option, String text) {
        this.option = option;
        this.text = text;
    }

    /**
     * Reads the value of an option {@code allow} or {@code deny}.
     *
     * @throws IllegalArgumentException with the place in the text and what would be right
     */
    static Rule parseTerms(String option, String text) {
        final RuleParser parser = new RuleParser(option, text);
        parser.allow = option.equals("allow");
        parser.readTerms(0);
        return parser.rule();
    }

    /**
     * Reads the value of an option {@code rule}, which begins with its verdict.
     *
     * @throws IllegalArgumentException with the place in the text and what would be right
     */
    static Rule parseRule(String option, String text) {
        final RuleParser parser = new RuleParser(option, text);
        final int end = parser.separator(0, " ,");
        final String verdict = text.substring(0, end);
        if (!verdict.equals("allow") && !verdict.equals("deny")) {
            throw parser.error(0, end, "a rule begins with allow or deny, as in rule=deny,proto:tcp,dport:22");
        }
        parser.allow = verdict.equals("allow");
        if (end == text.length()) {
            return parser.rule();
        }
        parser.readTerms(end + 1);
        return parser.rule();
    }

    private Rule rule() {
        return new Rule(
                allow,
                source,
                destination,
                either,
                protocol,
                sourcePorts,
                destinationPorts,
                icmpTypes,
                direction,
                vlan);
    }

    private void readTerms(int start) {
        int at = start;
        while (at <= text.length()) {
            final int end = separator(at, ",");
            readTerm(at, end);
            at = end + 1;
        }
        if (sawAny && sawTerm) {
            throw error(
                    start, text.length(), "any stands alone: it matches everything, leave it out beside other terms");
        }
        final boolean ports = sourcePorts != null || destinationPorts != null;
        if (ports && protocol != Rule.ANY && !IpProtocol.hasPorts(protocol)) {
            throw error(start, text.length(), "only tcp, udp and sctp have ports");
        }
        if (icmpTypes != null && protocol != IpProtocol.ICMP && protocol != IpProtocol.ICMPV6) {
            throw error(start, text.length(), "type: needs proto:icmp or proto:icmpv6 beside it");
        }
    }

    private int separator(int from, String separators) {
        int at = from;
        while (at < text.length() && separators.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return at;
    }

    private void readTerm(int start, int end) {
        final String term = text.substring(start, end);
        if (term.equals("any")) {
            sawAny = true;
            return;
        }
        sawTerm = true;
        final int colon = term.indexOf(':');
        final String name = colon < 0 ? "" : term.substring(0, colon);
        if (!TERMS.contains(name)) {
            readNetworkAlone(term, start, end);
            return;
        }
        try {
            readNamed(name, term.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            throw error(start + colon + 1, end, e.getMessage());
        }
    }

    private void readNetworkAlone(String term, int start, int end) {
        try {
            final Network network = Network.parse(term);
            if (allow) {
                source = once("src", source, network);
            } else {
                either = once("net", either, network);
            }
        } catch (IllegalArgumentException e) {
            final boolean addressLike = term.matches("[A-Fa-f.]*+[0-9:][0-9A-Fa-f:.]*+(/.*)?");
            throw error(start, end, addressLike || term.isEmpty() ? e.getMessage() : notATerm(term));
        }
    }

    private static String notATerm(String term) {
        final String name = term.contains(":") ? term.substring(0, term.indexOf(':')) : term;
        return "not a term of a rule" + Suggestion.among(TERMS, name)
                + "; terms are any, a network such as 10.0.0.0/8, or " + String.join(": ", TERMS) + ":";
    }

    private void readNamed(String name, String value) {
        switch (name) {
            case "src" -> source = once(name, source, Network.parse(value));
            case "dst" -> destination = once(name, destination, Network.parse(value));
            case "net" -> either = once(name, either, Network.parse(value));
            case "proto" -> protocol = once(name, protocol == Rule.ANY ? null : protocol, protocol(value));
            case "sport" -> sourcePorts = once(name, sourcePorts, Range.parse(value, "a port", 65535));
            case "dport" -> destinationPorts = once(name, destinationPorts, Range.parse(value, "a port", 65535));
            case "type" -> icmpTypes = once(name, icmpTypes, Range.parse(value, "a type", 255));
            case "direction" -> direction = once(name, direction, direction(value));
            default -> vlan = once(name, vlan, VlanMatch.parse(value));
        }
    }

    private static <T> T once(String name, T before, T now) {
        if (before != null) {
            throw new IllegalArgumentException(name + ": is given twice; a rule has one of each, write two rules");
        }
        return now;
    }

    private static int protocol(String value) {
        final Map<String, Integer> names = IpProtocol.names();
        final Integer number = names.get(value.toLowerCase(Locale.ROOT));
        if (number != null) {
            return number;
        }
        if (value.matches("\\d{1,3}") && Integer.parseInt(value) <= 255) {
            return Integer.parseInt(value);
        }
        throw new IllegalArgumentException("a protocol is a number from 0 to 255 or one of "
                + String.join(" ", names.keySet()) + Suggestion.among(names.keySet(), value));
    }

    private static Direction direction(String value) {
        return switch (value) {
            case "forward" -> Direction.FORWARD;
            case "backward" -> Direction.BACKWARD;
            default ->
                throw new IllegalArgumentException("a direction is forward (as the chain's arrow points) or backward");
        };
    }

    /** The message is a picture as for chains: what is wrong, the option, and marks under the characters meant. */
    private IllegalArgumentException error(int start, int end, String message) {
        final String indent = " ".repeat(option.length() + 1 + start);
        final String marks = "^".repeat(Math.max(1, end - start));
        return new IllegalArgumentException(message + "\n  " + option + "=" + text + "\n  " + indent + marks);
    }
}
