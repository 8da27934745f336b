// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import io.sluice.host.ixgbe.model.RegisterFile;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import java.lang.foreign.Arena;

/**
 * The memory in the card where received frames wait for descriptors (7.1.3.2): first in, first out, 512 KiB or what
 * RXPBSIZE leaves of them.
 *
 * <pre>
 *   memory   1 MiB, so that a frame never has to be cut where its end is:   | ... | front | ... | last | free | ...
 *   entries  one {@link HeldFrame} each, a power of two of them
 * </pre>
 */
final class PacketBuffer {
    /** The longest frame there is room for. */
    static final int MAX_FRAME_BYTES = 16 << 10;

    private static final int CAPACITY_BYTES = 512 << 10;
    private static final int MEMORY_BYTES = 2 * CAPACITY_BYTES;
    private static final int UNIT_BYTES = 64;
    private static final int ENTRIES = CAPACITY_BYTES / UNIT_BYTES;
    private static final int SIZE_SHIFT = 10;
    private static final int SIZE_MASK = 0x3FF;

    private final RegisterFile registers;
    private final Arena arena = Arena.ofAuto();
    private final long memory =
            arena.allocate(MEMORY_BYTES + MAX_FRAME_BYTES, UNIT_BYTES).address();
    private final HeldFrame[] entries = new HeldFrame[ENTRIES];
    private int front;
    private int size;
    private int next;
    private int usedBytes;

    PacketBuffer(RegisterFile registers) {
        this.registers = registers;
        for (int i = 0; i < ENTRIES; i++) {
            entries[i] = new HeldFrame();
        }
    }

    /** Where the next frame may be written: {@link #MAX_FRAME_BYTES}, free whatever is held. */
    long room() {
        return memory + next;
    }

    /**
     * Keeps the frame that was written to {@link #room}.
     *
     * @return its entry, to be filled in; null where the buffer is full and the frame is lost
     */
    HeldFrame add(int lengthBytes) {
        final int bytes = units(lengthBytes);
        if (usedBytes + bytes > capacityBytes()) {
            return null;
        }
        final HeldFrame entry = entries[front + size & ENTRIES - 1];
        entry.address = memory + next;
        entry.lengthBytes = lengthBytes;
        size++;
        usedBytes += bytes;
        next += bytes;
        if (next >= MEMORY_BYTES) {
            next = 0;
        }
        return entry;
    }

    /** What the buffer may hold. */
    int capacityBytes() {
        final int kibibytes = registers.peek(ReceiveRegisters.rxpbsize(0)) >>> SIZE_SHIFT & SIZE_MASK;
        return Math.min(kibibytes << 10, CAPACITY_BYTES);
    }

    int usedBytes() {
        return usedBytes;
    }

    /** The frame that has waited longest; null where none waits. */
    HeldFrame front() {
        return size == 0 ? null : entries[front];
    }

    /** Lets the front go. */
    void remove() {
        usedBytes -= units(entries[front].lengthBytes);
        size--;
        if (size == 0) {
            clear();
        } else {
            front = front + 1 & ENTRIES - 1;
        }
    }

    /** Nothing is held; what comes next uses memory that is still in the processor's cache. */
    void clear() {
        front = 0;
        size = 0;
        next = 0;
        usedBytes = 0;
    }

    private static int units(int lengthBytes) {
        return (lengthBytes + FrameCheck.BYTES + UNIT_BYTES - 1) / UNIT_BYTES * UNIT_BYTES;
    }
}
