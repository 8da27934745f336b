// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import java.util.Map;
import java.util.Optional;

/**
 * Where packets enter or leave, opened for the directions that its chain uses. Source and sink may share a descriptor
 * and may be used by different threads. {@link #details} and {@link #failure} may be called by any thread at any time.
 */
public interface Endpoint extends AutoCloseable {
    /** What the user wrote, for tables and messages: {@code tap:lan}. */
    String name();

    /** The receiving side; an endpoint opened without one answers a source that never has a packet. */
    PacketSource source();

    /** The sending side; an endpoint opened without one throws {@link IllegalStateException}. */
    PacketSink sink();

    /**
     * What this endpoint counts beside its stage, name to count in the order to show: a checked stream's lost packets,
     * a socket's drops in the kernel. The names are lower case with dashes.
     */
    Map<String, Long> details();

    /**
     * Why this endpoint no longer works or ended early, in words for the user: a capture that is damaged, an interface
     * that was deleted, a full disk. Empty while all is well. It has been logged when it shows here.
     */
    Optional<String> failure();

    /**
     * Whether something takes what is sent and may send: false for an interface that is down. May be called by any thread
     * at any time, also often; the answer may be some milliseconds old.
     */
    default boolean carrier() {
        return failure().isEmpty();
    }

    /** Closes both sides and undoes what opening did to the system; idempotent. No thread may be using either side. */
    @Override
    void close();
}
