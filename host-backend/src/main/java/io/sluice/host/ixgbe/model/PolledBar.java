// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.host.ixgbe.register.LinkRegisters;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.ixgbe.register.TransmitRegisters;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.SharedRegion;
import java.util.BitSet;
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
 * The order in which a driver has stored between two turns is lost. What acts on other registers comes last: the enabling
 * of queues, and commands of the PHY's bus. A reset comes first, since drivers wait after one; that it is over is shown
 * after everything that it has changed.
 */
final class PolledBar {
    /** What a driver must know of it. */
    static final String NOTE = "registers are polled: reading has no effect, so counters and EICR do not clear and SWSM"
            + " is free for everyone; writing what a register shows already, or twice between two turns, is not seen,"
            + " so buses that are driven bit by bit do not work; and what a card does in a microsecond takes a turn here";

    private final RegisterFile registers;
    private final TailPages tails;
    private final long memory;
    private final SharedRegion shown;
    private final int[] aliases;
    /** Words whose writing acts on what other registers hold. */
    private final BitSet late = new BitSet();

    private final int[] lateOffsets;
    private final int[] lateValues;

    PolledBar(RegisterFile registers, TailPages tails, SharedRegion memory) {
        this.registers = registers;
        this.tails = tails;
        this.memory = memory.address();
        shown = SharedRegion.create("sluice-shown", DeviceRegisters.BAR_BYTES);
        aliases = RegisterTable.registers().stream()
                .filter(Register::alias)
                .flatMapToInt(register -> IntStream.range(0, register.count()).map(register::offset))
                .toArray();
        for (int queue = 0; queue < ReceiveRegisters.RX_QUEUES; queue++) {
            late.set(ReceiveRegisters.rxdctl(queue) >>> 2);
            late.set(TransmitRegisters.txdctl(queue) >>> 2);
        }
        late.set(LinkRegisters.MSCA >>> 2);
        lateOffsets = new int[late.cardinality()];
        lateValues = new int[late.cardinality()];
    }

    /**
     * Takes what the driver has stored since the last turn. Late words are looked at first and acted on last: whatever was
     * stored before one of them is then found.
     */
    void takeWrites() {
        final int count = take(true);
        take(false);
        for (int i = 0; i < count; i++) {
            registers.write(lateOffsets[i], lateValues[i]);
        }
    }

    /** Takes late words and keeps them, or takes and writes all others, lowest offset first; how many were kept. */
    private int take(boolean lateOnes) {
        int kept = 0;
        long from = 0;
        while (from < DeviceRegisters.BAR_BYTES) {
            final long same = Memory.mismatch(memory + from, shown.address() + from, DeviceRegisters.BAR_BYTES - from);
            if (same < 0) {
                return kept;
            }
            final int offset = (int) (from + same) & ~3;
            from = offset + Integer.BYTES;
            if (late.get(offset >>> 2) == lateOnes) {
                final int value = Memory.intAcquire(memory + offset);
                Memory.intAt(shown.address() + offset, value);
                if (lateOnes) {
                    lateOffsets[kept] = offset;
                    lateValues[kept++] = value;
                } else {
                    write(offset, value);
                }
            }
        }
        return kept;
    }

    private void write(int offset, int value) {
        if (!tails.holds(offset)) {
            registers.write(offset, value);
            if (registers.register(offset) == null) {
                showWord(offset);
            }
        }
    }

    /** Shows what has changed. */
    void show() {
        registers.takeChanged(offset -> {
            if (offset != DeviceRegisters.CTRL) {
                showWord(offset);
            }
        });
        for (int alias : aliases) {
            showWord(alias);
        }
        showWord(DeviceRegisters.CTRL);
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
