// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A chain in the long form of a configuration file. It is written out as text and that is parsed, so that both forms
 * keep to the same rules; errors are shown at the part of the file that the wrong character came from.
 */
final class LongChain {
    private static final String OPTIONS = "options";
    private static final String EXAMPLE = "for example: - tap: lan";
    private static final List<String> KEYS = Stream.concat(
                    Stream.of(HopKind.values()).map(HopKind::word), Stream.of(OPTIONS))
            .toList();

    private final YamlValues values;
    private final StringBuilder text = new StringBuilder();
    private final TreeMap<Integer, YamlNode> origins = new TreeMap<>();

    private LongChain(YamlValues values) {
        this.values = values;
    }

    static LongChain read(YamlValues values, YamlNode hops, boolean bothWays) {
        LongChain form = new LongChain(values);
        List<YamlNode> items = values.items(hops, "hops", EXAMPLE);
        if (items.size() < 2) {
            throw values.wrong(hops, "a chain has at least two hops", EXAMPLE);
        }
        String arrow = "";
        for (YamlNode hop : items) {
            form.text.append(arrow);
            form.hop(values.mapping(hop, "a hop", EXAMPLE));
            arrow = bothWays ? " <=> " : " => ";
        }
        return form;
    }

    String text() {
        return text.toString();
    }

    /** What is wrong with the chain, at the part of the file that it came from. */
    ConfigException wrong(ChainSyntaxException cause) {
        return values.wrongAt(origins.floorEntry(cause.position()).getValue(), cause);
    }

    private void hop(YamlNode.Mapping hop) {
        YamlNode.Entry kind = null;
        YamlNode.Entry options = null;
        for (YamlNode.Entry entry : hop.entries()) {
            if (entry.key().value().equals(OPTIONS)) {
                options = entry;
            } else if (kind == null) {
                kind = entry;
            } else {
                throw second(entry.key(), kind.key());
            }
        }
        if (kind == null) {
            throw values.wrong(hop, "expected the kind of this hop", EXAMPLE);
        }
        String word = kind.key().value();
        if (HopKind.of(word).isEmpty()) {
            throw values.wrong(kind.key(), HopKind.problem(ChainCharacters.printable(word)), HopKind.hint(word));
        }
        append(kind.key(), word + ':');
        YamlNode.Scalar address = values.scalar(kind.value(), "the address of '" + word + "'");
        append(address, ChainCharacters.encodeAddress(address.value()));
        if (options != null) {
            options(options.value());
        }
    }

    private ConfigException second(YamlNode.Scalar key, YamlNode.Scalar kind) {
        if (HopKind.of(key.value()).isEmpty()) {
            return values.unknownKey(key, KEYS);
        }
        return values.wrong(key, "this hop is already '" + kind.value() + "'", "begin the next hop with '- '");
    }

    private void options(YamlNode node) {
        String separator = "?";
        String example = "for example: options: {size: 64}";
        for (YamlNode.Entry option : values.mapping(node, "options", example).entries()) {
            String name = option.key().value();
            if (name.isEmpty() || !name.chars().allMatch(ChainCharacters::inName)) {
                throw values.wrong(option.key(), "expected the name of an option", ChainParser.NAME_RULE);
            }
            List<YamlNode> given =
                    option.value() instanceof YamlNode.Sequence sequence ? sequence.items() : List.of(option.value());
            for (YamlNode value : given) {
                text.append(separator);
                append(option.key(), name + '=');
                append(
                        value,
                        ChainCharacters.encodeValue(values.scalar(value, name).value()));
                separator = "&";
            }
        }
    }

    private void append(YamlNode origin, String part) {
        origins.putIfAbsent(text.length(), origin);
        text.append(part);
    }
}
