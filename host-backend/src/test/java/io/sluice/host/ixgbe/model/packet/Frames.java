// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Frames for tests, written the plain way, checksums zero unless they are asked for. */
final class Frames {
    static final int TCP = 6;
    static final int UDP = 17;
    private static final byte[] MACS = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1};

    private Frames() {}

    /** A frame to {@code destination}, 48 bits as they are written, of a private type. */
    static byte[] to(long destination, int lengthBytes) {
        final ByteBuffer frame = ByteBuffer.allocate(lengthBytes);
        frame.putShort((short) (destination >>> 32)).putInt((int) destination);
        frame.put(MACS, 6, 6).putShort((short) 0x88B5);
        for (int i = 0; frame.hasRemaining(); i++) {
            frame.put((byte) i);
        }
        return frame.array();
    }

    /** As {@link #to}, with a VLAN tag. */
    static byte[] tagged(long destination, int tag, int lengthBytes) {
        return insertTag(to(destination, lengthBytes - 4), tag);
    }

    static byte[] insertTag(byte[] frame, int tag) {
        return ByteBuffer.allocate(frame.length + 4)
                .put(frame, 0, 12)
                .putShort((short) 0x8100)
                .putShort((short) tag)
                .put(frame, 12, frame.length - 12)
                .array();
    }

    /** A TCP or UDP packet with {@code payloadBytes}. */
    static byte[] ip(String source, int sourcePort, String destination, int port, int protocol, int payloadBytes) {
        final byte[] from = address(source);
        final byte[] to = address(destination);
        final boolean ipv6 = from.length == 16;
        final int transportBytes = protocol == TCP ? 20 : 8;
        final int ipBytes = ipv6 ? 40 : 20;
        final ByteBuffer frame = ByteBuffer.allocate(14 + ipBytes + transportBytes + payloadBytes);
        frame.put(MACS).putShort((short) (ipv6 ? 0x86DD : 0x0800));
        final int size = transportBytes + payloadBytes;
        if (ipv6) {
            frame.putInt(0x6000_0000)
                    .putShort((short) size)
                    .put((byte) protocol)
                    .put((byte) 64);
        } else {
            frame.putShort((short) 0x4500).putShort((short) (size + 20));
            frame.putInt(0x1234_4000).put((byte) 64).put((byte) protocol).putShort((short) 0);
        }
        frame.put(from).put(to).putShort((short) sourcePort).putShort((short) port);
        if (protocol == TCP) {
            frame.putInt(0xFFFF_FF00)
                    .putInt(7)
                    .putShort((short) 0x5018)
                    .putShort((short) 0xFFFF)
                    .putInt(0);
        } else {
            frame.putShort((short) size).putShort((short) 0);
        }
        for (int i = 0; frame.hasRemaining(); i++) {
            frame.put((byte) (i * 7));
        }
        return frame.array();
    }

    private static byte[] address(String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** The sum, folded and not inverted, of a range of 16-bit words. */
    static int sum(byte[] bytes, int from, int to, int start) {
        int sum = start;
        for (int i = from; i < to; i += 2) {
            sum += (bytes[i] & 0xFF) << 8;
            sum += i + 1 < to ? bytes[i + 1] & 0xFF : 0;
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }

    static void put16(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }

    /** Where TCP or UDP begins in what {@link #ip} has made. */
    static int transport(byte[] frame) {
        return (frame[12] & 0xFF) == 0x86 ? 54 : 34;
    }

    static boolean ipv6(byte[] frame) {
        return transport(frame) == 54;
    }

    static int protocol(byte[] frame) {
        return frame[ipv6(frame) ? 20 : 23];
    }

    /** Where its transport checksum stands. */
    static int checksumField(byte[] frame) {
        return transport(frame) + (protocol(frame) == TCP ? 16 : 6);
    }

    /** Puts the pseudo-header's sum into the transport checksum, with a length or without. */
    static byte[] seed(byte[] frame, boolean withLength) {
        final int addresses = ipv6(frame) ? 22 : 26;
        final int length = withLength ? frame.length - transport(frame) : 0;
        final int sum = sum(frame, addresses, transport(frame), protocol(frame) + length);
        put16(frame, checksumField(frame), (sum & 0xFFFF) + (sum >>> 16));
        return frame;
    }

    /** Puts right checksums in. */
    static byte[] complete(byte[] frame) {
        seed(frame, true);
        put16(frame, checksumField(frame), ~sum(frame, transport(frame), frame.length, 0));
        if (!ipv6(frame)) {
            put16(frame, 24, ~sum(frame, 14, 34, 0));
        }
        return frame;
    }
}
