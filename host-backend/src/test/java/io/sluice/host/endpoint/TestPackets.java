// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import java.nio.ByteBuffer;

/** Frames for tests, and an independent, plain reading of them. */
public final class TestPackets {
    private TestPackets() {}

    /** A frame of {@code length} bytes with a private ethertype and content that {@code seed} decides. */
    public static byte[] frame(int length, int seed) {
        final byte[] frame = new byte[length];
        for (int i = 0; i < length; i++) {
            frame[i] = (byte) (seed * 31 + i);
        }
        frame[0] = 2;
        frame[6] = 2;
        if (length >= 14) {
            frame[12] = (byte) 0x88;
            frame[13] = (byte) 0xB5;
        }
        return frame;
    }

    public static int uint16(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
    }

    public static int int32(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).getInt(at);
    }

    public static long int64(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).getLong(at);
    }

    /** Offset of the IP header. */
    public static int network(byte[] frame) {
        int at = 14;
        while (uint16(frame, at - 2) == 0x8100 || uint16(frame, at - 2) == 0x88A8) {
            at += 4;
        }
        return at;
    }

    public static boolean ipv6(byte[] frame) {
        return uint16(frame, network(frame) - 2) == 0x86DD;
    }

    public static int protocol(byte[] frame) {
        return frame[network(frame) + (ipv6(frame) ? 6 : 9)] & 0xFF;
    }

    /** Offset of the TCP or UDP header of an IPv4 packet, or an IPv6 packet without extension headers. */
    public static int transport(byte[] frame) {
        final int network = network(frame);
        return network + (ipv6(frame) ? 40 : (frame[network] & 0xF) * 4);
    }

    /** The end of the IP packet, without padding. */
    public static int end(byte[] frame) {
        final int network = network(frame);
        return network + (ipv6(frame) ? 40 + uint16(frame, network + 4) : uint16(frame, network + 2));
    }

    /** True where the IPv4 header's checksum and that of TCP or UDP are right, by the plainest of sums. */
    public static boolean checksumsRight(byte[] frame) {
        final int network = network(frame);
        final int transport = transport(frame);
        final int length = end(frame) - transport;
        if (!ipv6(frame) && plainSum(0, frame, network, transport) != 0xFFFF) {
            return false;
        }
        final int addresses = network + (ipv6(frame) ? 8 : 12);
        int sum = plainSum(0, frame, addresses, addresses + (ipv6(frame) ? 32 : 8));
        sum = plainSum(sum + protocol(frame) + length, frame, transport, end(frame));
        return sum == 0xFFFF;
    }

    private static int plainSum(int start, byte[] bytes, int from, int to) {
        int sum = start;
        for (int i = from; i < to; i += 2) {
            sum += (bytes[i] & 0xFF) << 8;
            sum += i + 1 < to ? bytes[i + 1] & 0xFF : 0;
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }
}
