// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import io.sluice.host.ixgbe.model.Faults;
import io.sluice.host.ixgbe.model.InterruptCauses;
import io.sluice.host.pci.DmaMap;
import io.sluice.shared.memory.Memory;
import java.util.Arrays;

/**
 * What the card writes into descriptors and heads, and the interrupts that follow: at once, or so late as a fault asks
 * for, always in order. A descriptor's second word is stored last, with release: who sees its status sees the packet.
 */
final class WriteBacks {
    /** How many one packet may need; callers ask for room before they begin one. */
    static final int PER_PACKET = 64;

    private static final int CAPACITY = 4096;
    private static final int BOTH_WORDS = 0;
    private static final int SECOND_WORD = 1;
    private static final int HEAD = 2;
    private static final int TRANSMIT_QUEUES = 128;

    private final DmaMap dma;
    private final InterruptCauses interrupts;
    private final Faults faults;
    private final MisuseCounts misuses;
    private final long[] places = new long[CAPACITY];
    private final long[] firstWords = new long[CAPACITY];
    private final long[] secondWords = new long[CAPACITY];
    private final long[] dueNanos = new long[CAPACITY];
    private final int[] kinds = new int[CAPACITY];
    private final int[] queues = new int[CAPACITY];
    private final long[] raised = new long[4];
    private int first;
    private int size;
    private long nowNanos;
    private long delayNanos;

    WriteBacks(DmaMap dma, InterruptCauses interrupts, Faults faults, MisuseCounts misuses) {
        this.dma = dma;
        this.interrupts = interrupts;
        this.faults = faults;
        this.misuses = misuses;
    }

    /** Begins a turn: what is due is written. */
    void begin(long now) {
        nowNanos = now;
        delayNanos = faults.writeBackDelayNanos();
        while (size > 0 && dueNanos[first] - now <= 0) {
            writeFirst();
        }
    }

    /** Whether one more packet may be begun. */
    boolean room() {
        return size <= CAPACITY - PER_PACKET;
    }

    /** A receive descriptor, both words of it. */
    void receive(int queue, long address, long deviceAddress, long firstWord, long secondWord) {
        if (late()) {
            keep(BOTH_WORDS, queue, deviceAddress, firstWord, secondWord);
        } else {
            Memory.longAt(address, firstWord);
            Memory.longRelease(address + 8, secondWord);
            raise(queue);
        }
    }

    /** A receive descriptor of which the first word, the address, stays. */
    void receiveLegacy(int queue, long address, long deviceAddress, long secondWord) {
        if (late()) {
            keep(SECOND_WORD, queue, deviceAddress + 8, 0, secondWord);
        } else {
            Memory.longRelease(address + 8, secondWord);
            raise(queue);
        }
    }

    /** A transmit descriptor that asked for it. */
    void transmit(int queue, long address, long deviceAddress, long secondWord) {
        if (late()) {
            keep(SECOND_WORD, TRANSMIT_QUEUES + queue, deviceAddress + 8, 0, secondWord);
        } else {
            Memory.longRelease(address + 8, secondWord);
            raise(TRANSMIT_QUEUES + queue);
        }
    }

    /** A transmit queue's head. */
    void head(int queue, long deviceAddress, int head) {
        if (late()) {
            keep(HEAD, TRANSMIT_QUEUES + queue, deviceAddress, 0, head);
        } else {
            writeHead(deviceAddress, head);
            raise(TRANSMIT_QUEUES + queue);
        }
    }

    private void writeHead(long deviceAddress, int head) {
        final long address = dma.translate(deviceAddress, Integer.BYTES);
        if (address != 0 && (address & Integer.BYTES - 1) == 0) {
            Memory.intRelease(address, head);
        } else {
            misuses.add(Misuse.WRITE_BACK_UNMAPPED);
        }
    }

    private boolean late() {
        return delayNanos != 0 || size != 0;
    }

    private void keep(int kind, int queue, long deviceAddress, long firstWord, long secondWord) {
        if (size == CAPACITY) {
            writeFirst(); // callers leave room; if ever not, order matters more than the fault
        }
        final int at = first + size++ & CAPACITY - 1;
        kinds[at] = kind;
        queues[at] = queue;
        places[at] = deviceAddress;
        firstWords[at] = firstWord;
        secondWords[at] = secondWord;
        dueNanos[at] = nowNanos + delayNanos;
    }

    /** Writes what has waited longest, if its memory is still there. */
    private void writeFirst() {
        final int at = first;
        first = first + 1 & CAPACITY - 1;
        size--;
        if (kinds[at] == HEAD) {
            writeHead(places[at], (int) secondWords[at]);
        } else {
            final int bytes = kinds[at] == BOTH_WORDS ? 16 : 8;
            final long address = dma.translate(places[at], bytes);
            if (address == 0 || (address & 7) != 0) {
                misuses.add(Misuse.WRITE_BACK_UNMAPPED);
            } else {
                if (bytes == 16) {
                    Memory.longAt(address, firstWords[at]);
                }
                Memory.longRelease(address + bytes - 8, secondWords[at]);
            }
        }
        raise(queues[at]);
    }

    /** Writes all that is late: a queue is being disabled, and what is under way is finished before it is (4.6.7.1). */
    void finish() {
        while (size > 0) {
            writeFirst();
        }
    }

    private void raise(int queue) {
        raised[queue >>> 6] |= 1L << queue;
    }

    /** Ends a turn: queues with write-backs raise their interrupts, once each. */
    void end() {
        for (int word = 0; word < raised.length; word++) {
            for (long left = raised[word]; left != 0; left &= left - 1) {
                final int queue = 64 * word + Long.numberOfTrailingZeros(left);
                if (queue < TRANSMIT_QUEUES) {
                    interrupts.raiseReceive(queue);
                } else {
                    interrupts.raiseTransmit(queue - TRANSMIT_QUEUES);
                }
            }
            raised[word] = 0;
        }
    }

    /** After a reset: what is late never comes. */
    void clear() {
        size = 0;
        Arrays.fill(raised, 0);
    }

    /** When the next one is due, in nanoseconds from now; {@link Long#MAX_VALUE} where none is late. */
    long dueInNanos(long now) {
        return size == 0 ? Long.MAX_VALUE : Math.max(0, dueNanos[first] - now);
    }
}
