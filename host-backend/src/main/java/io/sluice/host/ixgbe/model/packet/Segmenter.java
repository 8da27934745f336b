// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;
import static io.sluice.host.ixgbe.register.TransmitRegisters.DTXTCPFLGH;
import static io.sluice.host.ixgbe.register.TransmitRegisters.DTXTCPFLGL;

import io.sluice.host.ixgbe.model.RegisterFile;
import io.sluice.shared.memory.Memory;

/**
 * Cuts a packet into frames as a context descriptor says (7.2.4): each gets the headers, with lengths, IPv4
 * identification, TCP sequence number and flags of its own, and its checksums.
 *
 * <pre>
 *   | MACLEN | IPLEN | L4LEN | MSS | MSS | ... | rest |
 * </pre>
 */
final class Segmenter {
    private static final int FLAGS_MASK = 0xFFF;
    private static final int MID_SHIFT = 16;
    private static final int L4_LENGTH_SHIFT = 40;
    private static final int L4_LENGTH_MASK = 0xFF;
    private static final int SEGMENT_SHIFT = 48;

    private final RegisterFile registers;
    private long packet;
    private long command;
    private boolean ipv4;
    private int transportKind;
    private int network;
    private int transport;
    private int headerBytes;
    private int payloadBytes;
    private int segmentBytes;

    Segmenter(RegisterFile registers) {
        this.registers = registers;
    }

    /**
     * Takes on a packet that stays where it is.
     *
     * @return false where it cannot be cut: headers that are not all there, no size, more payload than there is
     */
    boolean begin(long packetAddress, int lengthBytes, long dataCommand, long context, long context2) {
        packet = packetAddress;
        command = dataCommand;
        ipv4 = (context2 & CONTEXT_IPV4) != 0;
        transportKind = ChecksumInsertion.transport(context2);
        network = ChecksumInsertion.macBytes(context);
        transport = network + ChecksumInsertion.ipBytes(context);
        final int transportBytes = (int) (context2 >>> L4_LENGTH_SHIFT) & L4_LENGTH_MASK;
        headerBytes = transport + transportBytes;
        payloadBytes = (int) (command >>> PAYLOAD_SHIFT);
        segmentBytes = (int) (context2 >>> SEGMENT_SHIFT);
        final boolean known =
                transportKind == L4_TCP && transportBytes >= 20 || transportKind == L4_UDP && transportBytes == 8;
        return known
                && network >= FrameHeaders.ETHERNET_BYTES
                && transport - network >= (ipv4 ? 20 : 40)
                && segmentBytes > 0
                && payloadBytes > 0
                && headerBytes + segmentBytes
                        <= PacketBuffer.MAX_FRAME_BYTES - FrameCheck.BYTES - FrameHeaders.TAG_BYTES
                && headerBytes + payloadBytes == lengthBytes;
    }

    /** How many frames it becomes. */
    int frames() {
        return (payloadBytes + segmentBytes - 1) / segmentBytes;
    }

    /** Writes frame {@code index} to {@code address}: its length. */
    int frame(int index, long address) {
        final int position = index * segmentBytes;
        final int payload = Math.min(segmentBytes, payloadBytes - position);
        Memory.copy(packet, address, headerBytes);
        Memory.copy(packet + headerBytes + position, address + headerBytes, payload);
        patchNetwork(address + network, index, payload);
        patchTransport(address + transport, index, position, payload);
        return headerBytes + payload;
    }

    private void patchNetwork(long header, int index, int payload) {
        final int ipBytes = headerBytes - network + payload;
        if (!ipv4) {
            Memory.shortNetwork(header + 4, (short) (ipBytes - 40));
            return;
        }
        Memory.shortNetwork(header + 2, (short) ipBytes);
        Memory.shortNetwork(header + 4, (short) (Memory.unsignedShortNetwork(header + 4) + index));
        if ((command & INSERT_IP) != 0) {
            ChecksumInsertion.ip(header, transport - network);
        }
    }

    private void patchTransport(long header, int index, int position, int payload) {
        final int bytes = headerBytes - transport + payload;
        if (transportKind == L4_UDP) {
            Memory.shortNetwork(header + 4, (short) bytes);
        } else {
            Memory.intNetwork(header + 4, Memory.intNetwork(header + 4) + position);
            final int flags = Memory.unsignedShortNetwork(header + 12) & (~FLAGS_MASK | flagsMask(index));
            Memory.shortNetwork(header + 12, (short) flags);
        }
        if ((command & INSERT_L4) != 0) {
            // The pseudo-header's sum that software left has no length: it differs from frame to frame.
            ChecksumInsertion.transport(header, bytes, transportKind, bytes);
        }
    }

    /** Flags that may stay in frame {@code index}; a packet that becomes one frame keeps all (8.2.3.9.4, 8.2.3.9.5). */
    private int flagsMask(int index) {
        if (frames() == 1) {
            return FLAGS_MASK;
        }
        if (index == frames() - 1) {
            return registers.peek(DTXTCPFLGH) & FLAGS_MASK;
        }
        return registers.peek(DTXTCPFLGL) >>> (index == 0 ? 0 : MID_SHIFT) & FLAGS_MASK;
    }
}
