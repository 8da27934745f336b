// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import static io.sluice.host.ixgbe.queue.TransmitDescriptor.*;

import io.sluice.host.pci.TailRegister;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.SlotWord;
import java.util.Objects;

/**
 * A card's transmit ring over the buffers of a ring: the descriptor of each slot that this output is to send.
 *
 * <pre>
 *   sent()            flushed           next
 *     |   the card's    |   not told yet  |
 *     head written back tail              packets before it have descriptors here
 * </pre>
 *
 * Where other outputs got the packets in between, null descriptors fill the gap, at the time when this one gets a packet
 * again: an output that has nothing to send costs nothing. Descriptors at rest hold the address at which their buffer's
 * packets begin; one for a packet that begins elsewhere is put right again when it has been sent.
 *
 * <p>The card writes its head only for descriptors that ask for a report (7.2.3.5.2): those at each quarter of the ring,
 * and the last of each turn.
 */
public final class TransmitQueue {
    /** Outputs and offset of a slot word. */
    static final long PLACE_MASK = 0xFFFF_0000_FFFF_0000L;

    private static final long LENGTH_MASK = 0xFFFF;

    private final long descriptors;
    private final long headAddress;
    private final PacketBuffers buffers;
    private final TailRegister tail;
    private final int indexMask;
    private final int quarterMask;
    private final Reports reports;
    private long base;
    private long next;
    private long flushed;
    private long sent;
    private long asked;
    private long lastWord;
    private long displacedEnd;

    /**
     * A queue that has not begun.
     *
     * @param descriptors where they are in this process: as many as {@code buffers} has slots
     * @param headAddress where the card writes its head
     * @param tail TDT
     */
    public TransmitQueue(long descriptors, long headAddress, PacketBuffers buffers, TailRegister tail) {
        this.descriptors = descriptors;
        this.headAddress = headAddress;
        this.buffers = buffers;
        this.tail = tail;
        this.indexMask = buffers.slots() - 1;
        this.quarterMask = buffers.slots() / 4 - 1;
        this.reports = new Reports(buffers.slots());
    }

    /** Begins at descriptor 0 with the slot at {@code position}; the card has been told of the ring, and has no tail. */
    public void begin(long position) {
        base = position;
        next = position;
        lose();
        Memory.intRelease(headAddress, 0);
        for (int i = 0; i <= indexMask; i++) {
            Memory.longAt(descriptors + (long) i * BYTES, buffers.at(position + i, buffers.headroom()));
            Memory.longAt(descriptors + (long) i * BYTES + WORD_OFFSET, NULL);
        }
    }

    /** The card has let go of everything: nothing is in flight, and nothing may be given until {@link #begin}. */
    void lose() {
        reports.lose();
        flushed = next;
        sent = next;
        asked = next;
        displacedEnd = next;
    }

    private long address(long position) {
        return descriptors + (position - base & indexMask) * BYTES;
    }

    /** Whether the next descriptor is the one of {@code position}. */
    boolean isAt(long position) {
        return next == position;
    }

    /**
     * Makes the next descriptor the one of {@code position}, which must be above all positions given before.
     *
     * @return false where the card must first take some of the null descriptors between
     */
    boolean reach(long position) {
        if (next + indexMask < position) {
            // Whole turns of the ring in which this output had nothing: all before is sent, and the indices are the
            // same.
            final long turns = position - next & ~(long) indexMask;
            next += turns;
            flushed += turns;
            sent += turns;
            asked += turns;
            displacedEnd = next;
        }
        while (next < position && room() > 0) {
            store(NULL);
        }
        if (next < position || room() <= 0) {
            flush();
            return false;
        }
        return true;
    }

    /**
     * Descriptors that may be given now. Not the ring's slots bound it, but what has not been reported: null descriptors
     * stand for slots that were given back long ago.
     */
    int room() {
        return indexMask - (int) (next - sent);
    }

    /** Gives the packet of the next descriptor's slot, at {@code offset} of its buffer, to the card. */
    void put(int lengthBytes, int offset) {
        if (offset != buffers.headroom()) {
            Memory.longAt(address(next), buffers.at(next, offset));
            displacedEnd = next + 1;
        }
        reports.give(1, lengthBytes);
        store(lengthBytes | PACKET);
    }

