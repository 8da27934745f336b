// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;

/**
 * Writes the frames of a generator: a template is copied and the fields that differ are patched, the checksums from
 * sums that were added up beforehand.
 *
 * <pre>
 *   Ethernet   02:00:00:00:00:01 to 02:00:00:00:00:02, a VLAN tag if asked for
 *   IPv4       198.18.x.y to 198.19.0.1      networks for tests, RFC 2544
 *   IPv6       2001:2::1:x to 2001:2::2:1    the same, RFC 5180
 *   UDP, TCP   from 1024 + flow % 60000 to port 9, discard
 *   payload    {@link StreamMark}
 * </pre>
 */
final class TestFrame {
    private static final int ETHERNET_BYTES = 14;
    private static final int VLAN_BYTES = 4;
    private static final int HOSTS = 65_534;
    private static final int PORTS = 60_000;
    private static final int FIRST_PORT = 1024;
    private static final int DISCARD = 9;
    private static final int HOP_LIMIT = 64;
    private static final int UDP = 17;
    private static final int TCP = 6;
    private static final int TCP_PSH_ACK = 0x5018;

    private final Arena arena = Arena.ofAuto();
    private final long template = arena.allocate(FrameSizes.MAX_FRAME_BYTES, 64).address();
    private final boolean ipv6;
    private final boolean udp;
    private final int ip;
    private final int transport;
    private final int payload;

    /** Sums of the words of all fields that never change: of the IPv4 header, and of what the checksum of L4 covers. */
    private final long ipSum;

    private final long transportSum;

    /** Sum of the fill's first {@code 2 * index} bytes. */
    private final int[] fillSums = new int[StreamMark.MAX_FILL_BYTES / 2 + 1];

    /**
     * @param vlan the tag's VLAN, or -1 for none
     */
    TestFrame(boolean ipv6, boolean udp, int vlan) {
        this.ipv6 = ipv6;
        this.udp = udp;
        this.ip = ETHERNET_BYTES + (vlan < 0 ? 0 : VLAN_BYTES);
        this.transport = ip + (ipv6 ? 40 : 20);
        this.payload = transport + (udp ? 8 : 20);
        Memory.zero(template, FrameSizes.MAX_FRAME_BYTES);
        ethernet(vlan);
        network();
        Memory.shortNetwork(template + transport + 2, (short) DISCARD);
        if (!udp) {
            Memory.intNetwork(template + transport + 8, 1);
            Memory.shortNetwork(template + transport + 12, (short) TCP_PSH_ACK);
            Memory.shortNetwork(template + transport + 14, (short) 0xFFFF);
        }
        Memory.intNetwork(template + payload, StreamMark.MAGIC);
        final int fill = payload + StreamMark.BYTES;
        Memory.copy(StreamMark.FILL, template + fill, FrameSizes.MAX_FRAME_BYTES - fill);
        // What is zero in the template adds nothing, so the whole header and mark may be summed.
        this.ipSum = InternetChecksum.sum(template + ip, 20);
        final int addresses = ipv6 ? 32 : 8;
        this.transportSum = (udp ? UDP : TCP)
                + InternetChecksum.sum(template + transport - addresses, addresses)
                + InternetChecksum.sum(template + transport, payload - transport + StreamMark.BYTES);
        for (int i = 1; i < fillSums.length; i++) {
            fillSums[i] = fillSums[i - 1] + Memory.unsignedShortNetwork(StreamMark.FILL + 2L * (i - 1));
        }
    }

    private void ethernet(int vlan) {
        Memory.intNetwork(template, 0x0200_0000);
        Memory.intNetwork(template + 4, 0x0002_0200);
        Memory.intNetwork(template + 8, 0x0000_0001);
        if (vlan >= 0) {
            Memory.intNetwork(template + 12, 0x8100_0000 | vlan);
        }
        Memory.shortNetwork(template + ip - 2, (short) (ipv6 ? 0x86DD : 0x0800));
    }

    private void network() {
        final int protocol = udp ? UDP : TCP;
        final long header = template + ip;
        if (ipv6) {
            Memory.intNetwork(header, 0x6000_0000);
            Memory.byteAt(header + 6, (byte) protocol);
            Memory.byteAt(header + 7, (byte) HOP_LIMIT);
            Memory.intNetwork(header + 8, 0x2001_0002);
            Memory.intNetwork(header + 20, 0x0001_0000);
            Memory.intNetwork(header + 24, 0x2001_0002);
            Memory.intNetwork(header + 36, 0x0002_0001);
        } else {
            Memory.shortNetwork(header, (short) 0x4500);
            Memory.shortNetwork(header + 6, (short) 0x4000); // do not fragment
            Memory.byteAt(header + 8, (byte) HOP_LIMIT);
            Memory.byteAt(header + 9, (byte) protocol);
            Memory.intNetwork(header + 12, 0xC612_0000);
            Memory.intNetwork(header + 16, 0xC613_0001);
        }
    }

    /** The shortest packet: headers and {@link StreamMark}, no fill, and no less than Ethernet's 60 bytes. */
    int leastLengthBytes() {
        return Math.max(60, payload + StreamMark.BYTES);
    }

    /** Writes the packet {@code sequence} of {@code flow}, {@code lengthBytes} long, to {@code address}. */
    void write(long address, int lengthBytes, int flow, long sequence) {
        Memory.copy(template, address, lengthBytes);
        final int host = 1 + flow % HOSTS;
        final int port = FIRST_PORT + flow % PORTS;
        final int transportBytes = lengthBytes - transport;
        if (ipv6) {
            Memory.shortNetwork(address + ip + 4, (short) transportBytes);
            Memory.shortNetwork(address + ip + 22, (short) host);
        } else {
            final int totalBytes = lengthBytes - ip;
            Memory.shortNetwork(address + ip + 2, (short) totalBytes);
            Memory.shortNetwork(address + ip + 14, (short) host);
            Memory.shortNetwork(address + ip + 10, InternetChecksum.finish(ipSum + totalBytes + host));
        }
        Memory.shortNetwork(address + transport, (short) port);
        Memory.intNetwork(address + payload + StreamMark.FLOW_OFFSET, flow);
        Memory.intNetwork(address + payload + StreamMark.SEQUENCE_OFFSET, (int) (sequence >>> 32));
        Memory.intNetwork(address + payload + StreamMark.SEQUENCE_OFFSET + 4, (int) sequence);
        final long sum = transportSum
                + host
                + port
                + transportBytes
                + InternetChecksum.words(flow)
                + InternetChecksum.words(sequence)
                + fillSum(lengthBytes - payload - StreamMark.BYTES);
        if (udp) {
            Memory.shortNetwork(address + transport + 4, (short) transportBytes);
            Memory.shortNetwork(address + transport + 6, InternetChecksum.finishNotZero(sum + transportBytes));
        } else {
            Memory.intNetwork(address + transport + 4, (int) sequence);
            final long withSequence = sum + InternetChecksum.words((int) sequence);
            Memory.shortNetwork(address + transport + 16, InternetChecksum.finish(withSequence));
        }
    }

    private long fillSum(int fillBytes) {
        final int words = fillBytes >> 1;
        final int odd = (fillBytes & 1) == 0 ? 0 : Memory.unsignedByteAt(StreamMark.FILL + 2L * words) << 8;
        return fillSums[words] + (long) odd;
    }
}
