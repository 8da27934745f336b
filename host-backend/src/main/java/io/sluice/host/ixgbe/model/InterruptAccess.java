// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.register.InterruptRegisters;

/** What reads and writes of the interrupt registers do to the causes and masks (8.2.3.5). */
final class InterruptAccess {
    private static final int QUEUES = 0xFFFF;
    private static final int MODERATED = 129;

    private InterruptAccess() {}

    static void attach(RegisterFile registers, InterruptCauses interrupts) {
        registers.onRead(InterruptRegisters.EICR, (offset, held) -> interrupts.takeCauses());
        registers.onWrite(InterruptRegisters.EICR, (offset, before, value) -> interrupts.clearCauses(value));
        registers.onWrite(InterruptRegisters.EICS, (offset, before, value) -> interrupts.raise(value));
        registers.onWrite(InterruptRegisters.EIMS, (offset, before, value) -> interrupts.unmask(value & QUEUES, value));
        registers.onWrite(InterruptRegisters.EIMC, (offset, before, value) -> interrupts.mask(value & QUEUES, value));
        registers.onWrite(InterruptRegisters.GPIE, (offset, before, value) -> interrupts.update());
        for (int i = 0; i < 2; i++) {
            final int shift = 32 * i;
            registers.onWrite(
                    InterruptRegisters.eicsEx(i),
                    (offset, before, value) -> interrupts.raiseQueues(vectors(value, shift)));
            registers.onWrite(
                    InterruptRegisters.eimsEx(i),
                    (offset, before, value) -> interrupts.unmask(vectors(value, shift), 0));
            registers.onWrite(
                    InterruptRegisters.eimcEx(i), (offset, before, value) -> interrupts.mask(vectors(value, shift), 0));
        }
        for (int vector = 0; vector < MODERATED; vector++) {
            final int moderated = vector;
            registers.onWrite(
                    InterruptRegisters.eitr(vector),
                    (offset, before, value) -> interrupts.moderationWritten(moderated, value));
        }
        // EIAM's queue bits and the first 16 of EIAM_EX are the same bits.
        registers.onWrite(InterruptRegisters.EIAM, (offset, before, value) -> {
            final int others = registers.peek(InterruptRegisters.eiamEx(0)) & ~QUEUES;
            registers.poke(InterruptRegisters.eiamEx(0), others | value & QUEUES);
        });
        registers.onWrite(InterruptRegisters.eiamEx(0), (offset, before, value) -> {
            final int others = registers.peek(InterruptRegisters.EIAM) & ~QUEUES;
            registers.poke(InterruptRegisters.EIAM, others | value & QUEUES);
        });
    }

    private static long vectors(int value, int shift) {
        return Integer.toUnsignedLong(value) << shift;
    }
}
