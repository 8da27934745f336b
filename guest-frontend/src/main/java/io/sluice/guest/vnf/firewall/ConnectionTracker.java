// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

import static io.sluice.guest.vnf.header.TransportHeader.TCP_ACK;
import static io.sluice.guest.vnf.header.TransportHeader.TCP_FIN;
import static io.sluice.guest.vnf.header.TransportHeader.TCP_RST;
import static io.sluice.guest.vnf.header.TransportHeader.TCP_SYN;

import io.sluice.guest.vnf.header.FrameHeaders;
import io.sluice.guest.vnf.header.Icmp;
import io.sluice.guest.vnf.header.IpHeader;
import io.sluice.guest.vnf.header.IpProtocol;
import io.sluice.guest.vnf.header.TransportHeader;
import io.sluice.shared.function.Direction;
import io.sluice.shared.ring.DropReason;

/**
 * The connections that were allowed, and whether a packet belongs to one of them.
 *
 * <pre>
 *   TCP     SYN ──▶ OPENING ──answer with ACK, then ACK──▶ ESTABLISHED ──FIN or RST──▶ CLOSING ──SYN──▶ judged anew
 *   others  first packet ──▶ UDP, ICMP, OTHER ──answer──▶ ..._ANSWERED
 * </pre>
 *
 * States choose timeouts and who gives way in a full table. Sequence numbers are not followed: whoever can forge a
 * packet of a connection can shorten its timeout and no more.
 *
 * <p>The two directions of a connection may arrive on the two sides of a chain or, from a capture, both on one. So an
 * answer may come from either side; the initiator's packets only from the side where the first came from.
 */
final class ConnectionTracker {
    /** What a packet is to the connections that are known. */
    enum Membership {
        /** Part of a connection. */
        MEMBER,
        /** Would begin one. */
        NEW,
        /** Neither part of a connection nor able to begin one: the rules decide about this packet alone. */
        ALONE,
        /** From the middle of a TCP connection that is not known, where those are refused. */
        STRAY
    }

    private static final int STATE_MASK = 0xFF;
    private static final int INITIATOR_IS_LOW = 1 << 8;
    private static final int BEGAN_BACKWARD = 1 << 9;
    private static final int TCP_ANSWERED = 1 << 10;

    private final FlowKey key;
    private final FlowKey quotedKey;
    private final FlowTable table;
    private final boolean refuseMidstream;
    private int place;

    ConnectionTracker(int connections, long[] timeoutNanos, boolean refuseMidstream, SipHash sipHash) {
        this.key = new FlowKey(sipHash);
        this.quotedKey = new FlowKey(sipHash);
        this.table = new FlowTable(connections, timeoutNanos, ConnectionState.PROTECTED);
        this.refuseMidstream = refuseMidstream;
    }

    /** Says what a packet is, and lets it move its connection on. */
    Membership meet(FrameHeaders headers, Direction direction, long nowNanos) {
        final IpHeader ip = headers.ip();
        final TransportHeader transport = headers.transport();
        place = FlowTable.NONE;
        if (!name(key, ip, transport, headers.ethernet().vlanKey())) {
            return Membership.ALONE;
        }
        place = table.find(key, nowNanos);
        if (place == FlowTable.NONE) {
            return withoutConnection(ip, transport);
        }
        final int info = (int) table.info(place);
        final boolean fromInitiator = key.sourceIsLow() == ((info & INITIATOR_IS_LOW) != 0);
        if (fromInitiator ? beganElsewhere(info, direction) : isEchoRequest(ip, transport)) {
            return Membership.ALONE;
        }
        if (ip.protocol() == IpProtocol.TCP) {
            final int flags = transport.tcpFlags();
            if (state(info) == ConnectionState.TCP_CLOSING.ordinal() && opens(flags)) {
                return Membership.NEW;
            }
            update(info, afterSegment(info, flags, fromInitiator));
        } else if (!fromInitiator) {
            update(info, answered(info));
        }
        table.touch(place, nowNanos);
        return Membership.MEMBER;
    }

    /** Remembers the connection of the packet last met, which is {@link Membership#NEW}; null or why it cannot. */
    DropReason open(FrameHeaders headers, Direction direction, long nowNanos) {
        final int info = firstState(headers).ordinal()
                | (key.sourceIsLow() ? INITIATOR_IS_LOW : 0)
                | (direction == Direction.BACKWARD ? BEGAN_BACKWARD : 0);
        if (place == FlowTable.NONE) {
            return table.insert(key, nowNanos, info) == FlowTable.NONE ? DropReason.TABLE_FULL : null;
        }
        table.info(place, info);
        table.touch(place, nowNanos);
        return null;
    }

