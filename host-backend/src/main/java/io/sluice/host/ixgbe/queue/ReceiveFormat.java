// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

/**
 * Where a card says what in a receive descriptor that it has filled. Software gives it the buffer's address in the first
 * word and 0 in the second; what counts is in the second, written last.
 *
 * <pre>
 *                       LEGACY (7.1.5)     ADVANCED, one buffer (7.1.6)
 *   descriptor done     32                 0
 *   end of packet       33                 1
 *   frame errors        40..45             24..29
 *   length              0..15              32..47
 *   the address         stays              is overwritten
 * </pre>
 *
 * Legacy descriptors are the cheaper ones; pools need advanced ones (7.1.5).
 */
public enum ReceiveFormat {
    LEGACY(1L << 32, 1L << 33, 0x3BL << 40, 0),
    ADVANCED(1L, 1L << 1, 0x3BL << 24, 32);

    /** Set once the card has let go of the descriptor. */
    final long done;

    final long endOfPacket;

    /** CRC, length, symbol and size errors; not those of a checksum further up, which are for whoever reads it. */
    final long frameErrors;

    final int lengthShift;

    ReceiveFormat(long done, long endOfPacket, long frameErrors, int lengthShift) {
        this.done = done;
        this.endOfPacket = endOfPacket;
        this.frameErrors = frameErrors;
        this.lengthShift = lengthShift;
    }
}
