// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.pacing;

import io.sluice.shared.posix.EventFd;

/** An eventfd that ends a thread's sleep, and how often it has been rung. Used by the thread that sleeps. */
public final class Bell {
    private final int descriptor;
    private long kicks;

    /** The bell {@code descriptor}, which stays the caller's. */
    public Bell(int descriptor) {
        this.descriptor = descriptor;
    }

    int descriptor() {
        return descriptor;
    }

    /** Takes what it has counted: up to 2^64 - 2, and whoever rings it may add that much at once. Never waits. */
    public void drain() {
        final long rung = EventFd.drain(descriptor);
        kicks = rung < 0 || kicks + rung < 0 ? Long.MAX_VALUE : kicks + rung;
    }

    /** How often it had been rung when it last ended a sleep, {@link Long#MAX_VALUE} at most. */
    public long kicks() {
        return kicks;
    }
}