    /** Whether an ICMP error is about a packet of a known connection and goes to the one who sent that packet. */
    boolean related(FrameHeaders headers, long nowNanos) {
        if (!headers.parseQuoted()) {
            return false;
        }
        final IpHeader quoted = headers.quotedIp();
        return quoted.sourceLow() == headers.ip().destinationLow()
                && quoted.sourceHigh() == headers.ip().destinationHigh()
                && name(
                        quotedKey,
                        quoted,
                        headers.quotedTransport(),
                        headers.ethernet().vlanKey())
                && table.find(quotedKey, nowNanos) != FlowTable.NONE;
    }

    /** Places in use, including those of connections that timed out and were not met since. */
    int occupied() {
        return table.occupied();
    }

    long evictions() {
        return table.evictions();
    }

    /** Turns a key to a packet's connection; false for packets that have none. */
    private static boolean name(FlowKey key, IpHeader ip, TransportHeader transport, int vlanKey) {
        if (!FrameHeaders.isIcmp(ip)) {
            key.connection(ip, transport.sourcePort(), transport.destinationPort(), vlanKey);
            return true;
        }
        // The identifier stands for the port of the end that asks, so that both ends may use the same one.
        if (isEchoRequest(ip, transport)) {
            key.connection(ip, transport.icmpId(), 0, vlanKey);
            return true;
        }
        if (transport.icmpType() == (ip.version() == 4 ? Icmp.ECHO_REPLY : Icmp.V6_ECHO_REPLY)) {
            key.connection(ip, 0, transport.icmpId(), vlanKey);
            return true;
        }
        return false;
    }

    private static boolean isEchoRequest(IpHeader ip, TransportHeader transport) {
        return FrameHeaders.isIcmp(ip)
                && transport.icmpType() == (ip.version() == 4 ? Icmp.ECHO_REQUEST : Icmp.V6_ECHO_REQUEST);
    }

    private Membership withoutConnection(IpHeader ip, TransportHeader transport) {
        if (FrameHeaders.isIcmp(ip)) {
            return isEchoRequest(ip, transport) ? Membership.NEW : Membership.ALONE;
        }
        if (ip.protocol() != IpProtocol.TCP || opens(transport.tcpFlags())) {
            return Membership.NEW;
        }
        if (refuseMidstream) {
            return Membership.STRAY;
        }
        return (transport.tcpFlags() & (TCP_SYN | TCP_RST)) != 0 ? Membership.ALONE : Membership.NEW;
    }

    private static boolean beganElsewhere(int info, Direction direction) {
        return (info & BEGAN_BACKWARD) != 0 != (direction == Direction.BACKWARD);
    }

    private static boolean opens(int tcpFlags) {
        return (tcpFlags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
    }

    private static int afterSegment(int info, int flags, boolean fromInitiator) {
        if ((flags & (TCP_FIN | TCP_RST)) != 0) {
            return withState(info, ConnectionState.TCP_CLOSING);
        }
        if (state(info) != ConnectionState.TCP_OPENING.ordinal() || (flags & TCP_ACK) == 0) {
            return info;
        }
        if (!fromInitiator) {
            return info | TCP_ANSWERED;
        }
        final boolean complete = (info & TCP_ANSWERED) != 0 && (flags & TCP_SYN) == 0;
        return complete ? withState(info, ConnectionState.TCP_ESTABLISHED) : info;
    }

    private static int answered(int info) {
        final int state = state(info);
        if (state == ConnectionState.UDP.ordinal()) {
            return withState(info, ConnectionState.UDP_ANSWERED);
        }
        if (state == ConnectionState.ICMP.ordinal()) {
            return withState(info, ConnectionState.ICMP_ANSWERED);
        }
        return state == ConnectionState.OTHER.ordinal() ? withState(info, ConnectionState.OTHER_ANSWERED) : info;
    }

    private static ConnectionState firstState(FrameHeaders headers) {
        final boolean closing = (headers.transport().tcpFlags() & TCP_FIN) != 0;
        return switch (headers.ip().protocol()) {
            case IpProtocol.TCP -> closing ? ConnectionState.TCP_CLOSING : ConnectionState.TCP_OPENING;
            case IpProtocol.UDP -> ConnectionState.UDP;
            default -> headers.isIcmp() ? ConnectionState.ICMP : ConnectionState.OTHER;
        };
    }

    private void update(int before, int after) {
        if (after != before) {
            table.info(place, after);
        }
    }

    private static int state(int info) {
        return info & STATE_MASK;
    }

    private static int withState(int info, ConnectionState state) {
        return info & ~STATE_MASK | state.ordinal();
    }
}
