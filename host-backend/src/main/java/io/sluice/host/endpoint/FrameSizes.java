// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import java.util.regex.Pattern;

/**
 * Which frame sizes a generator sends. Sizes are as testers count them, with the check sequence of 4 bytes that a card
 * adds (RFC 2544), so a slot holds 4 bytes fewer: {@code size=64} is 60 bytes in a slot.
 */
final class FrameSizes {
    static final int FCS_BYTES = 4;

    /** Largest frame: jumbo frames of 9000 bytes of payload with room for tags. */
    static final int MAX_FRAME_BYTES = 9216;

    /** The simple Internet mix: 7 of 64, 4 of 594, 1 of 1518 bytes. */
    private static final int[] IMIX = {64, 64, 64, 64, 64, 64, 64, 594, 594, 594, 594, 1518};

    private static final Pattern FORM = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");

    private final int[] choices;
    private final int least;
    private final int span;
    private long state;

    private FrameSizes(int[] choices, int least, int span, long seed) {
        this.choices = choices;
        this.least = least;
        this.span = span;
        this.state = seed;
    }

    /**
     * Sizes from the option {@code size}: {@code 64}, {@code 64-1518} or {@code imix}.
     *
     * @param leastLength the shortest packet, in bytes of a slot, that has room for headers and {@link StreamMark};
     *     smaller frames of {@code imix} are made so long
     * @param seed of the choice
     */
    static FrameSizes of(EndpointRequest request, int leastLength, long seed) {
        final String text = request.text("size", "64");
        if (text.equals("imix")) {
            final int[] lengths = new int[IMIX.length];
            for (int i = 0; i < IMIX.length; i++) {
                lengths[i] = Math.max(IMIX[i] - FCS_BYTES, leastLength);
            }
            return new FrameSizes(lengths, 0, 0, seed);
        }
        final var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw request.wrong("size", "write a size as 64, a range as 64-1518, or imix");
        }
        final int low = Integer.parseInt(matcher.group(1));
        final int high = matcher.group(2) == null ? low : Integer.parseInt(matcher.group(2));
        final int leastSize = leastLength + FCS_BYTES;
        if (low < leastSize || high < low || high > MAX_FRAME_BYTES) {
            throw request.wrong(
                    "size", "frames with these headers are from " + leastSize + " to " + MAX_FRAME_BYTES + " bytes");
        }
        return new FrameSizes(null, low - FCS_BYTES, high - low + 1, seed);
    }

    /** The next packet's length in its slot. */
    int nextLengthBytes() {
        if (span == 1) {
            return least;
        }
        // splitmix64; the upper bits scaled to the range
        state += 0x9E37_79B9_7F4A_7C15L;
        long mixed = (state ^ state >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D0_49BB_1331_11EBL;
        final long bits = mixed >>> 33;
        return choices != null ? choices[(int) (bits * choices.length >>> 31)] : least + (int) (bits * span >>> 31);
    }
}
