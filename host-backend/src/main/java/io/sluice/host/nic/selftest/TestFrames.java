// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.MacAddress;
import io.sluice.shared.memory.Memory;

/**
 * Frames that a card sends to itself.
 *
 * <pre>
 *   Ethernet   from the card's address to the card's address
 *   IPv4       198.18.0.1 to 198.19.0.1       networks for tests, RFC 2544
 *   UDP        port 9 to port 9, discard; no checksum
 *   42  number u32, bytes that depend on it
 * </pre>
 */
final class TestFrames {
    static final int LEAST_BYTES = 60;
    static final int MOST_BYTES = 1514;

    private static final int ETHERNET_BYTES = 14;
    private static final int IP_BYTES = 20;
    private static final int PAYLOAD = ETHERNET_BYTES + IP_BYTES + 8;
    private static final int IPV4 = 0x0800;
    private static final int IP_START = 0x4500;
    private static final int TTL_UDP = 64 << 8 | 17;
    private static final int DISCARD = 9;
    private static final int[] ADDRESSES = {198 << 8 | 18, 1, 198 << 8 | 19, 1};

    private TestFrames() {}

    /** Writes the {@code number}-th frame, of {@code lengthBytes}, to its place in the bench's memory: where that is. */
    static long write(Bench bench, int number, int lengthBytes) throws CardException {
        final long at = bench.memory().sending(number % TestMemory.FRAMES);
        final MacAddress own = bench.card().macAddress();
        address(at, own);
        address(at + 6, own);
        word(at + 12, IPV4);
        final long ip = at + ETHERNET_BYTES;
        word(ip, IP_START);
        word(ip + 2, lengthBytes - ETHERNET_BYTES);
        word(ip + 4, 0);
        word(ip + 6, 0);
        word(ip + 8, TTL_UDP);
        word(ip + 10, 0);
        for (int i = 0; i < ADDRESSES.length; i++) {
            word(ip + 12 + 2 * i, ADDRESSES[i]);
        }
        word(ip + 10, checksum(ip));
        word(ip + IP_BYTES, DISCARD);
        word(ip + IP_BYTES + 2, DISCARD);
        word(ip + IP_BYTES + 4, lengthBytes - ETHERNET_BYTES - IP_BYTES);
        word(ip + IP_BYTES + 6, 0);
        Memory.intAt(at + PAYLOAD, number);
        for (int i = PAYLOAD + Integer.BYTES; i < lengthBytes; i++) {
            Memory.byteAt(at + i, (byte) (31 * number + 7 * i + (i >>> Byte.SIZE)));
        }
        return at;
    }

    private static void address(long at, MacAddress address) {
        word(at, (int) (address.bits() >>> 32));
        word(at + 2, (int) (address.bits() >>> 16));
        word(at + 4, (int) address.bits());
    }

    private static void word(long at, int value) {
        Memory.shortNetwork(at, (short) value);
    }

    /** RFC 791, 3.1. */
    private static int checksum(long ip) {
        int sum = 0;
        for (int i = 0; i < IP_BYTES; i += 2) {
            sum += Memory.unsignedShortNetwork(ip + i);
        }
        sum = (sum & 0xFFFF) + (sum >>> Short.SIZE);
        return ~(sum + (sum >>> Short.SIZE));
    }
}
