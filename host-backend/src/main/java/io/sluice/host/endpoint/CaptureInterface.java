// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

/**
 * One interface of a pcapng section, and how its timestamps are told.
 *
 * @param linkType LINKTYPE_ number
 * @param snapBytes most bytes captured of a packet; 0: no limit
 * @param resolution if_tsresol: a power of ten, or of two with the highest bit set, of parts per second
 * @param offsetSeconds if_tsoffset, added to each timestamp
 * @param fcsBytes check sequence at the end of each packet
 */
record CaptureInterface(int linkType, long snapBytes, int resolution, long offsetSeconds, int fcsBytes) {
    static final int MICROSECONDS = 6;
    private static final int MAX_DECIMAL = 18;
    private static final int MAX_BINARY = 63;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long[] POWERS_OF_TEN = new long[MAX_DECIMAL + 1];

    static {
        POWERS_OF_TEN[0] = 1;
        for (int i = 1; i <= MAX_DECIMAL; i++) {
            POWERS_OF_TEN[i] = POWERS_OF_TEN[i - 1] * 10;
        }
    }

    /** False for a resolution finer than any clock, which cannot be calculated with. */
    boolean resolutionKnown() {
        return binary() ? exponent() <= MAX_BINARY : exponent() <= MAX_DECIMAL;
    }

    private boolean binary() {
        return (resolution & 0x80) != 0;
    }

    private int exponent() {
        return resolution & 0x7F;
    }

    /** Nanoseconds since 1970 of an unsigned 64-bit timestamp in this interface's units. */
    long nanos(long units) {
        return offsetSeconds * NANOS_PER_SECOND + (binary() ? binaryNanos(units) : decimalNanos(units));
    }

    private long decimalNanos(long units) {
        final long perSecond = POWERS_OF_TEN[exponent()];
        final long seconds = Long.divideUnsigned(units, perSecond);
        final long parts = Long.remainderUnsigned(units, perSecond);
        final long nanos =
                exponent() <= 9 ? parts * POWERS_OF_TEN[9 - exponent()] : parts / POWERS_OF_TEN[exponent() - 9];
        return seconds * NANOS_PER_SECOND + nanos;
    }

    private long binaryNanos(long units) {
        final int bits = exponent();
        if (bits == 0) {
            return units * NANOS_PER_SECOND;
        }
        final long seconds = units >>> bits;
        final long parts = units & ((1L << bits) - 1);
        // parts * 10^9 / 2^bits in 128 bits
        final long high = Math.unsignedMultiplyHigh(parts, NANOS_PER_SECOND);
        final long low = parts * NANOS_PER_SECOND;
        return seconds * NANOS_PER_SECOND + (high << (64 - bits) | low >>> bits);
    }
}
