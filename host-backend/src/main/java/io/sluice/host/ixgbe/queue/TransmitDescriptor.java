// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

/**
 * The transmit descriptor that the data path writes.
 *
 * <pre>
 *   legacy (7.2.3.2.2), 16 bytes
 *     0  address   u64   of the packet's first byte, as the card knows it
 *     8  word      u64   0..15 length, 24 end of packet, 25 insert the check sequence, 27 report status
 * </pre>
 *
 * A length of 0 makes it a null descriptor: the card sends nothing for it, and reports its status where asked.
 */
public final class TransmitDescriptor {
    public static final int BYTES = 16;
    public static final int WORD_OFFSET = 8;

    public static final long END_OF_PACKET = 1L << 24;
    public static final long INSERT_CHECK_SEQUENCE = 1L << 25;
    public static final long REPORT_STATUS = 1L << 27;

    /** All that a packet's word has beside its length. */
    public static final long PACKET = END_OF_PACKET | INSERT_CHECK_SEQUENCE;

    /** Sends nothing. */
    public static final long NULL = END_OF_PACKET;

    /** Shorter frames stop a card (Linux's ixgbe pads them for that); they are padded to this. */
    public static final int MIN_LENGTH = 17;

    private TransmitDescriptor() {}
}
