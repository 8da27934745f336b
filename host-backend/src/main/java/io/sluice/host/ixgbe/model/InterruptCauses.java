// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.register.InterruptRegisters;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * From causes to interrupts (7.3): what happened is kept as causes, masks choose among them, vectors carry them, and a
 * vector waits until its interval is over.
 *
 * <pre>
 *   queue event ─ IVAR ──────▶ cause of vector 0..63 ─ EIMS, EIMS_EX ─▶ vector ─ EITR ─▶ message
 *   other event ─────────────▶ cause 16..30 of EICR ── EIMS, IVAR_MISC ─▶ vector
 * </pre>
 * That is with GPIE.MSIX; without it IVAR chooses one of EICR's 16 queue causes, and vector 0 or the pin carries everything.
 * A message goes out when a cause becomes active that was not, by an event or by its mask.
 */
public final class InterruptCauses {
    /** One unit of EITR at 10 Gbit/s (8.2.3.5.12). */
    static final long INTERVAL_NANOS = 2048;

    private static final int QUEUE_CAUSES = 0xFFFF;
    private static final int OTHER_CAUSES = 0x7FFF_0000;
    /** What reading clears where GPIE.OCD is set (8.2.3.5.18). */
    private static final int OTHER_CLEARED = 0x3FFF_0000;

    private static final int VECTOR_MASK = 0x3F;
    private static final int NONE = -1;

    private final RegisterFile registers;
    private final LongSupplier nanoClock;
    private final IntConsumer messages;
    private final long[] allowedAt = new long[MsixTable.VECTORS];

    private long queueCauses;
    private int otherCauses;
    private long queueMask;
    private int otherMask;
    /** What was active when looked at last: only what is not in it can ask for a message. */
    private long queueActive;

    private int otherActive;
    /** Vectors that are to send a message when their interval is over. */
    private long due;

    /**
     * The interrupts of {@code registers}.
     *
     * @param messages takes the vector of each message
     */
    InterruptCauses(RegisterFile registers, LongSupplier nanoClock, IntConsumer messages) {
        this.registers = registers;
        this.nanoClock = nanoClock;
        this.messages = messages;
        InterruptAccess.attach(registers, this);
        reset();
    }

    /** Receive queue {@code queue} has written descriptors back. */
    public void raiseReceive(int queue) {
        raiseQueue(queue, 16 * (queue & 1));
    }

    /** Transmit queue {@code queue} has written back a descriptor that asked to be reported. */
    public void raiseTransmit(int queue) {
        raiseQueue(queue, 16 * (queue & 1) + 8);
    }

    private void raiseQueue(int queue, int shift) {
        final int entry = registers.peek(InterruptRegisters.ivar(queue >>> 1)) >>> shift;
        if ((entry & InterruptRegisters.IVAR_VALID) != 0) {
            raiseQueues(1L << (entry & (messagesByVector() ? VECTOR_MASK : 0xF)));
        }
    }

    /** Something else has happened: {@code causeBits} of EICR. */
    public void raise(int causeBits) {
        otherCauses |= causeBits & OTHER_CAUSES;
        raiseQueues(causeBits & QUEUE_CAUSES);
    }

    /** Sets the causes of vectors, or the queue causes of EICR. */
    void raiseQueues(long bits) {
        queueCauses |= bits;
        update();
    }

    /** A read of EICR: what it answers, and what that clears. */
    int takeCauses() {
        final int causes = visible();
        clearCauses(clearsOthersOnly() ? OTHER_CLEARED : -1);
        return causes;
    }

    /** Clears causes of EICR, and masks by EIAM what is not masked by the message already. */
    void clearCauses(int bits) {
        queueCauses &= ~(bits & QUEUE_CAUSES);
        otherCauses &= ~(bits & OTHER_CAUSES);
        if (!has(InterruptRegisters.GPIE_EIAME)) {
            queueMask &= ~autoMask();
            otherMask &= ~registers.peek(InterruptRegisters.EIAM);
        }
        update();
    }

    /** Sets bits of EIMS and of its extension. */
    void unmask(long queues, int others) {
        queueMask |= queues;
        otherMask |= others & OTHER_CAUSES;
        update();
    }

    /** Clears bits of EIMS and of its extension. */
    void mask(long queues, int others) {
        queueMask &= ~queues;
        otherMask &= ~others;
        update();
    }

    /** EITR of {@code vector} was written: the interval under way ends unless the counter was not to be written. */
    void moderationWritten(int vector, int value) {
        if ((value & InterruptRegisters.EITR_CNT_WDIS) == 0 && vector < allowedAt.length) {
            allowedAt[vector] = nanoClock.getAsLong();
            send();
        }
    }

    /** Looks for what has become active, and sends the messages whose time has come. */
    void update() {
        final long queues = queueCauses & queueMask;
        final int others = otherCauses & otherMask;
        final boolean othersFresh = (others & ~otherActive) != 0;
        if (messagesByVector()) {
            due |= queues & ~queueActive;
            due |= othersFresh ? bit(otherVector(others & ~otherActive)) : 0;
        } else if (othersFresh || (queues & ~queueActive & QUEUE_CAUSES) != 0) {
            due |= 1;
        }
        show(queues, others);
        send();
    }

