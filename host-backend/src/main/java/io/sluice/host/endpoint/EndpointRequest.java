// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/**
 * What a chain asks of an endpoint, with options read by type. Every error is an {@link IllegalArgumentException} that
 * names the option, its value, what would be right, and the options there are.
 */
public final class EndpointRequest {
    private final EndpointKind kind;
    private final String address;
    private final Map<String, String> options;
    private final boolean receives;
    private final boolean sends;
    private final KeptEnd kept;

    /**
     * A request for {@code kind:address?options}, whose address and options' names are checked.
     *
     * @throws IllegalArgumentException for one that the kind does not take
     */
    public EndpointRequest(
            EndpointKind kind,
            String address,
            Map<String, String> options,
            boolean receives,
            boolean sends,
            KeptEnd kept) {
        this.kept = kept;
        this.kind = kind;
        this.address = address;
        this.options = Map.copyOf(options);
        this.receives = receives;
        this.sends = sends;
        checkNames();
    }

    private void checkNames() {
        if (!receives && !sends) {
            throw new IllegalArgumentException(name() + ": an endpoint receives, sends or does both");
        }
        if (kind.address().isEmpty() && !address.isEmpty()) {
            throw wrong(address + " behind " + kind.name() + ": takes no address; options follow a ?");
        }
        if (!kind.address().isEmpty() && address.isEmpty()) {
            throw wrong("what is missing is the address: write " + kind.name() + ':' + kind.address());
        }
        options.forEach((option, value) -> {
            final EndpointOption known = kind.options().stream()
                    .filter(candidate -> candidate.name().equals(option))
                    .findFirst()
                    .orElseThrow(() -> wrong("has no option " + option + '=' + value));
            if (known.side() == EndpointOption.Side.RECEIVE && !receives) {
                throw wrong(option + '=' + value + " is for where packets come from; here they only go to it");
            }
            if (known.side() == EndpointOption.Side.SEND && !sends) {
                throw wrong(option + '=' + value + " is for where packets go to; here they only come from it");
            }
        });
    }

    /** {@code kind:address}. */
    public String name() {
        return kind.name() + ':' + address;
    }

    public String address() {
        return address;
    }

    /** True where packets enter the chain here. */
    public boolean receives() {
        return receives;
    }

    /** What a dead backend has left of this endpoint, and what the next one shall find. */
    public KeptEnd kept() {
        return kept;
    }

    /** True where packets leave the chain here. */
    public boolean sends() {
        return sends;
    }

    /** The option's text, or {@code fallback}. */
    public String text(String option, String fallback) {
        return options.getOrDefault(option, fallback);
    }

    /** The option's truth, or {@code fallback}. */
    public boolean flag(String option, boolean fallback) {
        return switch (text(option, String.valueOf(fallback))) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> throw wrong(option, "write true or false");
        };
    }

    /** One of {@code choices}, of which the first is the default. */
    public String choice(String option, List<String> choices) {
        final String value = text(option, choices.getFirst());
        if (!choices.contains(value)) {
            throw wrong(option, "write " + String.join(" or ", choices));
        }
        return value;
    }

    /** A number from {@code least} to {@code most} where the option is given. */
    public OptionalLong count(String option, long least, long most) {
        return number(option, least, most, Quantity::count);
    }

    /** A number of bytes from {@code least} to {@code most} where the option is given. */
    public OptionalLong bytes(String option, long least, long most) {
        return number(option, least, most, Quantity::bytes);
    }

    private OptionalLong number(String option, long least, long most, ToLongFunction<String> reader) {
        if (!options.containsKey(option)) {
            return OptionalLong.empty();
        }
        final long value;
        try {
            value = reader.applyAsLong(options.get(option));
        } catch (IllegalArgumentException e) {
            throw wrong(option, e.getMessage());
        }
        if (value < least || value > most) {
            throw wrong(option, "must be from " + least + " to " + most);
        }
        return OptionalLong.of(value);
    }

    /** The option's value is wrong; {@code remedy} says what would be right. */
    public IllegalArgumentException wrong(String option, String remedy) {
        return wrong(option + '=' + text(option, "") + ": " + remedy);
    }

    /** {@code problem}, with what the kind takes. */
    public IllegalArgumentException wrong(String problem) {
        final String known = kind.options().isEmpty()
                ? "it takes no options"
                : "its options are "
                        + kind.options().stream().map(EndpointOption::toString).collect(joining(", "));
        return new IllegalArgumentException(name() + ": " + problem + " (" + known + ')');
    }
}
