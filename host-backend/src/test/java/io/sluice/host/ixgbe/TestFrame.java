// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import java.nio.ByteBuffer;

/** Frames for a card, without check sequence. */
final class TestFrame {
    static final MacAddress BROADCAST = MacAddress.parse("ff:ff:ff:ff:ff:ff");

    private static final MacAddress SOURCE = MacAddress.parse("02:00:00:00:00:fe");
    private static final int TAG = 0x8100;
    private static final int EXPERIMENTAL = 0x88B5;
    private static final int IPV4 = 0x0800;

    private TestFrame() {}

    /** A frame of {@code bytes} for {@code destination}. */
    static byte[] of(MacAddress destination, int bytes) {
        return header(destination, bytes).putShort((short) EXPERIMENTAL).array();
    }

    /** A frame in {@code vlan}. */
    static byte[] tagged(MacAddress destination, int vlan) {
        return header(destination, 64)
                .putShort((short) TAG)
                .putShort((short) vlan)
                .putShort((short) EXPERIMENTAL)
                .array();
    }

    /** A packet of TCP (6) or UDP (17) over IPv4. */
    static byte[] packet(int protocol, int source, int destination, int sourcePort, int destinationPort) {
        final byte[] frame = header(BROADCAST, 80)
                .putShort((short) IPV4)
                .putInt(0x4500_0042)
                .putInt(0)
                .put((byte) 64)
                .put((byte) protocol)
                .putShort((short) 0)
                .putInt(source)
                .putInt(destination)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .array();
        final ByteBuffer buffer = ByteBuffer.wrap(frame);
        int sum = 0;
        for (int i = 14; i < 34; i += 2) {
            sum += Short.toUnsignedInt(buffer.getShort(i));
        }
        sum = (sum & 0xFFFF) + (sum >>> 16);
        buffer.putShort(24, (short) ~((sum & 0xFFFF) + (sum >>> 16)));
        if (protocol == 6) {
            buffer.put(46, (byte) 0x50);
        } else {
            buffer.putShort(38, (short) 46);
        }
        return frame;
    }

    private static ByteBuffer header(MacAddress destination, int bytes) {
        return put(put(ByteBuffer.allocate(bytes), destination), SOURCE);
    }

    private static ByteBuffer put(ByteBuffer buffer, MacAddress address) {
        return buffer.putShort((short) (address.bits() >>> 32)).putInt((int) address.bits());
    }
}
