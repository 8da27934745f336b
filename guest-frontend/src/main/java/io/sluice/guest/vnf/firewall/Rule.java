// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

import io.sluice.guest.vnf.header.FrameHeaders;
import io.sluice.guest.vnf.header.IpHeader;
import io.sluice.guest.vnf.header.IpProtocol;
import io.sluice.guest.vnf.header.TransportHeader;
import io.sluice.shared.function.Direction;

/**
 * One rule about who may begin a connection; its grammar is {@link RuleParser}'s. Every term that is given must match.
 *
 * @param allow whether a match allows or denies
 * @param source where the packet comes from, null for anywhere
 * @param destination where it goes, null for anywhere
 * @param either what contains one of the two, null for anything
 * @param protocol a protocol number, or {@link #ANY}
 * @param sourcePorts null for any, also for protocols without ports
 * @param destinationPorts null for any, also for protocols without ports
 * @param icmpTypes null for any
 * @param direction null for both
 * @param vlan null for any, also for frames without one
 */
record Rule(
        boolean allow,
        Network source,
        Network destination,
        Network either,
        int protocol,
        Range sourcePorts,
        Range destinationPorts,
        Range icmpTypes,
        Direction direction,
        VlanMatch vlan) {
    static final int ANY = -1;

    /** Whether the rule is about a packet of kind IPv4 or IPv6. */
    boolean matches(FrameHeaders headers, Direction way) {
        final IpHeader ip = headers.ip();
        return (protocol == ANY || protocol == ip.protocol())
                && (direction == null || direction == way)
                && (source == null || containsSource(source, ip))
                && (destination == null || containsDestination(destination, ip))
                && (either == null || containsSource(either, ip) || containsDestination(either, ip))
                && portsMatch(ip, headers.transport())
                && (icmpTypes == null
                        || (headers.isIcmp()
                                && icmpTypes.contains(headers.transport().icmpType())))
                && (vlan == null
                        || vlan.matches(
                                headers.ethernet().outerVlan(),
                                headers.ethernet().innerVlan()));
    }

    private boolean portsMatch(IpHeader ip, TransportHeader transport) {
        if (sourcePorts == null && destinationPorts == null) {
            return true;
        }
        return IpProtocol.hasPorts(ip.protocol())
                && (sourcePorts == null || sourcePorts.contains(transport.sourcePort()))
                && (destinationPorts == null || destinationPorts.contains(transport.destinationPort()));
    }

    private static boolean containsSource(Network network, IpHeader ip) {
        return network.contains(ip.version(), ip.sourceHigh(), ip.sourceLow());
    }

    private static boolean containsDestination(Network network, IpHeader ip) {
        return network.contains(ip.version(), ip.destinationHigh(), ip.destinationLow());
    }
}
