// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.pci.PciFunction.Interrupt;

/**
 * MSI-X vectors: the table and the pending bits in BAR 4 (PCI Local Bus 3.0, 6.8.2), and where each vector signals.
 *
 * <pre>
 *   0x0000  64 entries: address u64, data u32, control u32 with the mask in bit 0
 *   0x2000  pending u64
 * </pre>
 * Nobody sends messages to the addresses: a door that was given a target for a vector has programmed the real ones. For
 * the same reason a vector with a target counts as unmasked until a driver masks its entry here.
 */
final class MsixTable {
    static final int VECTORS = 64;
    static final int BAR_BYTES = 16 << 10;
    static final int PENDING_OFFSET = 0x2000;

    private static final int ENTRY_WORDS = 4;
    private static final int CONTROL_WORD = 3;
    private static final int MASKED = 1;

    private final int[] words = new int[VECTORS * ENTRY_WORDS];
    private final Interrupt[] targets = new Interrupt[VECTORS];
    private long masked;
    private long pending;
    private boolean open;

    MsixTable() {
        reset();
    }

    /** Entries as after power-on; targets stay, they are the door's. */
    void reset() {
        for (int word = 0; word < words.length; word++) {
            words[word] = word % ENTRY_WORDS == CONTROL_WORD ? MASKED : 0;
        }
        masked = 0;
        pending = 0;
    }

    /** Whether the function may send messages: as a bus master, in D0, and not masked as a whole. */
    void open(boolean may) {
        open = may;
        deliver();
    }

    void target(int vector, Interrupt target) {
        targets[vector] = target;
        deliver();
    }

    /** Signals {@code vector} now, or when it is unmasked; never, where it has no target. */
    void raise(int vector) {
        pending |= 1L << vector;
        deliver();
    }

    private void deliver() {
        long ready = open ? pending & ~masked : 0;
        pending &= ~ready;
        while (ready != 0) {
            final Interrupt target = targets[Long.numberOfTrailingZeros(ready)];
            ready &= ready - 1;
            if (target != null) {
                target.raise();
            }
        }
    }

    /** Reads the word at {@code offset} of BAR 4. */
    int read(int offset) {
        if (offset < words.length * Integer.BYTES) {
            return words[offset >>> 2];
        }
        return switch (offset) {
            case PENDING_OFFSET -> (int) pending;
            case PENDING_OFFSET + 4 -> (int) (pending >>> 32);
            default -> 0;
        };
    }

    /** Writes the word at {@code offset} of BAR 4; pending bits cannot be written. */
    void write(int offset, int value) {
        if (offset >= words.length * Integer.BYTES) {
            return;
        }
        final int word = offset >>> 2;
        if (word % ENTRY_WORDS != CONTROL_WORD) {
            words[word] = value;
            return;
        }
        words[word] = value & MASKED;
        final long bit = 1L << word / ENTRY_WORDS;
        masked = (value & MASKED) != 0 ? masked | bit : masked & ~bit;
        deliver();
    }
}
