// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import io.sluice.shared.memory.Memory;

/**
 * Ethernet's frame check sequence (IEEE 802.3, 3.2.9), for frames whose driver brings or wants to see their own, and
 * SCTP's checksum (RFC 9260, appendix A).
 */
final class FrameCheck {
    static final int BYTES = 4;

    private static final int[] ETHERNET = table(0xEDB8_8320);
    private static final int[] SCTP = table(0x82F6_3B78);

    private FrameCheck() {}

    private static int[] table(int polynomial) {
        final int[] table = new int[256];
        for (int value = 0; value < table.length; value++) {
            int rest = value;
            for (int bit = 0; bit < 8; bit++) {
                rest = (rest & 1) == 0 ? rest >>> 1 : rest >>> 1 ^ polynomial;
            }
            table[value] = rest;
        }
        return table;
    }

    /** The sequence of {@code lengthBytes} at {@code address}; it follows the frame in little-endian order. */
    static int of(long address, int lengthBytes) {
        return ~more(ETHERNET, -1, address, lengthBytes);
    }

    /**
     * SCTP's checksum of the packet at {@code address}, whose field counts as zero; it stands in its field in
     * little-endian order.
     */
    static int sctp(long address, int lengthBytes) {
        int crc = more(SCTP, -1, address, 8);
        for (int at = 0; at < Integer.BYTES; at++) {
            crc = SCTP[crc & 0xFF] ^ crc >>> 8;
        }
        return ~more(SCTP, crc, address + 12, lengthBytes - 12);
    }

    private static int more(int[] table, int start, long address, int lengthBytes) {
        int crc = start;
        for (int at = 0; at < lengthBytes; at++) {
            crc = table[(crc ^ Memory.byteAt(address + at)) & 0xFF] ^ crc >>> 8;
        }
        return crc;
    }
}
