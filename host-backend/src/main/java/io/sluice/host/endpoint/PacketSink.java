// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import java.util.Map;

/** Where packets leave a ring: the sending side of an endpoint. Used by one thread at a time. */
public interface PacketSink extends AutoCloseable {
    /** The outcome of one {@link #transmit}. */
    enum Result {
        /** The packet is gone, or queued in the endpoint: its buffer may be reused. */
        SENT,
        /**
         * No room now: offer it again when {@link #pollDescriptor} polls writable. A device's queue may be full while
         * its descriptor polls writable, so a waiter that finds it so should still pause between its offers.
         */
        BUSY,
        /** Longer than the output takes. */
        OVERSIZE,
        /** The output refused it, for example because its link is down. */
        ERROR
    }

    /**
     * Sends one Ethernet frame of {@code lengthBytes} from {@code address}.
     *
     * @param timestampNanos nanoseconds since 1970 at which it was received
     */
    Result transmit(long address, int lengthBytes, long timestampNanos);

    /** Pushes out what {@link #transmit} may have queued; called when nothing more waits. */
    default void flush() {}

    /**
     * A descriptor that polls writable when a {@code BUSY} sink may take packets again, or -1; ask before each wait.
     */
    default int pollDescriptor() {
        return -1;
    }

    /**
     * What this side counts beside its stage, name to count in the order to show; may be called by any thread at any
     * time.
     */
    default Map<String, Long> details() {
        return Map.of();
    }

    /** Releases what this side holds; idempotent. */
    @Override
    void close();
}
