// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;
import static io.sluice.host.ixgbe.register.TransmitRegisters.*;

import io.sluice.host.ixgbe.model.Faults;
import io.sluice.host.ixgbe.model.RegisterFile;
import io.sluice.host.ixgbe.model.TailPages;
import io.sluice.shared.memory.Memory;

/** One transmit queue: its ring, the two contexts it keeps, and how it reports what is done (7.2.3). */
final class OutputQueue {
    /** {@link #scan} found no whole frame yet. */
    static final int NOTHING = 0;
    /** {@link #scan} found descriptors that cannot be a frame; they are to be passed over. */
    static final int NONSENSE = -1;

    /** The most descriptors of one packet (7.2.1.1). */
    static final int MAX_CHAIN = 40;

    private static final int WRITE_BACK_THRESHOLD_MASK = 0x7F << TXDCTL_WTHRESH_SHIFT;
    private static final long HEAD_ADDRESS_MASK = ~3L;

    private final int queue;
    private final RegisterFile registers;
    private final TailPages tails;
    private final Faults faults;
    private final WriteBacks writeBacks;
    private final MisuseCounts misuses;
    private final long[] contexts = new long[4];
    private boolean enabled;
    private boolean writesHead;
    private long headDeviceAddress;

    final DescriptorRing ring;

    /** In the middle of a frame that is passed over. */
    boolean skipping;

    /** Frames that were sent already of the packet at the head, which is being cut. */
    int framesSent;

    /** After {@link #scan}: how many descriptors the frame at the head has. */
    int chain;

    /** Their bytes. */
    int chainBytes;

    /** What {@link #scan} has read of them, once: the driver may write to them meanwhile. */
    final long[] words = new long[MAX_CHAIN];

    final long[] buffers = new long[MAX_CHAIN];

    OutputQueue(int queue, EngineParts parts) {
        this.queue = queue;
        this.registers = parts.registers();
        this.tails = parts.tails();
        this.faults = parts.faults();
        this.writeBacks = parts.writeBacks();
        this.misuses = parts.misuses();
        this.ring = new DescriptorRing(parts.dma(), misuses);
    }

    /** TXDCTL was written: enabling loads the ring, disabling lets go of it. */
    void written() {
        final int control = registers.peek(txdctl(queue));
        final boolean now = (control & TXDCTL_ENABLE) != 0;
        if (now && !enabled) {
            ring.load(
                    registers.peek(tdbal(queue)),
                    registers.peek(tdbah(queue)),
                    registers.peek(tdlen(queue)),
                    registers.peek(tdh(queue)));
            if ((control & WRITE_BACK_THRESHOLD_MASK) != 0) {
                misuses.add(Misuse.WRITE_BACK_THRESHOLD);
            }
            skipping = false;
            framesSent = 0;
        } else if (!now && enabled) {
            writeBacks.finish();
            ring.unload();
        }
        enabled = now;
        takeHeadAddress();
    }

    private void takeHeadAddress() {
        final int low = registers.peek(tdwbal(queue));
        writesHead = (low & TDWBAL_HEAD_WRITE_BACK) != 0;
        headDeviceAddress =
                (Integer.toUnsignedLong(low) | (long) registers.peek(tdwbah(queue)) << 32) & HEAD_ADDRESS_MASK;
    }

    /** After a reset of the card. */
    void reset() {
        enabled = false;
        skipping = false;
        framesSent = 0;
        ring.unload();
    }

    int number() {
        return queue;
    }

    boolean enabled() {
        return enabled;
    }

    /** Shows the driver how far the card is. */
    void showHead() {
        registers.poke(tdh(queue), ring.head);
    }

    /** Whether there is a descriptor to look at in {@code turn}. */
    boolean ready(long turn) {
        if (ring.owned() == 0) {
            ring.tail(tails.transmitTail(queue));
            if (ring.owned() == 0) {
                return false;
            }
            takeHeadAddress();
        }
        return ring.reachable(turn) && writeBacks.room() && !faults.transmitStuck(queue);
    }

    /** Whether the driver has added to the frame at the head since it was looked at. */
    boolean grows() {
        final int before = ring.tail;
        ring.tail(tails.transmitTail(queue));
        return ring.tail != before;
    }

    /** The second word of the descriptor {@code steps} after the head. */
    long word(int steps) {
        return Memory.longAt(ring.at(ring.after(ring.head, steps)) + 8);
    }

    static boolean isContext(long word) {
        return (word & COMMAND_EXTENDED) != 0 && ((int) word & TYPE_MASK) == TYPE_CONTEXT;
    }

    /** Keeps the context descriptor at the head. */
    void keepContext(long word) {
        final int at = context(word);
        contexts[at] = Memory.longAt(ring.at(ring.head));
        contexts[at + 1] = word;
    }

    /** The first word of the context that a data descriptor names. */
    long contextOf(long word) {
        return contexts[context(word)];
    }

    /** The second word of it. */
    long contextOf2(long word) {
        return contexts[context(word) + 1];
    }

    private static int context(long word) {
        return (int) (word >>> CONTEXT_SHIFT & 1) * 2;
    }

    /** Looks for the end of the frame at the head: {@link #chain} of it, {@link #NOTHING} or {@link #NONSENSE}. */
    int scan() {
        final int owned = ring.owned();
        chain = 0;
        chainBytes = 0;
        for (int i = 0; i < Math.min(owned, MAX_CHAIN); i++) {
            words[i] = word(i);
            buffers[i] = Memory.longAt(ring.at(ring.after(ring.head, i)));
            final int word = (int) words[i];
            if (!sameKind((int) words[0], word)) {
                misuses.add(Misuse.TRANSMIT_TYPE);
                chain = Math.max(i, 1);
                return NONSENSE;
            }
            chain = i + 1;
            chainBytes += word & 0xFFFF;
            if ((word & COMMAND_END) != 0) {
                return chain;
            }
        }
        if (chain == MAX_CHAIN || owned == ring.descriptors - 1) {
            misuses.add(Misuse.TRANSMIT_CHAIN);
            skipping = true;
            return NONSENSE;
        }
        return NOTHING;
    }

    /** Legacy descriptors have no type; those bits are part of nothing there. */
    private static boolean sameKind(int first, int word) {
        if ((first & COMMAND_EXTENDED) == 0) {
            return (word & COMMAND_EXTENDED) == 0;
        }
        return (word & COMMAND_EXTENDED) != 0 && (word & TYPE_MASK) == TYPE_DATA && (first & TYPE_MASK) == TYPE_DATA;
    }

    /**
     * Moves the head past {@code descriptors}, and reports those that ask for it.
     *
     * @return false where the card is to be reset now: nothing is reported
     */
    boolean complete(int descriptors) {
        for (int i = 0; i < descriptors; i++) {
            final long word = word(0);
            final long address = ring.at(ring.head);
            final long device = ring.deviceAt(ring.head);
            if (faults.resetsNow()) {
                return false;
            }
            ring.head = ring.after(ring.head, 1);
            if ((word & COMMAND_REPORT) != 0 && !isContext(word)) {
                if (writesHead) {
                    writeBacks.head(queue, headDeviceAddress, ring.head);
                } else {
                    writeBacks.transmit(queue, address, device, word | TRANSMIT_DONE);
                }
            }
        }
        framesSent = 0;
        return true;
    }
}