    private void show(long queues, int others) {
        queueActive = queues;
        otherActive = others;
        registers.poke(InterruptRegisters.EICR, visible());
        // Reading a set register tells the causes and clears none: the way drivers look who work around an erratum.
        registers.poke(InterruptRegisters.EICS, visible());
        registers.poke(InterruptRegisters.eicsEx(0), (int) queueCauses);
        registers.poke(InterruptRegisters.eicsEx(1), (int) (queueCauses >>> 32));
        registers.poke(InterruptRegisters.EIMS, (int) queueMask & QUEUE_CAUSES | otherMask);
        registers.poke(InterruptRegisters.eimsEx(0), (int) queueMask);
        registers.poke(InterruptRegisters.eimsEx(1), (int) (queueMask >>> 32));
    }

    /** Sends what is due; called in turns as well, because time passes. */
    void send() {
        if (due == 0) {
            return;
        }
        final long now = nanoClock.getAsLong();
        for (long left = due; left != 0; left &= left - 1) {
            final int vector = Long.numberOfTrailingZeros(left);
            if (now - allowedAt[vector] >= 0) {
                due &= ~(1L << vector);
                if (wanted(vector)) {
                    allowedAt[vector] = now + intervalNanos(vector);
                    sent(vector);
                    messages.accept(vector);
                }
            }
        }
    }

    /** Whether what {@code vector} is to report is still so: a driver may have seen it meanwhile. */
    private boolean wanted(int vector) {
        if (!messagesByVector()) {
            return pending();
        }
        return (queueActive >>> vector & 1) != 0 || reportsOthers(vector);
    }

    /** Whether a cause is active that one interrupt for all reports, and its interval is over. */
    boolean pending() {
        return !messagesByVector() && (due & 1) == 0 && ((queueActive & QUEUE_CAUSES) != 0 || otherActive != 0);
    }

    private boolean reportsOthers(int vector) {
        return otherActive != 0 && otherVector(otherActive) == vector;
    }

    /** What a message clears and masks by itself (7.3.1.3, 7.3.1.4). Causes above 15 are in no register: always. */
    private void sent(int vector) {
        if (!messagesByVector()) {
            return;
        }
        final long bit = 1L << vector;
        final int cleared = registers.peek(InterruptRegisters.EIAC);
        queueCauses &= ~(bit & (cleared & QUEUE_CAUSES | ~(long) QUEUE_CAUSES));
        if (reportsOthers(vector)) {
            otherCauses &= ~(cleared & InterruptRegisters.EICR_TCP_TIMER);
        }
        if (has(InterruptRegisters.GPIE_EIAME)) {
            queueMask &= ~(bit & autoMask());
            if (reportsOthers(vector)) {
                otherMask &= ~registers.peek(InterruptRegisters.EIAM);
            }
        }
        show(queueCauses & queueMask, otherCauses & otherMask);
    }

    /** How long until the next message is due; {@code limitNanos} where none is by then. */
    long dueInNanos(long limitNanos) {
        long least = limitNanos;
        final long now = due == 0 ? 0 : nanoClock.getAsLong();
        for (long left = due; left != 0; left &= left - 1) {
            least = Math.min(least, allowedAt[Long.numberOfTrailingZeros(left)] - now);
        }
        return Math.max(0, least);
    }

    /** Nothing happened, everything is masked; registers hold their reset values already. */
    void reset() {
        queueCauses = 0;
        otherCauses = 0;
        queueMask = 0;
        otherMask = 0;
        due = 0;
        Arrays.fill(allowedAt, nanoClock.getAsLong());
        show(0, 0);
    }

    private int visible() {
        return (int) queueCauses & QUEUE_CAUSES | otherCauses;
    }

    private int otherVector(int causes) {
        final int shift = causes == InterruptRegisters.EICR_TCP_TIMER ? 0 : 8;
        final int entry = registers.peek(InterruptRegisters.IVAR_MISC) >>> shift;
        return (entry & InterruptRegisters.IVAR_VALID) == 0 ? NONE : entry & VECTOR_MASK;
    }

    private static long bit(int vector) {
        return vector == NONE ? 0 : 1L << vector;
    }

    private long autoMask() {
        return Integer.toUnsignedLong(registers.peek(InterruptRegisters.eiamEx(0)))
                | (long) registers.peek(InterruptRegisters.eiamEx(1)) << 32;
    }

    private long intervalNanos(int vector) {
        final int units = (registers.peek(InterruptRegisters.eitr(vector)) & InterruptRegisters.EITR_INTERVAL_MASK)
                >>> InterruptRegisters.EITR_INTERVAL_SHIFT;
        return units * INTERVAL_NANOS;
    }

    private boolean messagesByVector() {
        return has(InterruptRegisters.GPIE_MSIX);
    }

    private boolean clearsOthersOnly() {
        return has(InterruptRegisters.GPIE_OCD);
    }

    private boolean has(int mode) {
        return (registers.peek(InterruptRegisters.GPIE) & mode) != 0;
    }
}
