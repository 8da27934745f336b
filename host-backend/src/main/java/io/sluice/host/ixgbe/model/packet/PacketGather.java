// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.HLREG0;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.HLREG0_TX_CRC;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.HLREG0_TX_PAD;
import static io.sluice.host.ixgbe.register.TransmitRegisters.DMATXCTL;
import static io.sluice.host.ixgbe.register.TransmitRegisters.DMATXCTL_VLAN_TYPE_SHIFT;

import io.sluice.host.ixgbe.model.RegisterFile;
import io.sluice.host.pci.DmaMap;
import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;

/**
 * Makes frames of what a chain of transmit descriptors points to. A frame in one buffer to which nothing is to be done
 * stays where it is; all others are put together here.
 *
 * <pre>
 *   packet   | room for a tag | as the descriptors have it: a frame, or a packet to be cut | padding |
 *   segment  | room for a tag | one frame of a packet that is being cut |
 * </pre>
 */
final class PacketGather {
    private static final int LEAST_BYTES = 17;
    private static final int LEAST_FRAME_BYTES = 60;
    private static final int LONGEST_PACKET_BYTES = (1 << 18) + 1024;
    private static final int TAG_ROOM = 64;
    /** Room on the longest frame for a tag and a check sequence. */
    private static final int LONGEST_FRAME_BYTES = PacketBuffer.MAX_FRAME_BYTES - 8;

    private final RegisterFile registers;
    private final DmaMap dma;
    private final MisuseCounts misuses;
    private final OffloadCounts offloads;
    private final Segmenter segmenter;
    private final Arena arena = Arena.ofAuto();
    private final long packet =
            arena.allocate(TAG_ROOM + LONGEST_PACKET_BYTES, 64).address() + TAG_ROOM;
    private final long segment =
            arena.allocate(TAG_ROOM + PacketBuffer.MAX_FRAME_BYTES, 64).address() + TAG_ROOM;
    private OutputQueue queue;
    private boolean segments;

    /** The frame that {@link #frame} has made. */
    long frame;

    /** Its length. */
    int lengthBytes;

    PacketGather(EngineParts parts) {
        this.registers = parts.registers();
        this.dma = parts.dma();
        this.misuses = parts.misuses();
        this.offloads = parts.offloads();
        this.segmenter = new Segmenter(registers);
    }

    /**
     * Takes on the chain that {@code source} has scanned.
     *
     * @return how many frames it makes: none where it is empty, or cannot be sent, which is counted
     */
    int begin(OutputQueue source) {
        queue = source;
        final long first = source.words[0];
        final boolean extended = (first & COMMAND_EXTENDED) != 0;
        segments = extended && (first & COMMAND_SEGMENT) != 0;
        frame = packet;
        lengthBytes = source.chainBytes;
        if (lengthBytes == 0) {
            return 0;
        }
        final Misuse misuse = segments ? beginSegments(first) : beginFrame(first, extended);
        if (misuse != null) {
            misuses.add(misuse);
            return 0;
        }
        return segments ? segmenter.frames() : 1;
    }

    private Misuse beginSegments(long first) {
        if (lengthBytes > LONGEST_PACKET_BYTES) {
            return Misuse.TRANSMIT_LENGTH;
        }
        if (!copy()) {
            return Misuse.TRANSMIT_BUFFER_UNMAPPED;
        }
        final boolean cuts =
                segmenter.begin(packet, lengthBytes, first, queue.contextOf(first), queue.contextOf2(first));
        return cuts ? null : Misuse.TRANSMIT_OFFLOAD;
    }

    private Misuse beginFrame(long first, boolean extended) {
        if (lengthBytes < LEAST_BYTES) {
            return Misuse.TRANSMIT_SHORT;
        }
        if (lengthBytes > LONGEST_FRAME_BYTES || extended && first >>> PAYLOAD_SHIFT != lengthBytes) {
            return Misuse.TRANSMIT_LENGTH;
        }
        if (untouched(first, extended)) {
            frame = dma.find(queue.buffers[0], lengthBytes);
            if (frame != 0) {
                return null;
            }
            frame = packet; // it is in pieces
            return copy() ? null : Misuse.TRANSMIT_BUFFER_UNMAPPED;
        }
        if (!copy()) {
            return Misuse.TRANSMIT_BUFFER_UNMAPPED;
        }
        if (!(extended ? extendedChecksums(first) : legacyChecksum())) {
            return Misuse.TRANSMIT_OFFLOAD;
        }
        return takeCheckSequence() ? finished(first, extended) : Misuse.TRANSMIT_CHECK_SEQUENCE;
    }

