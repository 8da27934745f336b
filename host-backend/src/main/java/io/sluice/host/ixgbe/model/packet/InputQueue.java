// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;

import io.sluice.host.ixgbe.model.Faults;
import io.sluice.host.ixgbe.model.RegisterFile;
import io.sluice.host.ixgbe.model.TailPages;
import io.sluice.host.pci.DmaMap;
import io.sluice.shared.memory.Memory;

/** One receive queue: puts frames into the buffers of a driver's descriptors, and writes those back (7.1.4 to 7.1.9). */
final class InputQueue {
    /** The frame is in the driver's memory. */
    static final int DELIVERED = 0;
    /** The frame is lost to this queue. */
    static final int DROPPED = 1;
    /** The frame has to wait for descriptors. */
    static final int WAITS = 2;
    /** The card resets itself: everything stops. */
    static final int RESET = 3;
    /** The frame is longer than RXDCTL lets this queue take. */
    static final int TOO_LONG = 4;

    private static final int LONGEST_MASK = 0x3FFF;
    private static final int LONGEST_ENABLE = 1 << 15;
    private static final int LEGACY = 0;

    private final int queue;
    private final RegisterFile registers;
    private final TailPages tails;
    private final DmaMap dma;
    private final Faults faults;
    private final WriteBacks writeBacks;
    private final MisuseCounts misuses;
    private final OffloadCounts offloads;
    private final QueueDrops drops;
    private final DescriptorRing ring;
    private final long[] buffers = new long[WriteBacks.PER_PACKET];
    private boolean enabled;
    private boolean legacy;
    private boolean stripsTags;
    private int bufferBytes;
    private int longestBytes;

    InputQueue(int queue, EngineParts parts) {
        this.queue = queue;
        this.registers = parts.registers();
        this.tails = parts.tails();
        this.dma = parts.dma();
        this.faults = parts.faults();
        this.writeBacks = parts.writeBacks();
        this.misuses = parts.misuses();
        this.offloads = parts.offloads();
        this.drops = parts.drops();
        this.ring = new DescriptorRing(dma, misuses);
    }

    /** RXDCTL was written: enabling loads the ring, disabling lets go of it. */
    void written() {
        final int control = registers.peek(rxdctl(queue));
        final boolean now = (control & RXDCTL_ENABLE) != 0;
        stripsTags = (control & RXDCTL_VLAN_STRIP) != 0;
        longestBytes = (control & LONGEST_ENABLE) != 0 ? control & LONGEST_MASK : Integer.MAX_VALUE;
        if (now && !enabled) {
            ring.load(
                    registers.peek(rdbal(queue)),
                    registers.peek(rdbah(queue)),
                    registers.peek(rdlen(queue)),
                    registers.peek(rdh(queue)));
            final int split = registers.peek(srrctl(queue));
            bufferBytes = (split & SRRCTL_PACKET_KIB_MASK) << 10;
            legacy = (split & SRRCTL_DESCRIPTOR_MASK) == LEGACY;
            if (bufferBytes == 0) {
                misuses.add(Misuse.RECEIVE_BUFFER_SIZE);
            }
        } else if (!now && enabled) {
            writeBacks.finish();
            ring.unload();
        }
        enabled = now;
    }

    /** After a reset of the card. */
    void reset() {
        enabled = false;
        ring.unload();
    }

    boolean enabled() {
        return enabled;
    }

    /** Shows the driver how far the card is. */
    void showHead() {
        registers.poke(rdh(queue), ring.head);
    }

    /** What a queue does without descriptors: drops where SRRCTL or PFQDE says so, else waits (7.1.9). */
    private int withoutDescriptors() {
        return (registers.peek(srrctl(queue)) & SRRCTL_DROP_ENABLE) != 0 || drops.drops(queue) ? DROPPED : WAITS;
    }

    /** Delivers {@code frame} in {@code turn}: one of the constants above. */
    int deliver(HeldFrame frame, long turn) {
        if (!enabled || bufferBytes == 0) {
            return DROPPED;
        }
        final boolean strips = stripsTags && (frame.status & STATUS_TAG) != 0;
        final int lengthBytes = frame.lengthBytes - (strips ? FrameHeaders.TAG_BYTES : 0);
        if (lengthBytes > longestBytes) {
            return TOO_LONG;
        }
        final int needed = (lengthBytes + bufferBytes - 1) / bufferBytes;
        if (ring.owned() < needed) {
            ring.tail(tails.receiveTail(queue));
        }
        if (!ring.reachable(turn)) {
            return DROPPED;
        }
        if (needed >= ring.descriptors) {
            misuses.add(Misuse.RECEIVE_RING_SMALL);
            return DROPPED;
        }
        if (!writeBacks.room()) {
            return WAITS;
        }
        if (ring.owned() < needed || faults.receiveStuck(queue)) {
            return withoutDescriptors();
        }
        if (!findBuffers(needed)) {
            misuses.add(Misuse.RECEIVE_BUFFER_UNMAPPED);
            return DROPPED;
        }
        if (strips) {
            VlanTag.remove(frame.address);
        }
        final int outcome = fill(frame, frame.address + frame.lengthBytes - lengthBytes, lengthBytes, needed);
        if (strips) {
            offloads.add(Offload.TAGS_REMOVED, outcome == DELIVERED ? 1 : 0);
            VlanTag.putBack(frame.address, registers.peek(VLNCTRL) & VLNCTRL_ETHERTYPE_MASK, frame.tag);
        }
        return outcome;
    }

    /** All buffers are found before the first is touched. */
    private boolean findBuffers(int needed) {
        int index = ring.head;
        for (int i = 0; i < needed; i++) {
            // Read once: the driver may write it meanwhile, and what was checked is what is used.
            buffers[i] = Memory.longAt(ring.at(index));
            if (dma.find(buffers[i], bufferBytes) == 0 && !dma.reaches(buffers[i], bufferBytes, 1)) {
                return false;
            }
            index = ring.after(index, 1);
        }
        return true;
    }

    private int fill(HeldFrame frame, long from, int lengthBytes, int needed) {
        final int tag = stripsTags ? frame.tag : 0;
        int at = 0;
        for (int i = 0; i < needed; i++) {
            final int bytes = Math.min(bufferBytes, lengthBytes - at);
            dma.copyTo(buffers[i], from + at, bytes);
            at += bytes;
            if (faults.resetsNow()) {
                return RESET;
            }
            writeBack(frame, bytes, i == needed - 1 ? STATUS_DONE | STATUS_END : STATUS_DONE, tag);
        }
        return DELIVERED;
    }

    private void writeBack(HeldFrame frame, int bytes, int progress, int tag) {
        final long descriptor = ring.at(ring.head);
        final long device = ring.deviceAt(ring.head);
        final int status = frame.status | progress;
        ring.head = ring.after(ring.head, 1);
        if (legacy) {
            final long word = bytes | (status & 0xFFL) << 32 | (status >>> 24 & 0xFFL) << 40 | (long) tag << 48;
            writeBacks.receiveLegacy(queue, descriptor, device, word);
        } else {
            final long first = frame.types & 0xFFFF_FFFFL | (long) frame.hash << 32;
            final long second = status & 0xFFFF_FFFFL | (long) bytes << 32 | (long) tag << 48;
            writeBacks.receive(queue, descriptor, device, first, second);
        }
    }
}
