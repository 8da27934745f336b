// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.posix.PollSet;
import java.util.function.BooleanSupplier;

/**
 * Whether a TAP interface is up. The kernel tells by its descriptor alone, wherever the interface has been moved to and
 * whatever it is called by now: poll(2) finds it writable as long as it is up (drivers/net/tun.c, tun_sock_writeable).
 */
final class TapCarrier implements BooleanSupplier, AutoCloseable {
    /** The kernel is asked no more often. */
    private static final long LOOK_NANOS = 10_000_000;

    private final int descriptor;
    private final PollSet pollSet = new PollSet(1);
    private volatile long lookedNanos;
    private volatile boolean up;
    private boolean closed;

    /** @param descriptor the interface's, which stays the caller's and is open until {@link #close} */
    TapCarrier(int descriptor) {
        this.descriptor = descriptor;
        look(System.nanoTime());
    }

    @Override
    public boolean getAsBoolean() {
        final long now = System.nanoTime();
        if (now - lookedNanos >= LOOK_NANOS) {
            look(now);
        }
        return up;
    }

    private synchronized void look(long nowNanos) {
        if (closed) {
            return;
        }
        pollSet.clear();
        pollSet.add(descriptor, PollSet.WRITABLE);
        up = pollSet.await(0) > 0 && pollSet.ready(0);
        lookedNanos = nowNanos;
    }

    /** Goes on to answer as before; idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            pollSet.close();
        }
    }
}
