// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

/** Where packets enter a ring: the receiving side of an endpoint. Used by one thread at a time. */
public interface PacketSource extends AutoCloseable {
    /** {@link #receive} found no packet now. */
    int NOTHING = -1;

    /** {@link #receive} will never find one again: a capture has been read, a generator has sent its count. */
    int END = -2;

    /** {@link #receive} met a packet longer than the buffer; it is gone and is to be counted as dropped. */
    int OVERSIZE = -3;

    /**
     * Receives at most one Ethernet frame, without check sequence, to {@code address}.
     *
     * @param capacityBytes room at {@code address}
     * @return the frame's length in bytes, or {@link #NOTHING}, {@link #END} or {@link #OVERSIZE}
     */
    int receive(long address, int capacityBytes);

    /**
     * Nanoseconds since 1970 of the packet last received where the source knows better than the clock (a capture), or 0:
     * the stage then stamps it with the current time.
     */
    default long timestampNanos() {
        return 0;
    }

    /** A descriptor that polls readable when {@link #receive} may find a packet, or -1 where it never has to wait. */
    default int pollDescriptor() {
        return -1;
    }

    /**
     * How long from now the next packet is due where the source keeps a rate, in nanoseconds; 0 when {@link #receive}
     * may be called at once or when only the descriptor tells.
     */
    default long nextDueNanos() {
        return 0;
    }

    /** Releases what this side holds; idempotent. */
    @Override
    void close();
}
