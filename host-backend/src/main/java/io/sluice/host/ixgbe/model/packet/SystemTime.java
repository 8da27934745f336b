// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.register.TimeRegisters.*;

import io.sluice.host.ixgbe.model.RegisterFile;
import java.util.function.LongSupplier;

/** The card's clock for IEEE 1588: it adds TIMINCA's value every so many cycles of 6.4 ns (7.9.3). */
final class SystemTime {
    private static final int INCREMENT_MASK = 0xFF_FFFF;
    private static final int PERIOD_SHIFT = 24;
    private static final int NANOS_BY_FIVE_IN_CYCLE = 32;
    private static final int SIGN = 1 << 31;

    private final RegisterFile registers;
    private final LongSupplier nanoClock;
    private long baseNanos;
    private long base;

    SystemTime(RegisterFile registers, LongSupplier nanoClock) {
        this.registers = registers;
        this.nanoClock = nanoClock;
        registers.onRead(SYSTIML, (offset, held) -> {
            final long now = now();
            registers.poke(SYSTIMH, (int) (now >>> 32)); // both halves are of one moment
            return (int) now;
        });
        registers.onWrite(SYSTIML, (offset, before, value) -> set(now() & ~0xFFFF_FFFFL | value & 0xFFFF_FFFFL));
        registers.onWrite(SYSTIMH, (offset, before, value) -> set(now() & 0xFFFF_FFFFL | (long) value << 32));
        registers.onWrite(TIMADJH, (offset, before, value) -> adjust(value));
        registers.onWrite(TIMINCA, (offset, before, value) -> {
            set(at(nanoClock.getAsLong(), before));
        });
        reset();
    }

    void reset() {
        set(0);
    }

    private void set(long value) {
        baseNanos = nanoClock.getAsLong();
        base = value;
    }

    private void adjust(int high) {
        final long amount = (long) (high & ~SIGN) << 32 | registers.peek(TIMADJL) & 0xFFFF_FFFFL;
        set(high < 0 ? now() - amount : now() + amount);
    }

    /** The clock's value. */
    long now() {
        return at(nanoClock.getAsLong(), registers.peek(TIMINCA));
    }

    private long at(long nanos, int rate) {
        final int period = rate >>> PERIOD_SHIFT;
        if (period == 0) {
            return base;
        }
        final long cycles = (nanos - baseNanos) * 5 / NANOS_BY_FIVE_IN_CYCLE;
        return base + cycles / period * (rate & INCREMENT_MASK);
    }
}
