// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.pacing.WaitSet;
import java.util.Map;

/** Where packets enter a ring: the receiving side of an endpoint. Used by one thread at a time. */
public interface PacketSource extends AutoCloseable {
    /** {@link #receive} found no packet now. */
    int NOTHING = -1;

    /** {@link #receive} will never find one again: a capture has been read, a generator has sent its count. */
    int END = -2;

    /** {@link #receive} met a packet longer than the buffer; it is gone and is to be counted as dropped. */
    int OVERSIZE = -3;

    /** {@link #nextDueNanos} of a source that will not have a packet: wait for something else. */
    long NEVER = Long.MAX_VALUE;

    /**
     * Receives at most one Ethernet frame, without check sequence, to {@code address}. Whatever the result, the bytes
     * in {@code [address, address + capacityBytes)} may have been written to.
     *
     * @param capacityBytes room at {@code address}
     * @return the frame's length in bytes, at least 1, or {@link #NOTHING}, {@link #END} or {@link #OVERSIZE}
     */
    int receive(long address, int capacityBytes);

    /**
     * Nanoseconds since 1970 of the packet last received where the source knows better than the clock (a capture), or
     * 0: the stage then stamps it with the current time.
     */
    default long timestampNanos() {
        return 0;
    }

    /**
     * A descriptor that polls readable when {@link #receive} may find a packet, or -1 where no descriptor tells. It
     * becomes -1 when the source breaks (its descriptor would poll as an error for ever), so ask before each wait.
     */
    default int pollDescriptor() {
        return -1;
    }

    /**
     * After {@link #NOTHING}: how long from now the next packet is due, in nanoseconds, where the source keeps a rate;
     * 0 where {@link #receive} may be called at once or only the descriptor tells; {@link #NEVER} where none will come.
     */
    default long nextDueNanos() {
        return 0;
    }

    /**
     * After {@link #NOTHING}: names to {@code waitSet} what ends a sleep of whoever waits for the next packet.
     *
     * @return false where only asking tells
     */
    default boolean arm(WaitSet waitSet) {
        final long dueNanos = nextDueNanos();
        final int descriptor = pollDescriptor();
        if (dueNanos > 0) {
            waitSet.dueIn(dueNanos);
        } else if (descriptor < 0) {
            return false;
        }
        if (descriptor >= 0) {
            waitSet.awaitReadable(descriptor);
        }
        return true;
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