    private Misuse finished(long first, boolean extended) {
        tag(first, extended);
        pad();
        return null;
    }

    /** Whether the frame can go out from where it lies. */
    private boolean untouched(long first, boolean extended) {
        return queue.chain == 1
                && !insertsChecksums(first, extended)
                && (first & (COMMAND_TAG | COMMAND_CHECK_SEQUENCE)) == COMMAND_CHECK_SEQUENCE
                && lengthBytes >= LEAST_FRAME_BYTES
                && (registers.peek(HLREG0) & HLREG0_TX_CRC) != 0;
    }

    private static boolean insertsChecksums(long first, boolean extended) {
        return extended ? (first & (INSERT_IP | INSERT_L4)) != 0 : (first & COMMAND_LEGACY_CHECKSUM) != 0;
    }

    private boolean copy() {
        long target = packet;
        for (int i = 0; i < queue.chain; i++) {
            final int bytes = (int) queue.words[i] & 0xFFFF;
            if (bytes != 0) {
                if (!dma.copyFrom(queue.buffers[i], target, bytes)) {
                    return false;
                }
                target += bytes;
            }
        }
        return true;
    }

    private boolean extendedChecksums(long first) {
        return ChecksumInsertion.advanced(packet, lengthBytes, first, queue.contextOf(first), queue.contextOf2(first));
    }

    private boolean legacyChecksum() {
        for (int i = 0; i < queue.chain; i++) {
            final long word = queue.words[i];
            if ((word & COMMAND_LEGACY_CHECKSUM) != 0) {
                final int start = (int) (word >>> 40) & 0xFF;
                return ChecksumInsertion.legacy(packet, lengthBytes, start, (int) word >>> 16 & 0xFF);
            }
        }
        return true;
    }

    /** Where the card adds no check sequence the driver has: it stays behind, if it is right. */
    private boolean takeCheckSequence() {
        long commands = 0;
        for (int i = 0; i < queue.chain; i++) {
            commands |= queue.words[i];
        }
        if ((commands & COMMAND_CHECK_SEQUENCE) != 0 && (registers.peek(HLREG0) & HLREG0_TX_CRC) != 0) {
            return true;
        }
        lengthBytes -= FrameCheck.BYTES;
        return Memory.intAt(packet + lengthBytes) == FrameCheck.of(packet, lengthBytes);
    }

    private void tag(long first, boolean extended) {
        if ((first & COMMAND_TAG) != 0) {
            final long tag = extended ? queue.contextOf(first) >>> 16 : first >>> 48;
            final int type = registers.peek(DMATXCTL) >>> DMATXCTL_VLAN_TYPE_SHIFT;
            VlanTag.insert(frame, type, (int) tag & 0xFFFF);
            frame -= FrameHeaders.TAG_BYTES;
            lengthBytes += FrameHeaders.TAG_BYTES;
        }
    }

    private void pad() {
        if (lengthBytes < LEAST_FRAME_BYTES && (registers.peek(HLREG0) & HLREG0_TX_PAD) != 0) {
            Memory.zero(frame + lengthBytes, LEAST_FRAME_BYTES - lengthBytes);
            lengthBytes = LEAST_FRAME_BYTES;
        }
    }

    /** Makes frame {@code index} of those that {@link #begin} has told of. */
    void frame(int index) {
        if (segments) {
            frame = segment;
            lengthBytes = segmenter.frame(index, segment);
            tag(queue.words[0], true);
            pad();
        }
    }

    /** Frame {@code index} is on the wire: counts what was done to it. */
    void sent(int index) {
        final long first = queue.words[0];
        if (segments) {
            offloads.add(Offload.FRAMES_CUT, 1);
            offloads.add(Offload.PACKETS_CUT, index == 0 ? 1 : 0);
        }
        if (insertsChecksums(first, (first & COMMAND_EXTENDED) != 0)) {
            offloads.add(Offload.CHECKSUMS_INSERTED, 1);
        }
        if ((first & COMMAND_TAG) != 0) {
            offloads.add(Offload.TAGS_INSERTED, 1);
        }
    }

    /** Whether the time at which it is sent is wanted. */
    boolean wantsStamp() {
        final int first = (int) queue.words[0];
        return (first & COMMAND_EXTENDED) != 0 && (first & MAC_STAMP) != 0;
    }
}
