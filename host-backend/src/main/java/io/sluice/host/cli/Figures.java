// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import java.util.List;
import java.util.Locale;

/** Numbers as a person reads them: three digits that count, and a unit. */
final class Figures {
    private static final List<String> THOUSANDS = List.of("", "k", "M", "G", "T", "P");
    private static final List<String> TIMES = List.of("ns", "us", "ms", "s");
    private static final double NANOS_PER_MINUTE = 60e9;

    private Figures() {}

    /** {@code 1,234,567} */
    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** {@code 1.23 M}: of what, the column's title says. */
    static String rate(double value) {
        return scaled(value, THOUSANDS, "");
    }

    /** {@code 1.23 MB} */
    static String bytes(long value) {
        return scaled(value, THOUSANDS, "B");
    }

    /** {@code 12.3 us} */
    static String nanos(long value) {
        return value < NANOS_PER_MINUTE ? scaled(value, TIMES, "") : duration(value);
    }

    /** {@code 12 s}, {@code 4 min}, {@code 3 h 20 min}, {@code 5 d 3 h} */
    static String duration(long nanos) {
        final long seconds = nanos / 1_000_000_000L;
        final long minutes = seconds / 60;
        final long hours = minutes / 60;
        if (seconds < 120) {
            return seconds + " s";
        }
        if (minutes < 120) {
            return minutes + " min";
        }
        return hours < 48 ? hours + " h " + minutes % 60 + " min" : hours / 24 + " d " + hours % 24 + " h";
    }

    /** Eight characters, filled as far as {@code part} fills {@code whole}. */
    static String bar(long part, long whole) {
        final int width = 8;
        final int filled = whole == 0 ? 0 : (int) Math.ceilDiv(Math.clamp(part, 0, whole) * width, whole);
        return "#".repeat(filled) + ".".repeat(width - filled);
    }

    private static String scaled(double value, List<String> prefixes, String unit) {
        double scaled = value;
        int prefix = 0;
        // What would be shown as 1000 is shown as 1.00 of the next.
        while (scaled >= 999.5 && prefix < prefixes.size() - 1) {
            scaled /= 1000;
            prefix++;
        }
        final boolean whole = prefix == 0 && scaled == Math.rint(scaled);
        final int decimals = whole || scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
        final String number = String.format(Locale.ROOT, "%." + decimals + "f", scaled);
        final String suffix = prefixes.get(prefix) + unit;
        return suffix.isEmpty() ? number : number + ' ' + suffix;
    }
}
