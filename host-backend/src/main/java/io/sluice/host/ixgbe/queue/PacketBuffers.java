// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

/**
 * A ring's buffers as a card knows them.
 *
 * @param deviceAddress of the first slot's buffer
 * @param slots a power of two
 * @param bufferBytes from one buffer to the next
 * @param headroom where in its buffer a received packet begins
 */
public record PacketBuffers(long deviceAddress, int slots, int bufferBytes, int headroom) {
    /** Where the packet of the slot at {@code position} lies that begins at {@code offset} of its buffer. */
    long at(long position, int offset) {
        return deviceAddress + (position & slots - 1) * bufferBytes + offset;
    }

    /** What a card may write to a buffer: the largest size in KiB that it knows and that fits behind the headroom. */
    public int receiveKibibytes() {
        return Math.min(16, (bufferBytes - headroom) / 1024);
    }
}
