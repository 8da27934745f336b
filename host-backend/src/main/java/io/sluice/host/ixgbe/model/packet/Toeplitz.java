// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import io.sluice.shared.memory.Memory;

/**
 * The hash of receive-side scaling (7.1.2.8.1; Microsoft, "RSS Hashing Functions"): each bit of the input that is one
 * adds the 32 bits of the key that begin at its place. A table for each byte of the input makes that one look-up a byte.
 */
final class Toeplitz {
    /** The key's length. */
    static final int KEY_BYTES = 40;

    /** The longest input: two IPv6 addresses and two ports. */
    static final int MAX_INPUT_BYTES = 36;

    private static final int VALUES = 256;

    private final int[] table = new int[MAX_INPUT_BYTES * VALUES];

    /** Takes a key of {@link #KEY_BYTES}. */
    void key(byte[] key) {
        for (int at = 0; at < MAX_INPUT_BYTES; at++) {
            // The 39 bits of the key that the byte's eight bits look at, from the top of a word.
            long window = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                window = window << 8 | (at + i < KEY_BYTES ? key[at + i] & 0xFF : 0);
            }
            for (int value = 0; value < VALUES; value++) {
                int sum = 0;
                for (int bit = 0; bit < 8; bit++) {
                    if ((value & 0x80 >>> bit) != 0) {
                        sum ^= (int) (window << bit >>> 32);
                    }
                }
                table[at * VALUES + value] = sum;
            }
        }
    }

    /** What {@code lengthBytes} at {@code address} add to the hash, being the input's bytes from {@code at} on. */
    int part(long address, int lengthBytes, int at) {
        int sum = 0;
        for (int i = 0; i < lengthBytes; i++) {
            sum ^= table[(at + i) * VALUES + Memory.unsignedByteAt(address + i)];
        }
        return sum;
    }
}
