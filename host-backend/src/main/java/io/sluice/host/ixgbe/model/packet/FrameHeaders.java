// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import io.sluice.shared.memory.Memory;

/**
 * What the card's parser finds in a frame (7.1.6): where headers begin and what they are. It never looks past the frame's
 * end, whatever the headers say.
 *
 * <pre>
 *   | MAC addresses, type | tag | IP at network | extensions | TCP, UDP or SCTP at transport | payload | padding |
 *                                                                                            ipEnd    length
 * </pre>
 */
final class FrameHeaders {
    static final int ETHERNET_BYTES = 14;
    static final int TAG_BYTES = 4;
    static final int TAG_OFFSET = 12;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int SCTP = 132;
    static final int IPV4_TYPE = 0x0800;
    static final int IPV6_TYPE = 0x86DD;

    /** Packet types as an advanced descriptor has them (7.1.6.2). */
    static final int TYPE_IPV4 = 1 << 0;

    static final int TYPE_IPV4_OPTIONS = 1 << 1;
    static final int TYPE_IPV6 = 1 << 2;
    static final int TYPE_IPV6_EXTENSIONS = 1 << 3;
    static final int TYPE_TCP = 1 << 4;
    static final int TYPE_UDP = 1 << 5;
    static final int TYPE_SCTP = 1 << 6;

    private static final int MAX_EXTENSIONS = 8;
    private static final int NONE = -1;

    /** All ones: everybody's address. */
    static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    long address;
    int lengthBytes;

    /** The destination's address, its first byte on the wire in bits 7 to 0. */
    long destination;

    boolean tagged;
    int tag;
    int etherType;
    int network;
    int packetType;
    int protocol;
    boolean fragment;
    boolean firstFragment;

    /** Where the header of {@link #protocol} begins; 0 where there is none that is whole. */
    int transport;

    /** Where the IP packet's payload begins, extensions left out; 0 where there is no IP packet that is whole. */
    int payload;

    /** Where the IP packet ends; the frame's length at most. */
    int ipEnd;

    /** To a group of stations, broadcast among them. */
    boolean toGroup() {
        return (destination & 1) != 0;
    }

    boolean ipv4() {
        return (packetType & TYPE_IPV4) != 0;
    }

    boolean ipv6() {
        return (packetType & TYPE_IPV6) != 0;
    }

    /** Looks at a frame of at least {@link #ETHERNET_BYTES}; {@code vlanType} is the type of a frame with a tag. */
    void parse(long frame, int frameBytes, int vlanType) {
        address = frame;
        lengthBytes = frameBytes;
        destination = Memory.longAt(frame) & BROADCAST;
        network = ETHERNET_BYTES;
        etherType = Memory.unsignedShortNetwork(frame + TAG_OFFSET);
        tagged = etherType == vlanType && frameBytes >= ETHERNET_BYTES + TAG_BYTES;
        if (tagged) {
            tag = Memory.unsignedShortNetwork(frame + TAG_OFFSET + 2);
            network = ETHERNET_BYTES + TAG_BYTES;
            etherType = Memory.unsignedShortNetwork(frame + network - 2);
        } else {
            tag = 0;
        }
        packetType = 0;
        protocol = NONE;
        fragment = false;
        firstFragment = false;
        payload = 0;
        transport = 0;
        ipEnd = frameBytes;
        if (etherType == IPV4_TYPE) {
            parseIpv4();
        } else if (etherType == IPV6_TYPE) {
            parseIpv6();
        }
    }

    private void parseIpv4() {
        final long header = address + network;
        if (network + 20 > lengthBytes || Memory.unsignedByteAt(header) >>> 4 != 4) {
            return;
        }
        final int headerBytes = (Memory.unsignedByteAt(header) & 0xF) * 4;
        final int totalBytes = Memory.unsignedShortNetwork(header + 2);
        if (headerBytes < 20 || totalBytes < headerBytes || network + totalBytes > lengthBytes) {
            return;
        }
        packetType = TYPE_IPV4 | (headerBytes > 20 ? TYPE_IPV4_OPTIONS : 0);
        ipEnd = network + totalBytes;
        final int fragmentation = Memory.unsignedShortNetwork(header + 6) & 0x3FFF;
        fragment = fragmentation != 0;
        firstFragment = fragmentation == 0x2000;
        protocol = Memory.unsignedByteAt(header + 9);
        parseTransport(network + headerBytes);
    }

    private void parseIpv6() {
        final long header = address + network;
        if (network + 40 > lengthBytes || Memory.unsignedByteAt(header) >>> 4 != 6) {
            return;
        }
        final int end = network + 40 + Memory.unsignedShortNetwork(header + 4);
        if (end > lengthBytes) {
            return;
        }
        packetType = TYPE_IPV6;
        ipEnd = end;
        int next = Memory.unsignedByteAt(header + 6);
        int at = network + 40;
        for (int i = 0; i < MAX_EXTENSIONS && extension(next); i++) {
            packetType |= TYPE_IPV6_EXTENSIONS;
            if (at + 8 > end) {
                return;
            }
            if (next == 44) {
                final int fragmentation = Memory.unsignedShortNetwork(address + at + 2) & 0xFFF9;
                fragment = fragmentation != 0;
                firstFragment = fragmentation == 1;
            }
            final int bytes = next == 44 ? 8 : 8 * (1 + Memory.unsignedByteAt(address + at + 1));
            next = Memory.unsignedByteAt(address + at);
            at += bytes;
        }
        protocol = next;
        parseTransport(at);
    }

    /** Hop-by-hop options, routing, fragment, destination options (RFC 8200). */
    private static boolean extension(int header) {
        return header == 0 || header == 43 || header == 44 || header == 60;
    }

    private void parseTransport(int at) {
        if (at > ipEnd) {
            return;
        }
        payload = at;
        final int least = protocol == TCP ? 20 : protocol == UDP ? 8 : protocol == SCTP ? 12 : NONE;
        if (least == NONE || at + least > ipEnd || fragment && !firstFragment) {
            return;
        }
        transport = at;
        if (!fragment) {
            packetType |= protocol == TCP ? TYPE_TCP : protocol == UDP ? TYPE_UDP : TYPE_SCTP;
        }
    }
}
