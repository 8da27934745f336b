// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

/** What reading and writing a register do to it, in the datasheet's words (8.1.3). */
public enum Access {
    /** Read only: what is written is ignored. */
    RO,
    /** Read and write, bits outside the writable ones stay. */
    RW,
    /** Write only: reads 0, and what a write does is its listener's business. */
    WO,
    /** Writing ones clears. */
    W1C,
    /** Writing ones sets; another register clears. */
    W1S,
    /** Reading clears, writing is ignored: the counters. */
    RC,
    /** Reading clears, and so do ones that are written. */
    RC_W1C,
    /** Reading answers the bit and sets it: a semaphore that is taken by looking at it. Written as RW. */
    RS;

    /** What a register of this access holds after {@code value} was written to {@code held}. */
    int written(int held, int value, int writable) {
        return switch (this) {
            case RO, RC, WO -> held;
            case RW, RS -> held & ~writable | value & writable;
            case W1C, RC_W1C -> held & ~(value & writable);
            case W1S -> held | value & writable;
        };
    }

    /** What a register of this access holds after it was read as {@code held}. */
    int afterRead(int held, int writable) {
        return switch (this) {
            case RC, RC_W1C -> 0;
            case RS -> held | writable & 1;
            case RO, RW, WO, W1C, W1S -> held;
        };
    }
}
