// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.header;

import java.util.Map;
import java.util.TreeMap;

/** Protocol numbers of IPv4 and next-header values of IPv6 that the parser or a rule knows by name. */
public final class IpProtocol {
    public static final int ICMP = 1;
    public static final int IGMP = 2;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int GRE = 47;
    public static final int ESP = 50;
    public static final int ICMPV6 = 58;
    public static final int SCTP = 132;

    static final int HOP_BY_HOP = 0;
    static final int ROUTING = 43;
    static final int FRAGMENT = 44;
    static final int DESTINATION_OPTIONS = 60;

    private static final Map<String, Integer> NAMES = Map.of(
            "icmp", ICMP, "igmp", IGMP, "tcp", TCP, "udp", UDP, "gre", GRE, "esp", ESP, "icmpv6", ICMPV6, "sctp", SCTP);

    private IpProtocol() {}

    /** Protocol numbers by the names a user may write, in alphabetical order. */
    public static Map<String, Integer> names() {
        return new TreeMap<>(NAMES);
    }

    /** Whether the protocol's header starts with a source and a destination port that the parser reads. */
    public static boolean hasPorts(int protocol) {
        return protocol == TCP || protocol == UDP || protocol == SCTP;
    }
}
