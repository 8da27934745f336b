// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import io.sluice.host.pci.DmaMap;

/**
 * A ring of descriptors in a driver's memory: the card owns those from head to tail, none where the two are equal
 * (7.1.9, 7.2.3.3). Base, length and head are taken over when the queue is enabled; the tail is looked at anew.
 */
final class DescriptorRing {
    /** What base address registers ignore: rings are aligned to 128 bytes. */
    private static final long BASE_MASK = ~0x7FL;

    private static final int LENGTH_MASK = 0xF_FF80;
    private static final int HEAD_MASK = 0xFFFF;
    private static final long ALIGNMENT_MASK = DescriptorBits.DESCRIPTOR_BYTES - 1;

    private final DmaMap dma;
    private final MisuseCounts misuses;
    private long deviceAddress;
    /** Where all of it is in this process; 0 where it is in pieces. */
    private long address;

    private boolean there;
    private long translatedIn;
    private boolean broken = true;
    private int oddTail = -1;

    int descriptors;
    int head;
    int tail;

    DescriptorRing(DmaMap dma, MisuseCounts misuses) {
        this.dma = dma;
        this.misuses = misuses;
    }

    /** Takes over what the registers of a queue say that is being enabled. */
    void load(int baseLow, int baseHigh, int lengthBytes, int headIndex) {
        deviceAddress = (Integer.toUnsignedLong(baseLow) | (long) baseHigh << 32) & BASE_MASK;
        descriptors = (lengthBytes & LENGTH_MASK) / DescriptorBits.DESCRIPTOR_BYTES;
        head = headIndex & HEAD_MASK;
        tail = head;
        translatedIn = 0;
        oddTail = -1;
        broken = descriptors == 0 || lengthBytes >>> 20 != 0;
        if (broken || head >= descriptors) {
            misuses.add(Misuse.RING_LENGTH);
            head = 0;
            tail = 0;
        }
    }

    /** The queue is disabled: there are no descriptors. */
    void unload() {
        broken = true;
        head = 0;
        tail = 0;
        descriptors = 0;
    }

    /** Takes over the tail that the driver has written last. */
    void tail(int written) {
        if (written < descriptors) {
            tail = written;
        } else if (written != oddTail && !broken) {
            // What comes of it is told once, and nothing more is owned until a tail makes sense.
            oddTail = written;
            misuses.add(Misuse.TAIL_BEYOND_RING);
        }
    }

    /** How many descriptors the card owns. */
    int owned() {
        final int behind = tail - head;
        return behind >= 0 ? behind : behind + descriptors;
    }

    /** The index {@code steps} after {@code index}; less than a ring's length. */
    int after(int index, int steps) {
        final int sum = index + steps;
        return sum >= descriptors ? sum - descriptors : sum;
    }

    /** Finds the ring's memory in {@code turn}; no address outlives a turn, as the driver may unmap between two. */
    boolean reachable(long turn) {
        return translatedIn == turn ? there : translate(turn);
    }

    private boolean translate(long turn) {
        if (broken) {
            return false;
        }
        translatedIn = turn;
        final long bytes = (long) descriptors * DescriptorBits.DESCRIPTOR_BYTES;
        address = dma.find(deviceAddress, bytes);
        there = address == 0
                ? dma.reaches(deviceAddress, bytes, DescriptorBits.DESCRIPTOR_BYTES)
                : (address & ALIGNMENT_MASK) == 0;
        if (!there) {
            broken = true;
            misuses.add(Misuse.RING_UNMAPPED);
        }
        return there;
    }

    /** Where descriptor {@code index} lies in this process; {@link #reachable} has said so in this turn. */
    long at(int index) {
        return address == 0
                ? dma.translate(deviceAt(index), DescriptorBits.DESCRIPTOR_BYTES)
                : address + (long) index * DescriptorBits.DESCRIPTOR_BYTES;
    }

    /** Where the driver believes it to be. */
    long deviceAt(int index) {
        return deviceAddress + (long) index * DescriptorBits.DESCRIPTOR_BYTES;
    }
}