    /**
     * Gives packets to the card from the next descriptor's slot on, up to the first slot whose packet is not for output 0
     * alone, begins elsewhere than at the headroom or is too short or too long. What is read more than once is in locals,
     * because the JIT reads fields anew after each ordered access.
     *
     * @param count slots to look at
     * @param slots address of the ring's first slot
     * @param maxLengthBytes of a packet
     * @param period packets after which the card is told of them
     * @return how many were given; no more than there is {@link #room} for
     */
    int putRun(int count, long slots, int maxLengthBytes, int period) {
        final long descriptors = this.descriptors;
        final int mask = indexMask;
        final long base = this.base;
        final long first = next;
        final long plain = SlotWord.pack(0, buffers.headroom(), 0, SlotWord.OUTPUT_FORWARD);
        final int span = maxLengthBytes - MIN_LENGTH;
        // A descriptor that reports is the last of a run.
        final int most = Math.min(Math.min(count, room()), quarterMask + 1 - ((int) (first - base) & quarterMask));
        long bytes = 0;
        long last = 0;
        long told = flushed;
        int untold = 0;
        int given = 0;
        while (given < most) {
            final long position = first + given;
            final long word = Memory.longOpaque(slots + (position & mask) * SlotWord.SLOT_BYTES);
            final int length = SlotWord.length(word);
            if ((word & PLACE_MASK) != plain || Integer.compareUnsigned(length - MIN_LENGTH, span) > 0) {
                break;
            }
            last = length | PACKET;
            Memory.longAt(descriptors + (position - base & mask) * BYTES + WORD_OFFSET, last);
            bytes += length;
            given++;
            if (++untold == period && given < most) {
                untold = 0;
                tail.write((int) (position + 1 - base) & mask);
                told = position + 1;
            }
        }
        flushed = told;
        if (given > 0) {
            reports.give(given, bytes);
            next = first + given - 1;
            store(last);
        }
        return given;
    }

    /**
     * Gives the packets of {@code words}, descriptors that ask for no report, from the next descriptor's slot on; there
     * has to be {@link #room} for them.
     *
     * @param period packets after which the card is told of them
     */
    void putAll(long[] words, int count, int period) {
        for (int given = 0; given < count; ) {
            final int index = (int) (next - base) & quarterMask;
            // A descriptor that reports is the last of those that are put together.
            final int most = Math.min(Math.min(count - given, period), quarterMask + 1 - index);
            put(words, given, given + most);
            given += most;
            if (given < count && next - flushed >= period) {
                ring();
            }
        }
    }

    private void put(long[] words, int from, int to) {
        Objects.checkFromToIndex(from, to, words.length);
        final long descriptors = this.descriptors + WORD_OFFSET;
        final int mask = indexMask;
        final int index = (int) (next - base);
        long bytes = 0;
        for (int i = from; i < to; i++) {
            final long word = words[i];
            bytes += word & LENGTH_MASK;
            Memory.longAt(descriptors + (long) (index + (i - from) & mask) * BYTES, word);
        }
        reports.give(to - from, bytes);
        next += to - from - 1;
        store(words[to - 1]);
    }

    private void store(long word) {
        final long index = next - base & indexMask;
        long stored = word;
        next++;
        if ((index & quarterMask) == quarterMask) {
            stored = ask(word);
        }
        lastWord = stored;
        Memory.longAt(descriptors + index * BYTES + WORD_OFFSET, stored);
    }

    private long ask(long word) {
        asked = next;
        reports.end(next);
        return word | REPORT_STATUS;
    }

    /** Tells the card of the descriptors so far. */
    void ring() {
        if (flushed != next) {
            flushed = next;
            tail.write((int) (next - base) & indexMask);
        }
    }

    /**
     * Tells the card of all descriptors, and has it report the last one. At the end of a turn, whose last slot is before
     * {@code position}; the last one is not to have been told yet where it is that slot's.
     */
    void flush(long position) {
        if (asked == next) {
            ring();
        } else {
            if (flushed == next && next < position && room() > 0) {
                store(NULL);
            }
            flush();
        }
    }

    private void flush() {
        if (asked != next && flushed != next) {
            lastWord = ask(lastWord);
            Memory.longAt(address(next - 1) + WORD_OFFSET, lastWord);
        }
        ring();
    }

    /**
     * Reads the head that the card has written. One that cannot be, because nothing was given up to there, changes nothing.
     *
     * @return whether it has moved
     */
    boolean look() {
        final long head = head();
        if (head == sent) {
            return false;
        }
        final long reached = reports.reported(head, sent);
        if (reached == sent) {
            return false;
        }
        if (sent < displacedEnd) {
            restore(reached);
        }
        sent = reached;
        return true;
    }

    /** Whether {@link #look} would find that it has moved. */
    boolean reported() {
        return reports.endsBy(head());
    }

    /** Up to where the card says that it has sent; {@link #sent} where it says what cannot be. */
    private long head() {
        final int head = Memory.intAcquire(headAddress);
        final long ahead = head - (sent - base) & indexMask;
        return (head & ~indexMask) != 0 || ahead > flushed - sent ? sent : sent + ahead;
    }

    /** Puts the addresses right of descriptors from {@code sent} to {@code end}. */
    private void restore(long end) {
        for (long position = sent; position < Math.min(end, displacedEnd); position++) {
            Memory.longOpaque(address(position), buffers.at(position, buffers.headroom()));
        }
    }

    /** Whether the card has descriptors that it has not reported. */
    boolean inFlight() {
        return sent != next;
    }

    /** Whether it has been asked for a report that has not come. */
    boolean owes() {
        return asked != sent;
    }

    /** Slots before it are no longer read by the card; where nothing is in flight, none is. */
    long sent() {
        return sent;
    }

    Reports reports() {
        return reports;
    }
}
