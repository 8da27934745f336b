// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Numbers with units as users write them: {@code 1k}, {@code 14.88M}, {@code 30s}. The number may have a decimal point
 * as long as the whole comes out even.
 */
public final class Quantity {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?)([A-Za-z]*)");

    private static final Map<String, Long> COUNTS =
            Map.of("", 1L, "k", 1_000L, "K", 1_000L, "M", 1_000_000L, "G", 1_000_000_000L);

    private static final Map<String, Long> BYTES = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("B", 1L),
            Map.entry("k", 1L << 10),
            Map.entry("K", 1L << 10),
            Map.entry("KiB", 1L << 10),
            Map.entry("M", 1L << 20),
            Map.entry("MiB", 1L << 20),
            Map.entry("G", 1L << 30),
            Map.entry("GiB", 1L << 30));

    private static final Map<String, Long> NANOS = Map.of(
            "ns",
            1L,
            "us",
            1_000L,
            "ms",
            1_000_000L,
            "s",
            1_000_000_000L,
            "min",
            60_000_000_000L,
            "h",
            3_600_000_000_000L);

    private Quantity() {}

    /**
     * A number of things, or things per second: k, M and G are powers of ten.
     *
     * @throws IllegalArgumentException that says how one is written
     */
    public static long count(String text) {
        return read(text, COUNTS, "a number is written as 250, 100k or 14.88M");
    }

    /**
     * A size in bytes: k, M and G are powers of 1024, and so are KiB, MiB and GiB.
     *
     * @throws IllegalArgumentException that says how one is written
     */
    public static long bytes(String text) {
        return read(text, BYTES, "a size is written as 2048, 2k or 1M");
    }

    /**
     * A duration in nanoseconds.
     *
     * @throws IllegalArgumentException that says how one is written
     */
    public static long nanos(String text) {
        return read(text, NANOS, "a duration is written as 500us, 250ms, 30s or 2min");
    }

    private static long read(String text, Map<String, Long> units, String rule) {
        final var matcher = FORM.matcher(text);
        if (!matcher.matches() || !units.containsKey(matcher.group(2))) {
            throw new IllegalArgumentException(rule);
        }
        try {
            return new BigDecimal(matcher.group(1))
                    .multiply(BigDecimal.valueOf(units.get(matcher.group(2))))
                    .longValueExact();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(rule + "; this one is too large or leaves a fraction", e);
        }
    }
}
