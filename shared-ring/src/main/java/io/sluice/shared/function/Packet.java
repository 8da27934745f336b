// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.function;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.SlotWord;

/**
 * The packet in a slot, as a packet function sees it: an Ethernet frame without its check sequence, in place.
 *
 * <p>One object serves all packets of a stage; a function must not keep it. Unless the function decides otherwise, the
 * packet goes on to the far end of its ring. The slot word was validated before the function was called, so
 * {@code [address, address + length)} lies in the slot's buffer; the bytes are shared with the other parties of the
 * region and may change while they are read if one of those misbehaves, so what was checked should be kept in a local.
 */
public final class Packet {
    private long buffer;
    private int bufferBytes;
    private long word;
    /** Where the user word is that holds the timestamp, which few functions want; 0 where it is in the next field. */
    private long slot;

    private long timestampNanos;
    private DropReason dropReason;

    /** Turns this object to a slot's packet; the caller has checked that offset and length lie in the buffer. */
    public void wrap(long bufferAddress, int bufferBytes, long word, long timestampNanos) {
        within(bufferBytes);
        turnTo(0, bufferAddress, word);
        this.timestampNanos = timestampNanos;
    }

    /** Says once for all slots of a ring how long their buffers are; {@link #turnTo} says the rest for each. */
    void within(int bufferBytes) {
        this.bufferBytes = bufferBytes;
    }

    /** As {@link #wrap}, for a packet of whose slot nothing but the word has been read yet. */
    void turnTo(long slotAddress, long bufferAddress, long word) {
        this.slot = slotAddress;
        this.buffer = bufferAddress;
        this.word = word;
    }

    /** The slot word that says what the function decided. */
    public long word() {
        return word;
    }

    /** Address of the first byte of the Ethernet header. */
    public long address() {
        return buffer + SlotWord.offset(word);
    }

    /** Bytes from the Ethernet header to the end of the payload. */
    public int length() {
        return SlotWord.length(word);
    }

    /** Nanoseconds since 1970 at which the packet entered the ring; a replayed capture's own time. */
    public long timestampNanos() {
        return slot == 0 ? timestampNanos : Memory.longAt(slot + SlotWord.USER_OFFSET);
    }

    /** Does not pass the packet on, and counts it under {@code reason}. */
    public void drop(DropReason reason) {
        word = SlotWord.withOutputs(word, 0);
        dropReason = reason;
    }

    /** Sends the packet back to where it came from, past the functions that follow. */
    public void answer() {
        word = SlotWord.pack(length(), headroom(), SlotWord.flags(word) | SlotWord.FLAG_ANSWER, SlotWord.OUTPUT_BACK);
    }

    /**
     * Sends the packet to the outputs whose bits are set, {@link SlotWord#OUTPUT_FORWARD} and {@link
     * SlotWord#OUTPUT_BACK}; none drops it.
     *
     * @throws IllegalArgumentException for a bit that no ring has an output for: the host would end the chain for it
     */
    public void forward(int outputMask) {
        if (!SlotWord.isOutputMask(outputMask)) {
            throw new IllegalArgumentException("outputMask=0b" + Integer.toBinaryString(outputMask)
                    + ": a ring has the outputs 0b1, its far end, and 0b10, where the packet came from");
        }
        word = SlotWord.withOutputs(word, outputMask);
        if (outputMask == 0) {
            dropReason = DropReason.OTHER;
        }
    }

    /** Why the packet was dropped, or null. */
    public DropReason dropReason() {
        return SlotWord.outputs(word) == 0 ? dropReason : null;
    }

    /** Bytes that {@link #growFront} may still take. */
    public int headroom() {
        return SlotWord.offset(word);
    }

    /** Bytes that {@link #resize} may still add. */
    public int tailroom() {
        return bufferBytes - headroom() - length();
    }

    /** Moves the start of the packet by {@code bytes} towards the front (an encapsulation), or back where negative. */
    public void growFront(int bytes) {
        if (bytes > headroom() || bytes < -length()) {
            throw new IllegalArgumentException("bytes=" + bytes + " headroom=" + headroom() + " length=" + length());
        }
        place(headroom() - bytes, length() + bytes);
    }

    /** Sets the packet's length, keeping its start. */
    public void resize(int lengthBytes) {
        if (lengthBytes < 0 || lengthBytes > bufferBytes - headroom()) {
            throw new IllegalArgumentException("lengthBytes=" + lengthBytes + " room=" + (bufferBytes - headroom()));
        }
        place(headroom(), lengthBytes);
    }

    private void place(int offset, int length) {
        word = SlotWord.pack(length, offset, SlotWord.flags(word), SlotWord.outputs(word));
    }

    /** An unsigned byte at {@code index}, which must be below {@link #length()}. */
    public int unsignedByte(int index) {
        return Memory.unsignedByteAt(address() + checked(index, 1));
    }

    public void setByte(int index, int value) {
        Memory.byteAt(address() + checked(index, 1), (byte) value);
    }

    /** An unsigned 16-bit value in network order at {@code index}. */
    public int unsignedShort(int index) {
        return Memory.unsignedShortNetwork(address() + checked(index, 2));
    }

    public void setShort(int index, int value) {
        Memory.shortNetwork(address() + checked(index, 2), (short) value);
    }

    /** A 32-bit value in network order at {@code index}. */
    public int int32(int index) {
        return Memory.intNetwork(address() + checked(index, 4));
    }

    public void setInt32(int index, int value) {
        Memory.intNetwork(address() + checked(index, 4), value);
    }

    /** A 64-bit value in network order at {@code index}. */
    public long int64(int index) {
        return Memory.longNetwork(address() + checked(index, 8));
    }

    private int checked(int index, int bytes) {
        if (index < 0 || index > length() - bytes) {
            throw new IndexOutOfBoundsException("index=" + index + " bytes=" + bytes + " length=" + length());
        }
        return index;
    }
}
