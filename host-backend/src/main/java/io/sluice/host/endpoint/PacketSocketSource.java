// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.PacketMessage;
import io.sluice.shared.posix.PacketSocket;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Frames that arrive at a network interface, as they were or would have been on the wire: the VLAN tag that the kernel
 * takes off is put back, a checksum that was left to the card is completed, and a packet that was to be cut by the card
 * is cut. A frame that needs none of that goes straight into the slot's buffer.
 *
 * <pre>
 *   scratch   | room for what lay in the slot, 64 KiB | what did not fit in the slot, 64 KiB |
 * </pre>
 */
final class PacketSocketSource implements PacketSource {
    private static final int HALF_BYTES = 1 << 16;
    private static final int ETHERNET_BYTES = 14;
    private static final int MAC_BYTES = 12;
    private static final int TAG_BYTES = 4;

    private final Arena arena = Arena.ofAuto();
    private final long scratch = arena.allocate(2 * HALF_BYTES, 64).address();
    private final PacketMessage message = new PacketMessage();
    private final FrameSegmenter segmenter = new FrameSegmenter();
    private final int descriptor;
    private final String link;
    private final Trouble trouble;
    private final SocketDrops drops;
    private final Tally segmented = new Tally();
    private final Tally checksums = new Tally();
    private final Tally errors = new Tally();
    private boolean toldOversize;
    private boolean broken;

    /** Receives from {@code descriptor}, a packet socket bound to {@code link}, which stays the caller's. */
    PacketSocketSource(int descriptor, String link, Trouble trouble) {
        this.descriptor = descriptor;
        this.link = link;
        this.trouble = trouble;
        this.drops = new SocketDrops(descriptor);
    }

    @Override
    public int receive(long address, int capacityBytes) {
        if (segmenter.pending()) {
            return segmenter.next(address, capacityBytes);
        }
        if (broken) {
            return NOTHING;
        }
        final int capacity = Math.min(capacityBytes, HALF_BYTES);
        final int length = message.receive(descriptor, address, capacity, scratch + HALF_BYTES, HALF_BYTES);
        if (length < ETHERNET_BYTES) {
            return refused(length);
        }
        if (message.segmentation() != PacketMessage.SEGMENT_NONE) {
            return segment(address, capacity, length);
        }
        final int tag = message.vlanTag();
        final int frameBytes = length + (tag == 0 ? 0 : TAG_BYTES);
        if (frameBytes > capacity) {
            tellOversize("a frame of " + frameBytes + " bytes is longer than the " + capacity
                    + " bytes of a slot; lower the interface's MTU or give the chain larger buffers");
            return OVERSIZE;
        }
        if (message.needsChecksum()) {
            completeChecksum(address, length);
        }
        if (tag != 0) {
            Memory.copy(address + MAC_BYTES, address + MAC_BYTES + TAG_BYTES, length - MAC_BYTES);
            Memory.intNetwork(address + MAC_BYTES, tag);
        }
        return frameBytes;
    }

    private int refused(int result) {
        if (result == -Errno.EAGAIN || result == -Errno.EINTR) {
            return NOTHING;
        }
        if (result == -Errno.ENETDOWN && PacketSocket.boundIndex(descriptor) <= 0) {
            broken = true;
            trouble.fail(LinkSink.DELETED);
        } else {
            errors.add(1); // the interface went down, a frame without Ethernet header, a kind of GSO without a name
        }
        return NOTHING;
    }

    private int segment(long address, int capacity, int length) {
        if (length <= capacity + HALF_BYTES) {
            final int inSlot = Math.min(length, capacity);
            final long packet = scratch + HALF_BYTES - inSlot;
            Memory.copy(address, packet, inSlot);
            if (segmenter.begin(packet, length, message.segmentation(), message.segmentBytes(), message.vlanTag())) {
                segmented.add(1);
                return segmenter.next(address, capacity);
            }
        }
        tellOversize("the interface put packets together to " + length
                + " bytes in a way that cannot be undone here: ethtool -K " + link
                + " gro off lro off, and tso off gso off where the sender is");
        return OVERSIZE;
    }

    private void tellOversize(String what) {
        if (!toldOversize) {
            toldOversize = true;
            trouble.warn(what + "; such packets are dropped");
        }
    }

    private void completeChecksum(long address, int length) {
        final int start = message.checksumStart();
        final int field = start + message.checksumOffset();
        if (start < ETHERNET_BYTES || field + 2 > length) {
            return; // nothing that the kernel does
        }
        // The field already holds the pseudo-header's sum.
        final int sum = InternetChecksum.sum(address + start, length - start);
        Memory.shortNetwork(address + field, InternetChecksum.finishNotZero(sum));
        checksums.add(1);
    }

    @Override
    public int pollDescriptor() {
        return broken ? -1 : descriptor;
    }

    @Override
    public long nextDueNanos() {
        return broken ? NEVER : 0;
    }

    /** Frames that nobody read in time, packets cut into frames, checksums completed, and receives that failed. */
    @Override
    public Map<String, Long> details() {
        final var details = new LinkedHashMap<String, Long>();
        details.put("kernel-drops", drops.count());
        details.put("segmented", segmented.value());
        details.put("checksums-completed", checksums.value());
        details.put("read-errors", errors.value());
        return details;
    }

    @Override
    public void close() {
        broken = true;
        drops.close();
    }
}
