// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.PacketMessage;

/**
 * Cuts a packet that the kernel put together (GRO) or left to the card to cut (TSO, USO) into the frames that would be
 * on the wire: every frame gets the headers, with lengths, IPv4 identification, TCP sequence number and flags, and
 * checksums of its own.
 *
 * <pre>
 *   | Ethernet, tags | IP at network | TCP or UDP at transport | payload, cut every segmentBytes |
 *   0                network         transport                 headerBytes                       lengthBytes
 * </pre>
 */
final class FrameSegmenter {
    private static final int MAC_BYTES = 12;
    private static final int TAG_BYTES = 4;
    private static final int MAX_TAGS = 2;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int FLAG_FIN_PSH = 0x09;
    private static final int FLAG_CWR = 0x80;

    private long packet;
    private int lengthBytes;
    private int segmentBytes;
    private int vlanTag;
    private boolean ipv6;
    private int protocol;
    private int network;
    private int transport;
    private int headerBytes;
    private int position;
    private int index;

    /**
     * Takes on a packet, which must stay where it is until {@link #pending} is false.
     *
     * @param segmentation as {@link PacketMessage#segmentation} says
     * @param vlanTag to insert in each frame, or 0
     * @return false where this packet cannot be cut: a tunnel, an extension header, UDP fragments
     */
    boolean begin(long packetAddress, int lengthBytes, int segmentation, int segmentBytes, int vlanTag) {
        this.packet = packetAddress;
        this.lengthBytes = lengthBytes;
        this.segmentBytes = segmentBytes;
        this.vlanTag = vlanTag;
        this.protocol = segmentation == PacketMessage.SEGMENT_UDP ? UDP : TCP;
        this.position = lengthBytes;
        if (segmentBytes == 0 || !findNetwork() || !findTransport(segmentation) || headerBytes >= lengthBytes) {
            return false;
        }
        position = headerBytes;
        index = 0;
        return true;
    }

    private boolean findNetwork() {
        network = MAC_BYTES + 2;
        for (int tags = 0; network + 20 <= lengthBytes; tags++) {
            final int type = Memory.unsignedShortNetwork(packet + network - 2);
            if (type == 0x0800 || type == 0x86DD) {
                ipv6 = type == 0x86DD;
                return true;
            }
            if ((type != 0x8100 && type != 0x88A8) || tags == MAX_TAGS) {
                return false;
            }
            network += TAG_BYTES;
        }
        return false;
    }

    private boolean findTransport(int segmentation) {
        final boolean known = switch (segmentation) {
            case PacketMessage.SEGMENT_TCP4 -> !ipv6;
            case PacketMessage.SEGMENT_TCP6 -> ipv6;
            case PacketMessage.SEGMENT_UDP -> true;
            default -> false;
        };
        final int first = Memory.unsignedByteAt(packet + network);
        transport = network + (ipv6 ? 40 : (first & 0xF) * 4);
        if (!known || first >>> 4 != (ipv6 ? 6 : 4) || transport < network + 20 || transport + 20 > lengthBytes) {
            return false;
        }
        headerBytes = transport + (protocol == UDP ? 8 : (Memory.unsignedByteAt(packet + transport + 12) >>> 4) * 4);
        return Memory.unsignedByteAt(packet + network + (ipv6 ? 6 : 9)) == protocol
                && headerBytes >= transport + (protocol == UDP ? 8 : 20);
    }

    /** True while frames of the packet are left. */
    boolean pending() {
        return position < lengthBytes;
    }

    /** Writes the next frame to {@code address}: its length, or {@link PacketSource#OVERSIZE} where it does not fit. */
    int next(long address, int capacityBytes) {
        final int payload = Math.min(segmentBytes, lengthBytes - position);
        final int shift = vlanTag == 0 ? 0 : TAG_BYTES;
        final int frameBytes = shift + headerBytes + payload;
        if (frameBytes <= capacityBytes) {
            Memory.copy(packet, address, MAC_BYTES);
            Memory.intNetwork(address + MAC_BYTES, vlanTag);
            Memory.copy(packet + MAC_BYTES, address + shift + MAC_BYTES, headerBytes - MAC_BYTES);
            Memory.copy(packet + position, address + shift + headerBytes, payload);
            // From here on, offsets of the packet are offsets of the frame that starts at address + shift.
            patchNetwork(address + shift + network, payload);
            patchTransport(address + shift, payload);
        }
        position += payload;
        index++;
        return frameBytes <= capacityBytes ? frameBytes : PacketSource.OVERSIZE;
    }

    private void patchNetwork(long header, int payload) {
        final int transportBytes = headerBytes - transport + payload;
        if (ipv6) {
            Memory.shortNetwork(header + 4, (short) transportBytes);
            return;
        }
        final int identification = Memory.unsignedShortNetwork(header + 4) + index;
        Memory.shortNetwork(header + 2, (short) (transport - network + transportBytes));
        Memory.shortNetwork(header + 4, (short) identification);
        Memory.shortNetwork(header + 10, (short) 0);
        Memory.shortNetwork(header + 10, InternetChecksum.finish(InternetChecksum.sum(header, transport - network)));
    }

    private void patchTransport(long frame, int payload) {
        final long header = frame + transport;
        final int bytes = headerBytes - transport + payload;
        final int checksum = protocol == UDP ? 6 : 16;
        if (protocol == UDP) {
            Memory.shortNetwork(header + 4, (short) bytes);
        } else {
            final int last = position + payload == lengthBytes ? 0 : FLAG_FIN_PSH;
            final int cleared = last | (index == 0 ? 0 : FLAG_CWR);
            Memory.intNetwork(header + 4, Memory.intNetwork(header + 4) + index * segmentBytes);
            Memory.byteAt(header + 13, (byte) (Memory.byteAt(header + 13) & ~cleared));
        }
        Memory.shortNetwork(header + checksum, (short) 0);
        final int addressBytes = ipv6 ? 32 : 8;
        final long sum = InternetChecksum.sum(frame + network + (ipv6 ? 8 : 12), addressBytes)
                + protocol
                + bytes
                + InternetChecksum.sum(header, bytes);
        Memory.shortNetwork(header + checksum, InternetChecksum.finishNotZero(sum));
    }
}
