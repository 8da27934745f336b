// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.header;

/**
 * The headers of one frame, from Ethernet to transport: a flyweight that is turned to one packet after another.
 *
 * <pre>
 *   EthernetHeader ─┬─ IpHeader ── TransportHeader ── quoted: IpHeader ── TransportHeader   (of an ICMP error)
 *                   ├─ ArpHeader
 *                   └─ nothing that is known
 * </pre>
 *
 * Parsing reads each word once and keeps what it found: the frame lies in memory that others may write, and what was
 * checked must be what is used. Nothing outside {@code [address, address + length)} is read, nothing is allocated.
 */
public final class FrameHeaders {
    /** What a frame carries. */
    public enum Kind {
        IPV4,
        IPV6,
        ARP,
        OTHER
    }

    private final EthernetHeader ethernet = new EthernetHeader();
    private final IpHeader ip = new IpHeader();
    private final TransportHeader transport = new TransportHeader();
    private final ArpHeader arp = new ArpHeader();
    private final IpHeader quotedIp = new IpHeader();
    private final TransportHeader quotedTransport = new TransportHeader();
    private Kind kind = Kind.OTHER;

    /**
     * Reads the headers of a frame.
     *
     * @param address of the Ethernet header
     * @param lengthBytes of the frame, without its check sequence
     * @return false when headers contradict themselves or end too early; the accessors then mean nothing
     */
    public boolean parse(long address, int lengthBytes) {
        if (!ethernet.parse(address, lengthBytes)) {
            return false;
        }
        final long payload = address + ethernet.payloadOffset();
        final int available = lengthBytes - ethernet.payloadOffset();
        switch (ethernet.etherType()) {
            case EtherType.IPV4 -> {
                kind = Kind.IPV4;
                return ip.parseIpv4(payload, available, false) && transport.parse(ip, false);
            }
            case EtherType.IPV6 -> {
                kind = Kind.IPV6;
                return ip.parseIpv6(payload, available, false) && transport.parse(ip, false);
            }
            case EtherType.ARP -> {
                kind = Kind.ARP;
                return arp.parse(payload, available);
            }
            default -> {
                kind = Kind.OTHER;
                return true;
            }
        }
    }

    /**
     * Reads the packet that an ICMP error quotes behind its 8 bytes; for a frame with {@link #isIcmpError()}.
     *
     * @return false when too little of it is there to know its flow
     */
    public boolean parseQuoted() {
        final int quoteOffset = 8;
        final long quote = ip.transportAddress() + quoteOffset;
        final int available = ip.transportLength() - quoteOffset;
        final boolean parsed = kind == Kind.IPV4
                ? quotedIp.parseIpv4(quote, available, true)
                : quotedIp.parseIpv6(quote, available, true);
        return parsed && quotedTransport.parse(quotedIp, true) && quotedTransport.complete();
    }

    public Kind kind() {
        return kind;
    }

    public EthernetHeader ethernet() {
        return ethernet;
    }

    /** The message of a frame of kind {@link Kind#ARP}. */
    public ArpHeader arp() {
        return arp;
    }

    /** The network header of a frame of kind {@link Kind#IPV4} or {@link Kind#IPV6}. */
    public IpHeader ip() {
        return ip;
    }

    /** The transport header of a frame of kind {@link Kind#IPV4} or {@link Kind#IPV6}. */
    public TransportHeader transport() {
        return transport;
    }

    /** The network header that {@link #parseQuoted()} found. */
    public IpHeader quotedIp() {
        return quotedIp;
    }

    /** The transport header that {@link #parseQuoted()} found. */
    public TransportHeader quotedTransport() {
        return quotedTransport;
    }

    /** Whether this is ICMP over IPv4 or ICMPv6 over IPv6, with its header complete. */
    public boolean isIcmp() {
        return transport.complete() && isIcmp(ip);
    }

    /** Whether a header announces ICMP over IPv4 or ICMPv6 over IPv6. */
    public static boolean isIcmp(IpHeader ip) {
        return ip.protocol() == (ip.version() == 4 ? IpProtocol.ICMP : IpProtocol.ICMPV6);
    }

    /** Whether this reports an error about a packet that it quotes: RFC 792 without redirects, RFC 4443 section 3. */
    public boolean isIcmpError() {
        if (!isIcmp()) {
            return false;
        }
        return kind == Kind.IPV4
                ? switch (transport.icmpType()) {
                    case Icmp.UNREACHABLE, Icmp.SOURCE_QUENCH, Icmp.TIME_EXCEEDED, Icmp.PARAMETER_PROBLEM -> true;
                    default -> false;
                }
                : transport.icmpType() >= Icmp.V6_FIRST_ERROR && transport.icmpType() <= Icmp.V6_LAST_ERROR;
    }
}
