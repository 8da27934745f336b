// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

/**
 * One line of the register table: a register, or several alike at one distance from each other.
 *
 * @param name the datasheet's, {@code RDT} for all 64 of a block
 * @param offset of the first in BAR 0
 * @param count how many there are
 * @param strideBytes from one to the next
 * @param reset what each holds after a reset
 * @param writable bits that a write reaches
 * @param selfClearing bits that act when they are written as ones and read as zeroes
 * @param memory whether it is a table in memory that a software reset leaves as it is (4.2.2)
 * @param highOffset from a counter's lower 32 bits to the register of its upper 4; 0 where it has no more than 32
 * @param aliasOf the offset of the register that the first is another address of; -1 where it is a register by itself
 */
public record Register(
        String name,
        int offset,
        int count,
        int strideBytes,
        Access access,
        int reset,
        int writable,
        int selfClearing,
        boolean memory,
        int highOffset,
        int aliasOf) {

    /** The offset of number {@code index}. */
    public int offset(int index) {
        return offset + index * strideBytes;
    }

    /** Whether this is another address of a register that has a line of its own. */
    public boolean alias() {
        return aliasOf >= 0;
    }
}
