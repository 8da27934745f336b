// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;

/**
 * A set of addresses that share a prefix, in CIDR notation (RFC 4632, RFC 4291): {@code 10.0.0.0/8} or
 * {@code 2001:db8::1}.
 *
 * @param version 4 or 6
 * @param high the first 64 bits of an IPv6 network, 0 for IPv4
 * @param low the last 64 bits, or the 32 of IPv4
 * @param highMask bits of {@code high} that count
 * @param lowMask bits of {@code low} that count
 */
record Network(int version, long high, long low, long highMask, long lowMask) {
    private static final Pattern IPV4 = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f]*+:[0-9A-Fa-f:.]*+");

    /**
     * Reads an address, or a network as address and prefix length.
     *
     * @throws IllegalArgumentException with what would be right
     */
    static Network parse(String text) {
        final int slash = text.indexOf('/');
        final String address = slash < 0 ? text : text.substring(0, slash);
        final byte[] bytes = addressBytes(address);
        final int bits = bytes.length * 8;
        final int prefix = slash < 0 ? bits : prefixLength(text.substring(slash + 1), bits);
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        final Network network;
        if (bits == 32) {
            network = new Network(4, 0, buffer.getInt() & 0xFFFF_FFFFL, 0, -1L << 32 - prefix & 0xFFFF_FFFFL);
        } else {
            network = new Network(6, buffer.getLong(), buffer.getLong(), mask(prefix), mask(prefix - 64));
        }
        if ((network.high & ~network.highMask) != 0 || (network.low & ~network.lowMask) != 0) {
            throw new IllegalArgumentException("the address has bits set behind its first " + prefix + "; write "
                    + address + " for this one address, or clear them for the network");
        }
        return network;
    }

    private static byte[] addressBytes(String address) {
        if (IPV4.matcher(address).matches() || IPV6.matcher(address).matches()) {
            try {
                final byte[] bytes = InetAddress.ofLiteral(address).getAddress();
                // Java turns ::ffff:10.0.0.1 into 10.0.0.1; on the wire these are different addresses.
                if (bytes.length == (address.indexOf(':') < 0 ? 4 : 16)) {
                    return bytes;
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(notAnAddress(), e);
            }
        }
        throw new IllegalArgumentException(notAnAddress());
    }

    private static String notAnAddress() {
        return "an address or network is written as 10.0.0.1, 10.0.0.0/8, 2001:db8::1 or 2001:db8::/32";
    }

    private static int prefixLength(String text, int bits) {
        if (text.matches("\\d{1,3}") && Integer.parseInt(text) <= bits) {
            return Integer.parseInt(text);
        }
        throw new IllegalArgumentException("the prefix length must be a number from 0 to " + bits);
    }

    /** The mask of the first {@code prefix} of 64 bits, which may be fewer than none or more than all. */
    private static long mask(int prefix) {
        return prefix <= 0 ? 0 : prefix >= 64 ? -1 : -1L << 64 - prefix;
    }

    boolean contains(int addressVersion, long addressHigh, long addressLow) {
        return addressVersion == version
                && ((addressHigh ^ high) & highMask) == 0
                && ((addressLow ^ low) & lowMask) == 0;
    }
}
