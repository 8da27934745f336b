// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.Interrupts;
import io.sluice.shared.pacing.Bell;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import java.util.function.LongSupplier;

/**
 * A queue's own interrupt vector, and the eventfd in which it ends (7.3, MSI-X).
 *
 * <pre>
 *   the queue's thread                            the card
 *   finds nothing to do
 *   enables the vector (EIMS)           ──▶       signals once, now if anything was written since it signalled last
 *   looks at the descriptor once more             (a cause stays set while its vector is masked), and masks itself
 *   sleeps on the eventfd               ◀──       (EIAM)
 *   empties it, looks at the descriptor
 * </pre>
 *
 * So no wake-up is lost, in whatever order the two meet: a descriptor that is written before the last look is seen by it,
 * and one that is written later leaves a cause that the vector, enabled before, carries. A thread that has work never
 * touches a register for this, and one that sleeps and is woken by somebody else need not enable the vector again.
 */
public final class InterruptBell implements QueueBell, AutoCloseable {
    /**
     * The time between two interrupts at least. A first packet after it is never delayed; a thread that falls asleep
     * between packets is woken for up to 240 of 64 bytes at 10 Gbit/s at once, of the 256 that the smallest ring has.
     */
    private static final long INTERVAL_NANOS = 16_384;

    /** How soon an enabled vector is enabled again: a card that has forgotten it must not be slept through for ever. */
    private static final long REFRESH_NANOS = 1_000_000_000;

    private final Interrupts interrupts;
    private final int vector;
    private final int descriptor;
    private final Bell bell;
    private final LongSupplier clock;
    private boolean enabled;
    private long enabledNanos;
    private long kicks;
    private boolean closed;

    /**
     * Connects {@code vector}, which signals nothing yet: a queue has to be routed to it.
     *
     * @throws CardException where the card's door refuses
     */
    public InterruptBell(Interrupts interrupts, int vector) throws CardException {
        this(interrupts, vector, System::nanoTime);
    }

    /** As the other one, by a clock that counts nanoseconds. */
    InterruptBell(Interrupts interrupts, int vector, LongSupplier clock) throws CardException {
        this.clock = clock;
        this.interrupts = interrupts;
        this.vector = vector;
        this.descriptor = EventFd.create();
        this.bell = new Bell(descriptor);
        try {
            interrupts.connect(vector, descriptor, INTERVAL_NANOS);
        } catch (CardException | RuntimeException e) {
            Descriptors.close(descriptor);
            throw e;
        }
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        final long now = clock.getAsLong();
        // A vector that has signalled is masked. A reset masks it as well, and whoever resets a card rings.
        if (!enabled || bell.kicks() != kicks || now - enabledNanos > REFRESH_NANOS) {
            enabled = true;
            enabledNanos = now;
            kicks = bell.kicks();
            interrupts.enable(vector);
        }
        listen(waitSet);
        return true;
    }

    @Override
    public void listen(WaitSet waitSet) {
        waitSet.awaitKick(bell);
    }

    @Override
    public void ring() {
        EventFd.signal(descriptor);
    }

    @Override
    public long rings() {
        return bell.kicks();
    }

    /** Disconnects the vector; its thread must have ended, and nobody may ring any more. Idempotent. */
    @Override
    public void close() throws CardException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            interrupts.disconnect(vector);
        } finally {
            Descriptors.close(descriptor);
        }
    }
}
