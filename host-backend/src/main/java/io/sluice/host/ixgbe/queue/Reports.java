// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

/**
 * What a transmit queue has been given and has not reported yet, in the pieces in which it will: up to each descriptor
 * that asks for a report, how many packets and bytes there were in all.
 */
final class Reports {
    private final long[] ends;
    private final long[] packets;
    private final long[] bytes;
    private final int mask;
    private long first;
    private long count;
    private long packetsGiven;
    private long bytesGiven;
    private long packetsSent;
    private long bytesSent;

    /** Room for {@code capacity} pieces, a power of two. */
    Reports(int capacity) {
        ends = new long[capacity];
        packets = new long[capacity];
        bytes = new long[capacity];
        mask = capacity - 1;
    }

    /** Packets were given to the queue. */
    void give(int count, long lengthBytes) {
        packetsGiven += count;
        bytesGiven += lengthBytes;
    }

    /** A piece ends before the descriptor of {@code position}. */
    void end(long position) {
        final int i = (int) (first + count) & mask;
        ends[i] = position;
        packets[i] = packetsGiven;
        bytes[i] = bytesGiven;
        count++;
    }

    /** The end of the last piece that ends at {@code position} or before, or {@code none} where no piece does. */
    long reported(long position, long none) {
        long reached = none;
        while (count > 0 && ends[(int) first & mask] <= position) {
            final int i = (int) first & mask;
            reached = ends[i];
            packetsSent = packets[i];
            bytesSent = bytes[i];
            first++;
            count--;
        }
        return reached;
    }

    /** Whether a piece ends at {@code position} or before. */
    boolean endsBy(long position) {
        return count > 0 && ends[(int) first & mask] <= position;
    }

    /** Packets sent, as reported. */
    long packetsSent() {
        return packetsSent;
    }

    long bytesSent() {
        return bytesSent;
    }

    /** Packets given and not reported. */
    long packetsInFlight() {
        return packetsGiven - packetsSent;
    }

    /** Takes what is in flight for lost. */
    void lose() {
        packetsGiven = packetsSent;
        bytesGiven = bytesSent;
        first += count;
        count = 0;
    }
}
