// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A packet function's options as values; whatever is wrong becomes an {@link IllegalArgumentException} that names the
 * option and says what would be right.
 */
public final class Options {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)?");

    private final Map<String, List<String>> given;

    /** The options given to {@code function}, all of which must be in {@code known}. */
    public Options(String function, Map<String, String> known, Map<String, List<String>> given) {
        this.given = given;
        for (final String name : given.keySet()) {
            if (!known.containsKey(name)) {
                throw new IllegalArgumentException("unknown option " + name + Suggestion.among(known.keySet(), name)
                        + (known.isEmpty()
                                ? "; " + function + " has no options"
                                : "; " + function + " understands " + String.join(" ", known.keySet())));
            }
        }
    }

    /** All values given for an option, in order. */
    public List<String> all(String name) {
        return given.getOrDefault(name, List.of());
    }

    /** The value of an option, or {@code otherwise}. */
    public String text(String name, String otherwise) {
        final List<String> values = all(name);
        if (values.size() > 1) {
            throw new IllegalArgumentException(name + " is given " + values.size() + " times; give it once");
        }
        return values.isEmpty() ? otherwise : values.getFirst();
    }

    /** One of {@code choices}, or {@code otherwise} where the option is not given. */
    public String choice(String name, String otherwise, String... choices) {
        final String value = text(name, otherwise);
        if (!all(name).isEmpty() && !List.of(choices).contains(value)) {
            throw new IllegalArgumentException(name + "=" + value + ": the choices are " + String.join(", ", choices));
        }
        return value;
    }

    /** A yes or no, {@code false} where the option is not given; the bare option means yes. */
    public boolean flag(String name) {
        final String value = text(name, "false");
        return value.isEmpty() || choice(name, "false", "false", "true").equals("true");
    }

    /** A whole number from {@code min} to {@code max}. */
    public int number(String name, int otherwise, int min, int max) {
        final String value = text(name, Integer.toString(otherwise));
        if (value.matches("\\d{1,9}") && Integer.parseInt(value) >= min && Integer.parseInt(value) <= max) {
            return Integer.parseInt(value);
        }
        throw new IllegalArgumentException(name + "=" + value + ": a whole number from " + min + " to " + max);
    }

    /** A time in nanoseconds, given as {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h}, or in seconds. */
    public long nanos(String name, long otherwiseSeconds) {
        final String value = text(name, Long.toString(otherwiseSeconds));
        final Matcher matcher = DURATION.matcher(value);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
            throw new IllegalArgumentException(
                    name + "=" + value + ": a time such as 500ms, 30s, 5m, 2h, or in seconds");
        }
        final TimeUnit unit = switch (matcher.group(2) == null ? "s" : matcher.group(2)) {
            case "ms" -> TimeUnit.MILLISECONDS;
            case "m" -> TimeUnit.MINUTES;
            case "h" -> TimeUnit.HOURS;
            default -> TimeUnit.SECONDS;
        };
        return unit.toNanos(Long.parseLong(matcher.group(1)));
    }
}
