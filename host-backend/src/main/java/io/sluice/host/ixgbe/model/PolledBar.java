// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.SharedRegion;
import java.util.stream.IntStream;

/**
 * All of BAR 0 as memory, for drivers whose accesses cannot be trapped. Each turn compares it with what it showed last:
 * what differs was written, and is written to the registers; then what the registers hold is shown.
 *
 * <pre>
 *   memory   what the driver stores, and what it sees      both write; this side by compare-and-set, so that a store of
 *                                                          the driver's is never lost
 *   shown    what this side put there last                 this side alone
 * </pre>
 */
final class PolledBar {
    /** What a driver must know of it. */
    static final String NOTE = "registers are polled: reading has no effect, so counters and EICR do not clear and SWSM"
            + " is free for everyone; writing what a register shows already, or twice between two turns, is not seen;"
            + " and a card that answers in a microsecond answers within a turn here";

    private final RegisterFile registers;
    private final TailPages tails;
    private final long memory;
    private final SharedRegion shown;
    private final int[] aliases;

    PolledBar(RegisterFile registers, TailPages tails, SharedRegion memory) {
        this.registers = registers;
        this.tails = tails;
        this.memory = memory.address();
        shown = SharedRegion.create("sluice-shown", DeviceRegisters.BAR_BYTES);
        aliases = RegisterTable.registers().stream()
                .filter(Register::alias)
                .flatMapToInt(register -> IntStream.range(0, register.count()).map(register::offset))
                .toArray();
    }

    /** Takes what the driver has stored since the last turn, lowest offset first. */
    void takeWrites() {
        long from = 0;
        while (from < DeviceRegisters.BAR_BYTES) {
            final long same = Memory.mismatch(memory + from, shown.address() + from, DeviceRegisters.BAR_BYTES - from);
            if (same < 0) {
                return;
            }
            final int offset = (int) (from + same) & ~3;
            final int value = Memory.intAcquire(memory + offset);
            Memory.intAt(shown.address() + offset, value);
            if (!tails.holds(offset)) {
                registers.write(offset, value);
                showWord(offset);
            }
            from = offset + Integer.BYTES;
        }
    }

    /** Shows what has changed. */
    void show() {
        registers.takeChanged(this::showWord);
        for (int alias : aliases) {
            showWord(alias);
        }
    }

    private void showWord(int offset) {
        if (tails.holds(offset)) {
            return;
        }
        final int before = Memory.intAt(shown.address() + offset);
        final int now = registers.peek(offset);
        if (now != before && Memory.intCompareAndSet(memory + offset, before, now)) {
            Memory.intAt(shown.address() + offset, now);
        }
    }

    void close() {
        shown.close();
    }
}
