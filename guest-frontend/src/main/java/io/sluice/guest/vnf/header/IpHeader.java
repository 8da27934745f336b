// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.header;

import io.sluice.shared.memory.Memory;

/**
 * An IPv4 or IPv6 header with its options or extension headers, up to where the transport header starts.
 *
 * <p>No length is believed: the header, each option and each extension header must lie within the bytes that are there.
 * Bytes behind the packet's own length are Ethernet padding and belong to nothing. A packet quoted in an ICMP error is
 * cut short by design; it may claim more bytes than are there.
 *
 * <p>Both families share one form: an IPv4 address is the low 32 bits of {@code Low}, with {@code High} 0.
 */
public final class IpHeader {
    /** Extension headers that are followed; RFC 8200 has use for six. */
    public static final int MAX_EXTENSION_HEADERS = 8;

    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int MAX_DATAGRAM_BYTES = 65535;
    private static final int OPTION_END = 0;
    private static final int OPTION_NOP = 1;
    private static final int OPTION_LOOSE_SOURCE_ROUTE = 131;
    private static final int OPTION_STRICT_SOURCE_ROUTE = 137;

    private int version;
    private int protocol;
    private int hopLimit;
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;
    private boolean sourceRouted;
    private boolean moreFragments;
    private int fragmentId;
    private int fragmentOffset;
    private int fragmentLength;
    private long transportAddress;
    private int transportLength;

    /** Reads an IPv4 header (RFC 791); false when it contradicts itself or does not fit. */
    boolean parseIpv4(long address, int availableBytes, boolean quoted) {
        if (availableBytes < IPV4_BYTES) {
            return false;
        }
        final long start = Memory.longNetwork(address);
        final int middle = Memory.intNetwork(address + 8);
        final int headerBytes = (int) (start >>> 56 & 0xF) * 4;
        final int totalBytes = (int) (start >>> 32) & 0xFFFF;
        if (start >>> 60 != 4
                || headerBytes < IPV4_BYTES
                || headerBytes > availableBytes
                || totalBytes < headerBytes
                || (totalBytes > availableBytes && !quoted)) {
            return false;
        }
        version = 4;
        hopLimit = middle >>> 24;
        protocol = middle >>> 16 & 0xFF;
        sourceHigh = 0;
        sourceLow = Memory.intNetwork(address + 12) & 0xFFFF_FFFFL;
        destinationHigh = 0;
        destinationLow = Memory.intNetwork(address + 16) & 0xFFFF_FFFFL;
        sourceRouted = false;
        fragmentId = (int) (start >>> 16) & 0xFFFF;
        fragmentOffset = ((int) start & 0x1FFF) * 8;
        moreFragments = (start & 0x2000) != 0;
        transportAddress = address + headerBytes;
        transportLength = Math.min(totalBytes, availableBytes) - headerBytes;
        fragmentLength = transportLength;
        return parseOptions(address + IPV4_BYTES, headerBytes - IPV4_BYTES) && (quoted || fragmentFits(headerBytes));
    }

    private boolean parseOptions(long address, int lengthBytes) {
        int at = 0;
        while (at < lengthBytes) {
            final int type = Memory.unsignedByteAt(address + at);
            if (type == OPTION_END) {
                return true;
            }
            if (type == OPTION_NOP) {
                at++;
                continue;
            }
            if (lengthBytes - at < 2) {
                return false;
            }
            final int optionBytes = Memory.unsignedByteAt(address + at + 1);
            if (optionBytes < 2 || optionBytes > lengthBytes - at) {
                return false;
            }
            sourceRouted |= type == OPTION_LOOSE_SOURCE_ROUTE || type == OPTION_STRICT_SOURCE_ROUTE;
            at += optionBytes;
        }
        return true;
    }

