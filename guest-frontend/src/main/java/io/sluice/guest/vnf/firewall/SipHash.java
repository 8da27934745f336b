// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

/**
 * SipHash-1-3 over whole 64-bit words (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): someone who
 * does not know the key cannot choose flows that share a place in a table.
 */
final class SipHash {
    private static final int FINAL_ROUNDS = 3;

    private final long key0;
    private final long key1;

    /** A hash with a key of 128 bits, the first of them in the low bits of {@code key0}. */
    SipHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** The hash of {@code count} words from {@code first} on, as of {@code 8 * count} little-endian bytes. */
    long hash(long[] words, int first, int count) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L;
        for (int i = 0; i <= count + FINAL_ROUNDS; i++) {
            final long word = i < count ? words[first + i] : i == count ? (long) count << 59 : 0;
            if (i == count + 1) {
                v2 ^= 0xFF;
            }
            v3 ^= word;
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
            v0 ^= word;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
