// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

/**
 * A slot: what a stage says of the packet in the slot's buffer.
 *
 * <pre>
 *   slot, 16 bytes, written by the stage whose turn it is
 *     0  word   u64   read once into a local, then checked
 *          bits  0..15  length    bytes of the packet
 *          bits 16..31  offset    first byte of the packet, from the start of the buffer
 *          bits 32..47  flags     {@link #FLAG_ANSWER}, {@link #FLAG_LIVE_TIMESTAMP}
 *          bits 48..63  outputs   one bit per output of the last stage; none: the packet is dropped
 *     8  user   u64   nanoseconds since 1970 at which the packet was received
 * </pre>
 */
public final class SlotWord {
    public static final int SLOT_BYTES = 16;
    public static final int USER_OFFSET = 8;

    /** The packet is an answer made in place: stages on its way pass it on as it is. */
    public static final int FLAG_ANSWER = 1;

    /** The user word was taken from this host's clock at reception, so the time since then is a latency. */
    public static final int FLAG_LIVE_TIMESTAMP = 2;

    /** Output bit of the endpoint at the far end of the ring. */
    public static final int OUTPUT_FORWARD = 1;

    /** Output bit of the endpoint that the packet came from, where that endpoint can send. */
    public static final int OUTPUT_BACK = 2;

    /** The word of a slot without a packet. */
    public static final long NO_PACKET = 0;

    private SlotWord() {}

    public static long pack(int lengthBytes, int offsetBytes, int flags, int outputs) {
        return lengthBytes | (long) offsetBytes << 16 | (long) flags << 32 | (long) outputs << 48;
    }

    public static int length(long word) {
        return (int) word & 0xFFFF;
    }

    public static int offset(long word) {
        return (int) word >>> 16;
    }

    public static int flags(long word) {
        return (int) (word >>> 32) & 0xFFFF;
    }

    public static int outputs(long word) {
        return (int) (word >>> 48);
    }

    /** Whether stages let the slot pass as it is: there is no packet in it, or an answer on its way back. */
    public static boolean bypasses(long word) {
        final int high = (int) (word >>> 32);
        return (high & FLAG_ANSWER) != 0 || high >>> 16 == 0;
    }

    /** {@code word} with other outputs. */
    public static long withOutputs(long word, int outputs) {
        return word & 0xFFFF_FFFF_FFFFL | (long) outputs << 48;
    }

    /** Whether {@code outputMask} has no other bits than those that mean something. */
    public static boolean isOutputMask(int outputMask) {
        return (outputMask & ~(OUTPUT_FORWARD | OUTPUT_BACK)) == 0;
    }
}
