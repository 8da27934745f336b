// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.header;

import io.sluice.shared.memory.Memory;

/**
 * What identifies a flow in a TCP (RFC 9293), UDP (RFC 768), SCTP (RFC 9260), ICMP (RFC 792) or ICMPv6 (RFC 4443)
 * header. Other protocols have neither ports nor a type.
 */
public final class TransportHeader {
    public static final int TCP_FIN = 0x01;
    public static final int TCP_SYN = 0x02;
    public static final int TCP_RST = 0x04;
    public static final int TCP_ACK = 0x10;

    /** Bytes of any transport header that an ICMP error quotes at least (RFC 792). */
    private static final int QUOTED_BYTES = 8;

    private static final int TCP_BYTES = 20;
    private static final int UDP_BYTES = 8;
    private static final int SCTP_BYTES = 12;
    private static final int ICMP_BYTES = 8;

    private boolean complete;
    private int sourcePort;
    private int destinationPort;
    private int tcpFlags;
    private int icmpType;
    private int icmpCode;
    private int icmpId;

    /**
     * Reads the header behind {@code ip}; false when it contradicts itself, or ends early in a packet that is not a
     * fragment. {@link #complete()} is false for fragments that do not hold the whole header.
     */
    boolean parse(IpHeader ip, boolean quoted) {
        complete = false;
        sourcePort = 0;
        destinationPort = 0;
        tcpFlags = 0;
        icmpType = 0;
        icmpCode = 0;
        icmpId = 0;
        if (ip.fragmentOffset() != 0) {
            return true;
        }
        final int protocol = ip.protocol();
        final int available = ip.transportLength();
        final int needed = quoted
                ? Math.min(QUOTED_BYTES, headerBytes(protocol, ip.version()))
                : headerBytes(protocol, ip.version());
        if (available < needed) {
            return ip.isFragment();
        }
        complete = true;
        if (needed == 0) {
            return true;
        }
        final long start = Memory.longNetwork(ip.transportAddress());
        if (!IpProtocol.hasPorts(protocol)) {
            icmpType = (int) (start >>> 56);
            icmpCode = (int) (start >>> 48) & 0xFF;
            icmpId = (int) (start >>> 16) & 0xFFFF;
            return true;
        }
        sourcePort = (int) (start >>> 48);
        destinationPort = (int) (start >>> 32) & 0xFFFF;
        if (quoted) {
            return true;
        }
        return switch (protocol) {
            case IpProtocol.TCP -> parseTcp(ip, available);
            case IpProtocol.UDP -> udpLengthFits((int) (start >>> 16) & 0xFFFF, ip, available);
            default -> true;
        };
    }

    private static int headerBytes(int protocol, int version) {
        return switch (protocol) {
            case IpProtocol.TCP -> TCP_BYTES;
            case IpProtocol.UDP -> UDP_BYTES;
            case IpProtocol.SCTP -> SCTP_BYTES;
            case IpProtocol.ICMP -> version == 4 ? ICMP_BYTES : 0;
            case IpProtocol.ICMPV6 -> version == 6 ? ICMP_BYTES : 0;
            default -> 0;
        };
    }

    private boolean parseTcp(IpHeader ip, int available) {
        final int offsetAndFlags = Memory.unsignedShortNetwork(ip.transportAddress() + 12);
        final int headerBytes = (offsetAndFlags >>> 12) * 4;
        tcpFlags = offsetAndFlags & 0x3F;
        if (headerBytes < TCP_BYTES || !flagsMakeSense()) {
            return false;
        }
        complete = headerBytes <= available;
        return complete || ip.isFragment();
    }

    /** One of SYN, RST or nothing of the two, FIN and everything else with ACK; no stack sends other combinations. */
    private boolean flagsMakeSense() {
        return switch (tcpFlags & (TCP_SYN | TCP_RST | TCP_FIN)) {
            case TCP_SYN, TCP_RST -> true;
            case TCP_FIN, 0 -> (tcpFlags & TCP_ACK) != 0;
            default -> false;
        };
    }

    private static boolean udpLengthFits(int udpBytes, IpHeader ip, int available) {
        return udpBytes >= UDP_BYTES && (udpBytes <= available || ip.isFragment());
    }

    /** Whether the packet holds the whole header, or as much of it as an ICMP error quotes. */
    public boolean complete() {
        return complete;
    }

    /** Source port of TCP, UDP or SCTP, else 0. */
    public int sourcePort() {
        return sourcePort;
    }

    /** Destination port of TCP, UDP or SCTP, else 0. */
    public int destinationPort() {
        return destinationPort;
    }

    /** Control bits of TCP, {@link #TCP_SYN} and its like. */
    public int tcpFlags() {
        return tcpFlags;
    }

    public int icmpType() {
        return icmpType;
    }

    public int icmpCode() {
        return icmpCode;
    }

    /** The identifier of an ICMP echo. */
    public int icmpId() {
        return icmpId;
    }
}
