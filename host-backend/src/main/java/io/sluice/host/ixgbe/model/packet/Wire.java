// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import io.sluice.host.endpoint.PacketSource;
import io.sluice.shared.pacing.WaitSet;
import java.util.Map;

/** What a card's port is plugged into. Frames on it have no check sequence. Used by one thread at a time. */
public interface Wire extends AutoCloseable {
    /**
     * Receives at most one frame.
     *
     * @return as {@link PacketSource#receive}: its length, or {@link PacketSource#NOTHING} or {@link
     *     PacketSource#OVERSIZE}; never {@link PacketSource#END}
     */
    int receive(long address, int capacityBytes);

    /**
     * Sends one frame.
     *
     * @return false where there is no room now: it is to be offered again
     */
    boolean transmit(long address, int lengthBytes);

    /** Pushes out what {@link #transmit} may have queued; called when nothing more waits. */
    default void flush() {}

    /** Whether something is at the other end. */
    boolean carrier();

    /**
     * Names to {@code waitSet} what ends a sleep of whoever waits for this wire.
     *
     * @return false where only asking tells
     */
    boolean arm(WaitSet waitSet);

    /** What this wire counts, for a person to read. */
    default Map<String, Long> details() {
        return Map.of();
    }

    /** Unplugs; idempotent. */
    @Override
    void close();
}
