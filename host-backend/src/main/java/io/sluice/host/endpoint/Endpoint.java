// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

/**
 * Where packets enter or leave, opened for the directions that its chain uses. Source and sink may share a descriptor
 * and may be used by different threads.
 */
public interface Endpoint extends AutoCloseable {
    /** What the user wrote, for tables and messages: {@code tap:lan}. */
    String name();

    /** The receiving side; an endpoint opened without one answers a source that never has a packet. */
    PacketSource source();

    /** The sending side; an endpoint opened without one throws {@link IllegalStateException}. */
    PacketSink sink();

    /** Closes both sides and undoes what opening did to the system; idempotent. */
    @Override
    void close();
}
