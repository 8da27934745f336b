// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import java.util.concurrent.locks.LockSupport;

/** Time as a driver needs it, so that a test can be its master. */
public interface CardClock {
    /** Nanoseconds since a moment that never changes. */
    long nanos();

    /** Returns when {@code nanos} have passed, not before; an interrupt is kept for the caller. */
    void sleep(long nanos);

    /** The machine's time. */
    static CardClock system() {
        return new SystemClock();
    }

    /** Spins for what is too short for a scheduler, parks for the rest. */
    final class SystemClock implements CardClock {
        private static final long SPIN_NANOS = 50_000;

        private SystemClock() {}

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void sleep(long nanos) {
            final long deadline = System.nanoTime() + nanos;
            boolean interrupted = false;
            for (long left = nanos; left > 0; left = deadline - System.nanoTime()) {
                if (left <= SPIN_NANOS) {
                    Thread.onSpinWait();
                } else {
                    interrupted |= Thread.interrupted(); // an interrupted thread would not park
                    LockSupport.parkNanos(left);
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
