// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.memory;

import java.time.Instant;

/** Nanoseconds since 1970 at the price of {@link System#nanoTime}: no allocation, and steady while it runs. */
public final class EpochClock {
    private static final long OFFSET = offset();

    private EpochClock() {}

    private static long offset() {
        final Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano() - System.nanoTime();
    }

    public static long nanos() {
        return System.nanoTime() + OFFSET;
    }
}
