// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import io.sluice.shared.memory.Memory;

/** A card's receiving half, played on the descriptors' memory: owns what lies from its head up to the tail. */
final class PlayedReceiver {
    final ReceiveQueue queue;
    final QueueGate gate = new QueueGate("rx");
    final CardReceiveAgent agent;
    private final CardRing ring;
    private final ReceiveFormat format;
    private final long descriptors;
    private final long tail;
    private int head;
    boolean stopped;

    PlayedReceiver(CardRing ring, ReceiveFormat format) {
        this.ring = ring;
        this.format = format;
        descriptors = ring.allocate(16L * ring.slots());
        tail = ring.allocate(4);
        queue = new ReceiveQueue(descriptors, ring.buffers(), format, ring.register(tail));
        agent = new CardReceiveAgent("in", ring.receiving, queue, gate, () -> stopped = true);
    }

    /** Descriptors that the card may fill. */
    int free() {
        return Memory.intAt(tail) - head & ring.slots() - 1;
    }

    /** Receives a frame of {@code length} bytes, each {@code content}; false where the card has no descriptor. */
    boolean receive(int length, int content) {
        return write(length, content, format.done | format.endOfPacket);
    }

    /** Fills a descriptor with {@code status} set; false where there is none. */
    boolean write(int length, int content, long status) {
        if (free() == 0) {
            return false;
        }
        final long descriptor = descriptors + 16L * head;
        final long address = Memory.longAt(descriptor);
        for (int i = 0; i < length && i < 2048; i++) {
            Memory.byteAt(address + i, (byte) content);
        }
        if (format == ReceiveFormat.ADVANCED) {
            Memory.longAt(descriptor, 0xDEAD_BEEF_DEAD_BEEFL);
        }
        Memory.longRelease(descriptor + 8, status | (long) length << format.lengthShift);
        head = head + 1 & ring.slots() - 1;
        return true;
    }

    /** As the card is after a reset and a new start. */
    void reset() {
        head = 0;
        Memory.intAt(tail, 0);
    }
}
