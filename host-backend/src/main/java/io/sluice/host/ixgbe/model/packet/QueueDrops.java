// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.register.FlowRegisters.QDE;

import io.sluice.host.ixgbe.model.RegisterFile;

/**
 * Queues that drop for want of descriptors by PFQDE (8.2.3.27.12). The register is a door: each write names a queue and
 * sets or clears its bit.
 */
final class QueueDrops {
    private static final int ENABLE = 1 << 0;
    private static final int INDEX_SHIFT = 8;
    private static final int INDEX_MASK = 0x7F;
    private static final int WRITE_ENABLE = 1 << 16;

    private final long[] bits = new long[2];

    QueueDrops(RegisterFile registers) {
        registers.onWrite(QDE, (offset, before, value) -> written(value));
    }

    private void written(int value) {
        if ((value & WRITE_ENABLE) != 0) {
            final int queue = value >>> INDEX_SHIFT & INDEX_MASK;
            final long bit = 1L << queue;
            final int word = queue >>> 6;
            bits[word] = (value & ENABLE) != 0 ? bits[word] | bit : bits[word] & ~bit;
        }
    }

    boolean drops(int queue) {
        return (bits[queue >>> 6] >>> queue & 1) != 0;
    }

    void reset() {
        bits[0] = 0;
        bits[1] = 0;
    }
}
