// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import io.sluice.host.pci.TailRegister;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;

/**
 * A card's receive ring over the buffers of a ring. The card owns the descriptors from its head up to the tail; those that
 * it has filled are taken here in their order, each made ready at once for the time when it is given again.
 */
public final class ReceiveQueue {
    private static final int BYTES = 16;

    private final long descriptors;
    private final PacketBuffers buffers;
    private final ReceiveFormat format;
    private final TailRegister tail;
    private final int indexMask;
    private final int capacityBytes;
    private final long doneAndWhole;
    private final long looked;
    private final int lengthShift;
    private final boolean rewrites;
    private long base;
    private long given;
    private long runBytes;

    /**
     * A queue that has not begun.
     *
     * @param descriptors where they are in this process: as many as {@code buffers} has slots
     * @param tail RDT
     */
    public ReceiveQueue(long descriptors, PacketBuffers buffers, ReceiveFormat format, TailRegister tail) {
        this.descriptors = descriptors;
        this.buffers = buffers;
        this.format = format;
        this.tail = tail;
        this.indexMask = buffers.slots() - 1;
        this.capacityBytes = 1024 * buffers.receiveKibibytes();
        this.doneAndWhole = format.done | format.endOfPacket;
        this.looked = doneAndWhole | format.frameErrors;
        this.lengthShift = format.lengthShift;
        this.rewrites = format == ReceiveFormat.ADVANCED;
    }

    /** Begins at descriptor 0 with the slot at {@code position}; the card has been told of the ring, and has no tail. */
    public void begin(long position) {
        base = position;
        given = position;
        for (int i = 0; i <= indexMask; i++) {
            Memory.longAt(descriptors + (long) i * BYTES, buffers.at(position + i, buffers.headroom()));
            Memory.longAt(descriptors + (long) i * BYTES + 8, 0);
        }
    }

    private long address(long position) {
        return descriptors + (position - base & indexMask) * BYTES;
    }

    /** What the card has written for the slot at {@code position}; the packet can be read after it. */
    long word(long position) {
        return Memory.longAcquire(address(position) + 8);
    }

    /** Whether the card is done with the descriptor of which {@code word} was read. */
    boolean isDone(long word) {
        return (word & format.done) != 0;
    }

    /** Whether {@code word} tells of one whole good packet of a length that a buffer can hold. */
    boolean isPacket(long word) {
        return (word & looked) == doneAndWhole && Integer.compareUnsigned(length(word) - 1, capacityBytes) < 0;
    }

    /** Whether {@code word} ends a packet. */
    boolean endsPacket(long word) {
        return (word & format.endOfPacket) != 0;
    }

    /** Whether {@code word} tells of damage on the wire. */
    boolean isDamaged(long word) {
        return (word & format.frameErrors) != 0;
    }

    int length(long word) {
        return (int) (word >>> lengthShift) & 0xFFFF;
    }

    /**
     * Turns whole good packets into slots from {@code stage}'s position on, and makes their descriptors ready to be given
     * again, up to the first descriptor that is something else. All that is read more than once is in locals, because the
     * JIT reads fields anew after each ordered access.
     *
     * @param most descriptors to look at
     * @param period slots after which they are published; what is left over is advanced only
     * @param now what the slots say of the time of reception
     * @return how many there were; {@link #runBytes} tells of how many bytes
     */
    int takeRun(Stage stage, int most, int period, long now) {
        final long position = stage.position();
        final long slots = stage.slotsAddress();
        final long descriptors = this.descriptors;
        final int mask = indexMask;
        final long looked = this.looked;
        final long wanted = doneAndWhole;
        final int shift = lengthShift;
        final int capacity = capacityBytes;
        final long base = this.base;
        final boolean rewrites = this.rewrites;
        final long buffers = this.buffers.at(0, this.buffers.headroom());
        final long stride = this.buffers.bufferBytes();
        final long plain =
                SlotWord.pack(0, this.buffers.headroom(), SlotWord.FLAG_LIVE_TIMESTAMP, SlotWord.OUTPUT_FORWARD);
        long bytes = 0;
        int unpublished = 0;
        int taken = 0;
        while (taken < most) {
            final long at = position + taken;
            final long descriptor = descriptors + (at - base & mask) * BYTES;
            final long word = Memory.longAcquire(descriptor + 8);
            final int length = (int) (word >>> shift) & 0xFFFF;
            if ((word & looked) != wanted || Integer.compareUnsigned(length - 1, capacity) >= 0) {
                break;
            }
            Memory.longAt(descriptor + 8, 0);
            final long slot = slots + (at & mask) * SlotWord.SLOT_BYTES;
            Memory.longAt(slot + SlotWord.USER_OFFSET, now);
            Memory.longAt(slot, plain | length);
            bytes += length;
            taken++;
            if (rewrites) {
                Memory.longAt(descriptor, buffers + (at & mask) * stride);
            }
            if (++unpublished == period) {
                stage.advance(period);
                stage.publish();
                unpublished = 0;
            }
        }
        stage.advance(unpublished);
        runBytes = bytes;
        return taken;
    }

    /** Bytes of the packets of the last {@link #takeRun}. */
    long runBytes() {
        return runBytes;
    }

    /** Makes the descriptor of {@code position}, which was filled, one that can be given again. */
    void take(long position) {
        Memory.longAt(address(position) + 8, 0);
        if (rewrites) {
            Memory.longAt(address(position), buffers.at(position, buffers.headroom()));
        }
    }

    /** How many descriptors up to {@code limit} the card has not been given yet. */
    long ungiven(long limit) {
        return limit - given;
    }

    /**
     * Gives the card all descriptors before {@code limit}: at most slots - 1 from the one that it fills next, because
     * equal head and tail mean that there are none (7.1.9).
     */
    void give(long limit) {
        given = limit;
        tail.write((int) (limit - base) & indexMask);
    }
}
