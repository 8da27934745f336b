// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

/** A clock that only sleeping moves, and that lets something happen in the meantime. */
final class TestClock implements CardClock {
    private final Runnable meantime;
    private volatile long nanos = 1_000_000_000L;

    TestClock() {
        this(() -> {});
    }

    /** @param meantime is run once for every sleep, however long */
    TestClock(Runnable meantime) {
        this.meantime = meantime;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void sleep(long duration) {
        nanos += duration;
        meantime.run();
    }
}
