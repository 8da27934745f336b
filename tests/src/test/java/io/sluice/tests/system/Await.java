// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for what other processes do: on a condition, with a deadline, and saying what did not come. */
final class Await {
    /** Enough for a Java process to start on a machine that is busy with something else. */
    static final Duration START = Duration.ofSeconds(60);

    private static final long POLL_NANOS = 5_000_000;

    private Await() {}

    static void until(String what, Duration limit, BooleanSupplier condition) {
        until(what, limit, condition, () -> "");
    }

    /** Waits until {@code condition} holds; what {@code explanation} says is added to the failure. */
    static void until(String what, Duration limit, BooleanSupplier condition, Supplier<String> explanation) {
        final long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + limit.toSeconds() + " s for: " + what + "\n" + explanation.get());
            }
            if (Thread.interrupted()) {
                throw new AssertionError("interrupted while waiting for: " + what + "\n" + explanation.get());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
