// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

import io.sluice.guest.vnf.header.FrameHeaders;
import io.sluice.guest.vnf.header.Icmp;
import io.sluice.guest.vnf.header.IpHeader;
import io.sluice.shared.function.Direction;
import io.sluice.shared.function.Packet;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.ring.DropReason;

/**
 * A stateful firewall for IPv4 and IPv6 in fixed memory.
 *
 * <pre>
 *   frame ─▶ headers ─▶ later fragment? ─▶ as its first one ─▶ pass or drop
 *                          │ no
 *                          ├─▶ neighbour discovery ─────────▶ pass
 *                          ├─▶ error about a connection ────▶ pass
 *                          ├─▶ part of a connection ────────▶ pass
 *                          └─▶ rules ─▶ allowed ─▶ remember ─▶ pass
 * </pre>
 *
 * Its only clock is the packets' own time, so that a capture has the same outcome wherever and however fast it is
 * played. Packets are dropped as {@link DropReason#MALFORMED}, {@link DropReason#DENIED}, {@link DropReason#FRAGMENT}
 * or {@link DropReason#TABLE_FULL}. Checksums are not verified: those of transport headers may still be to come, and a
 * receiver verifies both.
 */
public final class Firewall implements PacketFunction {
    private static final int LOCAL_HOP_LIMIT = 255;

    private final FirewallSettings settings;
    private final RuleList rules;
    private final FrameHeaders headers = new FrameHeaders();
    private final ConnectionTracker connections;
    private final FragmentTable fragments;

    Firewall(FirewallSettings settings) {
        this.settings = settings;
        this.rules = settings.rules();
        this.connections = new ConnectionTracker(
                settings.connections(), settings.timeoutNanos(), settings.refuseMidstream(), settings.hash());
        this.fragments = new FragmentTable(settings.fragments(), settings.fragmentTimeoutNanos(), settings.hash());
    }

    @Override
    public void process(Packet packet, Direction direction) {
        final DropReason reason = judge(packet.address(), packet.length(), direction, packet.timestampNanos());
        if (reason != null) {
            packet.drop(reason);
        }
    }

    /** Why a frame is dropped, or null when it passes. */
    private DropReason judge(long address, int lengthBytes, Direction direction, long nowNanos) {
        if (!headers.parse(address, lengthBytes)) {
            return DropReason.MALFORMED;
        }
        return switch (headers.kind()) {
            case IPV4, IPV6 -> judgeIp(direction, nowNanos);
            case ARP -> settings.allowArp() ? null : DropReason.DENIED;
            case OTHER -> settings.allowOther() ? null : DropReason.DENIED;
        };
    }

    private DropReason judgeIp(Direction direction, long nowNanos) {
        final IpHeader ip = headers.ip();
        if (ip.sourceRouted() && settings.denySourceRouted()) {
            return DropReason.DENIED;
        }
        if (!ip.isFragment()) {
            return judgeHeaders(direction, nowNanos);
        }
        final int vlanKey = headers.ethernet().vlanKey();
        if (ip.fragmentOffset() != 0) {
            return fragments.later(ip, vlanKey, direction, nowNanos);
        }
        if (!headers.transport().complete()) {
            return DropReason.FRAGMENT;
        }
        return fragments.first(ip, vlanKey, direction, nowNanos, judgeHeaders(direction, nowNanos));
    }

    private DropReason judgeHeaders(Direction direction, long nowNanos) {
        if (headers.isIcmp()) {
            if (settings.allowNeighbours() && isNeighbourDiscovery()) {
                return null;
            }
            if (headers.isIcmpError() && connections.related(headers, nowNanos)) {
                return null;
            }
        }
        return switch (connections.meet(headers, direction, nowNanos)) {
            case MEMBER -> null;
            case NEW ->
                rules.allows(headers, direction) ? connections.open(headers, direction, nowNanos) : DropReason.DENIED;
            case ALONE -> rules.allows(headers, direction) ? null : DropReason.DENIED;
            case STRAY -> DropReason.DENIED;
        };
    }

    /**
     * Neighbour discovery that no router forwarded (RFC 4861: hop limit 255; RFC 6980: never in fragments), and the
     * multicast listener messages that switches need to deliver it (RFC 3810: hop limit 1, from a link-local address or
     * none).
     */
    private boolean isNeighbourDiscovery() {
        final IpHeader ip = headers.ip();
        if (ip.version() != 6 || ip.isFragment()) {
            return false;
        }
        return switch (headers.transport().icmpType()) {
            case Icmp.V6_MULTICAST_QUERY,
                    Icmp.V6_MULTICAST_REPORT,
                    Icmp.V6_MULTICAST_DONE,
                    Icmp.V6_MULTICAST_REPORT_2 ->
                ip.hopLimit() == 1
                        && (ip.sourceHigh() >>> 54 == 0xFE80 >>> 6 || (ip.sourceHigh() | ip.sourceLow()) == 0);
            default ->
                headers.transport().icmpType() >= Icmp.V6_ROUTER_SOLICITATION
                        && headers.transport().icmpType() <= Icmp.V6_REDIRECT
                        && ip.hopLimit() == LOCAL_HOP_LIMIT;
        };
    }

    /** Places in the connection table that are in use, including those of connections that timed out unnoticed. */
    public int connections() {
        return connections.occupied();
    }

    /** Connections that were given up for newer ones before their time. */
    public long connectionsEvicted() {
        return connections.evictions();
    }

    /** Fragmented datagrams that were given up for newer ones before they were complete. */
    public long fragmentsEvicted() {
        return fragments.evictions();
    }

    @Override
    public String toString() {
        return "firewall: connections=" + connections() + " connections-evicted=" + connectionsEvicted()
                + " fragments-evicted=" + fragmentsEvicted();
    }
}
