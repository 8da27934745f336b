// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Builds Ethernet frames by hand, byte for byte as the RFCs draw them; checksums are left 0. */
public final class Frame {
    public static final int FIN = 1;
    public static final int SYN = 2;
    public static final int RST = 4;
    public static final int ACK = 16;

    private final byte[] source;
    private final byte[] destination;
    private int[] vlans = {};
    private int hopLimit = 64;
    private int protocol = 59;
    private byte[] transport = {};
    private byte[] options = {};
    private int firstExtension = -1;
    private int fragmentId;
    private int fragmentFrom;
    private int fragmentTo = -1;
    private boolean fragmented;

    private Frame(String source, String destination) {
        this.source = InetAddress.ofLiteral(source).getAddress();
        this.destination = InetAddress.ofLiteral(destination).getAddress();
    }

    /** An IPv4 or IPv6 packet, as the addresses say. */
    public static Frame ip(String source, String destination) {
        return new Frame(source, destination);
    }

    /** An ARP request of 10.0.0.1 for 10.0.0.2. */
    public static byte[] arp() {
        final ByteBuffer frame = ByteBuffer.allocate(42);
        ethernet(frame, 0x0806);
        frame.putShort((short) 1)
                .putShort((short) 0x0800)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) 1);
        frame.putInt(28, 0x0A000001).putInt(38, 0x0A000002);
        return frame.array();
    }

    /** A frame that carries something else. */
    public static byte[] other(int etherType, int payloadBytes) {
        final ByteBuffer frame = ByteBuffer.allocate(14 + payloadBytes);
        ethernet(frame, etherType);
        return frame.array();
    }

    private static void ethernet(ByteBuffer frame, int etherType) {
        frame.put(new byte[] {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}).putShort((short) etherType);
    }

    public Frame vlan(int... ids) {
        vlans = ids;
        return this;
    }

    public Frame hopLimit(int value) {
        hopLimit = value;
        return this;
    }

    public Frame tcp(int sourcePort, int destinationPort, int flags) {
        return tcp(sourcePort, destinationPort, flags, 0);
    }

    public Frame tcp(int sourcePort, int destinationPort, int flags, int payloadBytes) {
        return transport(
                6,
                ByteBuffer.allocate(20 + payloadBytes)
                        .putShort((short) sourcePort)
                        .putShort((short) destinationPort)
                        .putInt(1)
                        .putInt(2)
                        .put((byte) 0x50)
                        .put((byte) flags)
                        .putShort((short) 1000)
                        .array());
    }

    public Frame udp(int sourcePort, int destinationPort) {
        return udp(sourcePort, destinationPort, 0);
    }

    public Frame udp(int sourcePort, int destinationPort, int payloadBytes) {
        return transport(
                17,
                ByteBuffer.allocate(8 + payloadBytes)
                        .putShort((short) sourcePort)
                        .putShort((short) destinationPort)
                        .putShort((short) (8 + payloadBytes))
                        .array());
    }

    public Frame icmp(int type, int id) {
        return icmp(type, id, new byte[0]);
    }

    /** ICMP or ICMPv6, as the addresses say, with {@code body} behind its 8 bytes. */
    public Frame icmp(int type, int id, byte[] body) {
        return transport(
                source.length == 4 ? 1 : 58,
                ByteBuffer.allocate(8 + body.length)
                        .put((byte) type)
                        .put((byte) 0)
                        .putShort((short) 0)
                        .putShort((short) id)
                        .putShort((short) 1)
                        .put(body)
                        .array());
    }

    public Frame transport(int protocolNumber, byte[] bytes) {
        protocol = protocolNumber;
        transport = bytes;
        return this;
    }

    /** IPv4 options, a multiple of 4 bytes. */
    public Frame options(int... bytes) {
        options = toBytes(bytes);
        return this;
    }

    /** IPv6 extension headers as they are, the first of type {@code first}; the last must name the next itself. */
    public Frame extensions(int first, int... bytes) {
        firstExtension = first;
        options = toBytes(bytes);
        return this;
    }

    private static byte[] toBytes(int... values) {
        final byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** Keeps the bytes {@code [from, to)} of what the IP packet carries; {@code to} is limited to its end. */
    public Frame fragment(int id, int from, int to) {
        fragmented = true;
        fragmentId = id;
        fragmentFrom = from;
        fragmentTo = to;
        return this;
    }

    public byte[] bytes() {
        final byte[] packet = ipBytes();
        final ByteBuffer frame = ByteBuffer.allocate(14 + 4 * vlans.length + packet.length);
        final int etherType = source.length == 4 ? 0x0800 : 0x86DD;
        ethernet(frame, vlans.length == 0 ? etherType : vlans.length == 1 ? 0x8100 : 0x88A8);
        for (int i = 0; i < vlans.length; i++) {
            frame.putShort((short) vlans[i]).putShort((short) (i == vlans.length - 1 ? etherType : 0x8100));
        }
        return frame.put(packet).array();
    }

    /** The IP packet alone, as an ICMP error quotes it. */
    public byte[] ipBytes() {
        final boolean last = !fragmented || fragmentTo >= transport.length;
        final byte[] carried = fragmented
                ? Arrays.copyOfRange(transport, fragmentFrom, Math.min(fragmentTo, transport.length))
                : transport;
        return source.length == 4 ? ipv4(carried, last) : ipv6(carried, last);
    }

    private byte[] ipv4(byte[] carried, boolean last) {
        final int headerBytes = 20 + options.length;
        return ByteBuffer.allocate(headerBytes + carried.length)
                .put((byte) (0x40 | headerBytes / 4))
                .put((byte) 0)
                .putShort((short) (headerBytes + carried.length))
                .putShort((short) fragmentId)
                .putShort((short) ((last ? 0 : 0x2000) | fragmentFrom / 8))
                .put((byte) hopLimit)
                .put((byte) protocol)
                .putShort((short) 0)
                .put(source)
                .put(destination)
                .put(options)
                .put(carried)
                .array();
    }

    private byte[] ipv6(byte[] carried, boolean last) {
        final int fragmentBytes = fragmented ? 8 : 0;
        final int next = fragmented ? 44 : protocol;
        final ByteBuffer packet = ByteBuffer.allocate(40 + options.length + fragmentBytes + carried.length)
                .putInt(0x60000000)
                .putShort((short) (options.length + fragmentBytes + carried.length))
                .put((byte) (firstExtension >= 0 ? firstExtension : next))
                .put((byte) hopLimit)
                .put(source)
                .put(destination)
                .put(options);
        if (fragmented) {
            packet.put((byte) protocol)
                    .put((byte) 0)
                    .putShort((short) (fragmentFrom | (last ? 0 : 1)))
                    .putInt(fragmentId);
        }
        return packet.put(carried).array();
    }
}