    /** Reads an IPv6 header and its extension headers (RFC 8200); false when they do not fit. */
    boolean parseIpv6(long address, int availableBytes, boolean quoted) {
        if (availableBytes < IPV6_BYTES) {
            return false;
        }
        final long start = Memory.longNetwork(address);
        final int payloadBytes = (int) (start >>> 16) & 0xFFFF;
        if (start >>> 60 != 6 || (payloadBytes > availableBytes - IPV6_BYTES && !quoted)) {
            return false;
        }
        version = 6;
        hopLimit = (int) start & 0xFF;
        sourceHigh = Memory.longNetwork(address + 8);
        sourceLow = Memory.longNetwork(address + 16);
        destinationHigh = Memory.longNetwork(address + 24);
        destinationLow = Memory.longNetwork(address + 32);
        sourceRouted = false;
        moreFragments = false;
        fragmentId = 0;
        fragmentOffset = 0;
        fragmentLength = 0;
        transportAddress = address + IPV6_BYTES;
        transportLength = Math.min(payloadBytes, availableBytes - IPV6_BYTES);
        return parseExtensions((int) (start >>> 8) & 0xFF) && (quoted || fragmentFits(0));
    }

    private boolean parseExtensions(int firstHeader) {
        int next = firstHeader;
        boolean fragmentSeen = false;
        for (int count = 0; count <= MAX_EXTENSION_HEADERS; count++) {
            final boolean fragment = next == IpProtocol.FRAGMENT;
            if (!fragment && !isOptionsOrRouting(next)) {
                protocol = next;
                return true;
            }
            // Hop-by-hop options stand first or nowhere; a second fragment header would fragment a fragment.
            if (transportLength < 8 || (next == IpProtocol.HOP_BY_HOP && count > 0) || (fragment && fragmentSeen)) {
                return false;
            }
            final long header = Memory.longNetwork(transportAddress);
            final int headerBytes = fragment ? 8 : ((int) (header >>> 48 & 0xFF) + 1) * 8;
            if (headerBytes > transportLength) {
                return false;
            }
            transportAddress += headerBytes;
            transportLength -= headerBytes;
            if (fragment) {
                fragmentSeen = true;
                fragmentOffset = (int) (header >>> 32) & 0xFFF8;
                moreFragments = (header >>> 32 & 1) != 0;
                fragmentId = (int) header;
                fragmentLength = transportLength;
            } else if (next == IpProtocol.ROUTING) {
                // Type 0 is what RFC 5095 forbids; segments left mean that the destination is another one than shown.
                sourceRouted |= (header >>> 40 & 0xFF) == 0 || (header >>> 32 & 0xFF) != 0;
            }
            next = (int) (header >>> 56);
            if (fragmentOffset > 0) {
                protocol = next;
                return true;
            }
        }
        return false;
    }

    private static boolean isOptionsOrRouting(int header) {
        return header == IpProtocol.HOP_BY_HOP
                || header == IpProtocol.ROUTING
                || header == IpProtocol.DESTINATION_OPTIONS;
    }

    /** All fragments but the last carry whole units of 8 bytes, and none reaches past the longest datagram. */
    private boolean fragmentFits(int headerBytes) {
        return !isFragment()
                || (fragmentLength > 0
                        && (!moreFragments || (fragmentLength & 7) == 0)
                        && headerBytes + fragmentOffset + fragmentLength <= MAX_DATAGRAM_BYTES);
    }

    /** 4 or 6. */
    public int version() {
        return version;
    }

    /** The transport protocol; in an IPv6 fragment that is not the first, what the fragmented part starts with. */
    public int protocol() {
        return protocol;
    }

    /** Time to live or hop limit. */
    public int hopLimit() {
        return hopLimit;
    }

    public long sourceHigh() {
        return sourceHigh;
    }

    public long sourceLow() {
        return sourceLow;
    }

    public long destinationHigh() {
        return destinationHigh;
    }

    public long destinationLow() {
        return destinationLow;
    }

    /** Whether the sender prescribes a way, so that the destination shown may not be the last one. */
    public boolean sourceRouted() {
        return sourceRouted;
    }

    /** Whether this is one part of several; an atomic fragment (RFC 6946) is a whole datagram. */
    public boolean isFragment() {
        return moreFragments || fragmentOffset != 0;
    }

    public boolean moreFragments() {
        return moreFragments;
    }

    /** The identification that all fragments of a datagram share. */
    public int fragmentId() {
        return fragmentId;
    }

    /** Place of this fragment in the datagram, in bytes; a multiple of 8. */
    public int fragmentOffset() {
        return fragmentOffset;
    }

    /** Bytes of the datagram that this fragment carries. */
    public int fragmentLength() {
        return fragmentLength;
    }

    long transportAddress() {
        return transportAddress;
    }

    /** Bytes from the transport header to the end of the packet, without padding. */
    public int transportLength() {
        return transportLength;
    }
}
