// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

import io.sluice.guest.vnf.Options;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.function.PacketFunctionProvider;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Makes a {@link Firewall} from its options.
 *
 * <p>Rules say who may begin a connection; what belongs to a connection passes, both ways. They come either as
 * {@code deny=} and {@code allow=}, where every deny is asked before any allow, or as {@code rule=} in the order given;
 * the first that matches decides. Where none matches: deny if some rule allows (the allowed are then all), else allow
 * what begins in the chain's forward direction; {@code default=} says otherwise. {@link RuleParser} has the grammar.
 *
 * <pre>
 *   firewall                                               inside may begin, outside may answer
 *   firewall?allow=10.0.0.0/8                              only 10.0.0.0/8 may begin
 *   firewall?deny=proto:tcp,dport:22                       as the first, without SSH
 *   firewall?default=allow&amp;deny=proto:tcp,dport:22         everything but SSH, both ways
 *   firewall?allow=any,direction:forward&amp;allow=dst:192.0.2.1,proto:tcp,dport:80-443
 * </pre>
 */
public final class FirewallProvider implements PacketFunctionProvider {
    private static final int MAX_CONNECTIONS = 1 << 24;
    private static final int MAX_FRAGMENTS = 1 << 16;
    private static final Map<String, String> OPTIONS = describe();

    private static Map<String, String> describe() {
        final Map<String, String> options = new LinkedHashMap<>();
        options.put(
                "allow",
                "connections that may begin: from a network (10.0.0.0/8), or by terms joined by commas:"
                        + " src: dst: net: proto: sport: dport: type: direction: vlan: ; may be repeated");
        options.put("deny", "connections that may not, asked before every allow: from or to a network, or by terms");
        options.put("rule", "instead of allow and deny, in order: 'allow,<terms>' or 'deny,<terms>'");
        options.put(
                "default",
                "without a match: allow, deny or forward (those that begin forward);"
                        + " deny where a rule allows something, else forward");
        options.put("connections", "places in the connection table, 65 bytes each: 65536");
        options.put("fragments", "fragmented datagrams followed at once, 1 KiB each: 1024");
        options.put("tcp-opening-timeout", "silence before a TCP handshake is complete: 240s (RFC 5382)");
        options.put("tcp-timeout", "silence of an established TCP connection: 124m (RFC 5382)");
        options.put("tcp-closing-timeout", "silence after FIN or RST: 240s (RFC 5382)");
        options.put("udp-timeout", "silence of a UDP flow: 120s (RFC 4787)");
        options.put("icmp-timeout", "silence of an echo: 60s (RFC 5508)");
        options.put("other-timeout", "silence between two addresses by another protocol: 600s");
        options.put("fragment-timeout", "wait for a datagram's later fragments: 30s");
        options.put("midstream", "TCP without a known handshake: rules, or deny");
        options.put("arp", "allow or deny: allow");
        options.put("nd", "IPv6 neighbour discovery and multicast listeners: allow, or rules");
        options.put("source-routed", "packets whose sender prescribes their way: deny, or rules");
        options.put("non-ip", "frames that are neither IP nor ARP: deny, or allow");
        options.put("seed", "key of the tables' hash, a number; random, and without influence until a table is full");
        return options;
    }

    @Override
    public String name() {
        return "firewall";
    }

    @Override
    public String summary() {
        return "lets only those connections begin that its rules allow, and what belongs to them pass"
                + " (firewall?allow=10.0.0.0/8)";
    }

    @Override
    public Map<String, String> options() {
        return OPTIONS;
    }

    @Override
    public PacketFunction create(Map<String, List<String>> options) {
        final Options given = new Options(name(), OPTIONS, options);
        return new Firewall(new FirewallSettings(
                rules(given),
                timeouts(given),
                given.nanos("fragment-timeout", 30),
                given.number("connections", 65536, 16, MAX_CONNECTIONS),
                given.number("fragments", 1024, 16, MAX_FRAGMENTS),
                hash(given),
                given.choice("arp", "allow", "allow", "deny").equals("allow"),
                given.choice("nd", "allow", "allow", "rules").equals("allow"),
                given.choice("non-ip", "deny", "deny", "allow").equals("allow"),
                given.choice("source-routed", "deny", "deny", "rules").equals("deny"),
                given.choice("midstream", "rules", "rules", "deny").equals("deny")));
    }

    private static RuleList rules(Options given) {
        final List<String> ordered = given.all("rule");
        final List<String> deny = given.all("deny");
        final List<String> allow = given.all("allow");
        if (!ordered.isEmpty() && !(deny.isEmpty() && allow.isEmpty())) {
            throw new IllegalArgumentException("rule=" + ordered.getFirst()
                    + " does not go with allow= and deny=, whose order is fixed; write all of them as rule=");
        }
        final List<Rule> rules = new ArrayList<>();
        ordered.forEach(text -> rules.add(RuleParser.parseRule("rule", text)));
        deny.forEach(text -> rules.add(RuleParser.parseTerms("deny", text)));
        allow.forEach(text -> rules.add(RuleParser.parseTerms("allow", text)));
        final boolean allowsSome = rules.stream().anyMatch(Rule::allow);
        final RuleList.Default otherwise =
                switch (given.choice("default", "by the rules", "allow", "deny", "forward")) {
                    case "allow" -> RuleList.Default.ALLOW;
                    case "deny" -> RuleList.Default.DENY;
                    case "forward" -> RuleList.Default.FORWARD;
                    default -> allowsSome ? RuleList.Default.DENY : RuleList.Default.FORWARD;
                };
        return new RuleList(rules, otherwise);
    }

    private static long[] timeouts(Options given) {
        final long[] nanos = new long[ConnectionState.values().length];
        for (final ConnectionState state : ConnectionState.values()) {
            nanos[state.ordinal()] = switch (state) {
                case TCP_OPENING -> given.nanos("tcp-opening-timeout", 240);
                case TCP_ESTABLISHED -> given.nanos("tcp-timeout", 7440);
                case TCP_CLOSING -> given.nanos("tcp-closing-timeout", 240);
                case UDP, UDP_ANSWERED -> given.nanos("udp-timeout", 120);
                case ICMP, ICMP_ANSWERED -> given.nanos("icmp-timeout", 60);
                case OTHER, OTHER_ANSWERED -> given.nanos("other-timeout", 600);
            };
        }
        return nanos;
    }

    private static SipHash hash(Options given) {
        final String seed = given.text("seed", "");
        if (seed.isEmpty()) {
            final SecureRandom random = new SecureRandom();
            return new SipHash(random.nextLong(), random.nextLong());
        }
        try {
            final SplittableRandom random = new SplittableRandom(Long.decode(seed));
            return new SipHash(random.nextLong(), random.nextLong());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("seed=" + seed + ": a whole number such as 42 or 0x2a", e);
        }
    }
}
