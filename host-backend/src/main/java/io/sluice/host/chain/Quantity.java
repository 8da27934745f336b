// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads numbers with units as users write them: {@code 2KiB}, {@code 250ms}. */
public final class Quantity {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]{1,18})([A-Za-z]*)");

    private static final Map<String, Long> NANOS =
            Map.of("ns", 1L, "us", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L, "min", 60_000_000_000L);

    private static final Map<String, Long> BYTES =
            Map.of("", 1L, "B", 1L, "k", 1L << 10, "KiB", 1L << 10, "M", 1L << 20, "MiB", 1L << 20, "GiB", 1L << 30);

    private Quantity() {}

    /**
     * A duration in nanoseconds: a whole number directly followed by ns, us, ms, s or min.
     *
     * @throws IllegalArgumentException that says how a duration is written
     */
    public static long nanos(String text) {
        return read(text, NANOS, "a duration is written as 500us, 250ms, 1s or 2min");
    }

    /**
     * A size in bytes: a whole number, which k, KiB, M, MiB or GiB may follow directly; k and M are the same as KiB and
     * MiB.
     *
     * @throws IllegalArgumentException that says how a size is written
     */
    public static long bytes(String text) {
        return read(text, BYTES, "a size is written as 2048, 2KiB or 1MiB");
    }

    private static long read(String text, Map<String, Long> units, String rule) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        if (!matcher.matches() || !units.containsKey(matcher.group(2))) {
            throw new IllegalArgumentException(rule);
        }
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), units.get(matcher.group(2)));
        } catch (ArithmeticException overflow) {
            throw new IllegalArgumentException("this is too large a number", overflow);
        }
    }
}
