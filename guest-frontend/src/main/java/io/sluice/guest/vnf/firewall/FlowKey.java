// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

import io.sluice.guest.vnf.header.IpHeader;
import io.sluice.shared.function.Direction;

/**
 * What tells one flow from another: a connection's 5-tuple with its VLANs, or a fragmented datagram's identification.
 *
 * <pre>
 *   word 0   ports of the low and the high end, or identification (32), VLAN ids (24), protocol (8)
 *   word 1   4 or 6; for a datagram also its direction
 *   word 2   IPv4: address of the low and of the high end (32 each), and no more words
 *            IPv6: address of the low end (words 2, 3) and of the high end (words 4, 5)
 * </pre>
 *
 * A connection's two directions share one key: the end with the smaller address, or port where these are equal, is the
 * low one. A datagram's low end is its source. The object is turned to one packet after another.
 */
final class FlowKey {
    static final int WORDS = 6;
    private static final int IPV4_WORDS = 3;
    private static final int DATAGRAM_FORWARD = 1 << 8;
    private static final int DATAGRAM_BACKWARD = 2 << 8;

    private final SipHash sipHash;
    private final long[] words = new long[WORDS];
    private boolean sourceIsLow;
    private long hash;

    FlowKey(SipHash sipHash) {
        this.sipHash = sipHash;
    }

    /** Names the connection of a packet, the same for both of its directions. */
    void connection(IpHeader ip, int sourcePort, int destinationPort, int vlanKey) {
        final int order = compareAddresses(ip);
        sourceIsLow = order < 0 || (order == 0 && sourcePort <= destinationPort);
        final long ports = sourceIsLow ? sourcePort << 16 | destinationPort : destinationPort << 16 | sourcePort;
        set(ports, ip.protocol(), vlanKey, ip.version(), ip);
    }

    /** Names the datagram that a fragment belongs to (RFC 791: with its protocol; RFC 8200: without). */
    void datagram(IpHeader ip, int vlanKey, Direction direction) {
        sourceIsLow = true;
        final int way = direction == Direction.FORWARD ? DATAGRAM_FORWARD : DATAGRAM_BACKWARD;
        set(ip.fragmentId(), ip.version() == 4 ? ip.protocol() : 0, vlanKey, ip.version() | way, ip);
    }

    private void set(long portsOrId, int protocol, int vlanKey, int scope, IpHeader ip) {
        words[0] = portsOrId << 32 | (long) vlanKey << 8 | protocol;
        words[1] = scope;
        if (ip.version() == 4) {
            words[2] = sourceIsLow
                    ? ip.sourceLow() << 32 | ip.destinationLow()
                    : ip.destinationLow() << 32 | ip.sourceLow();
            words[3] = 0;
            words[4] = 0;
            words[5] = 0;
        } else {
            final int source = sourceIsLow ? 2 : 4;
            final int destination = 6 - source;
            words[source] = ip.sourceHigh();
            words[source + 1] = ip.sourceLow();
            words[destination] = ip.destinationHigh();
            words[destination + 1] = ip.destinationLow();
        }
        hash = hashAt(words, 0);
    }

    private static int compareAddresses(IpHeader ip) {
        final int high = Long.compareUnsigned(ip.sourceHigh(), ip.destinationHigh());
        return high != 0 ? high : Long.compareUnsigned(ip.sourceLow(), ip.destinationLow());
    }

    /** Whether the packet was sent by the low end. */
    boolean sourceIsLow() {
        return sourceIsLow;
    }

    long hash() {
        return hash;
    }

    /** The hash of a key that was stored. */
    long hashAt(long[] entries, int index) {
        return sipHash.hash(entries, index, (entries[index + 1] & 0xFF) == 4 ? IPV4_WORDS : WORDS);
    }

    boolean equalsAt(long[] entries, int index) {
        return words[0] == entries[index]
                && words[2] == entries[index + 2]
                && words[1] == entries[index + 1]
                && words[3] == entries[index + 3]
                && words[4] == entries[index + 4]
                && words[5] == entries[index + 5];
    }

    void storeAt(long[] entries, int index) {
        System.arraycopy(words, 0, entries, index, WORDS);
    }
}
