// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Makes a {@link BackendConfig} of the document in a {@link ConfigFile}. */
final class ConfigReader {
    static final String EXAMPLE = "for example: chains: [{chain: 'tap:lan <=> guest:fw <=> tap:wan'}]";

    private static final String CHAIN_EXAMPLE = "for example: - chain: 'tap:lan <=> guest:fw <=> tap:wan'";
    private static final List<String> TOP_KEYS = with(List.of("run-directory", "chains"));
    private static final List<String> CHAIN_KEYS = with(List.of("chain", "name", "both-ways", "hops"));

    private final YamlValues values;
    private final Set<String> names = new HashSet<>();
    private final List<ConfiguredChain> chains = new ArrayList<>();

    ConfigReader(YamlValues values) {
        this.values = values;
    }

    private static List<String> with(List<String> keys) {
        return Stream.concat(keys.stream(), ChainOptions.NAMES.stream()).toList();
    }

    BackendConfig backend(YamlNode root) {
        ChainOptions options = ChainOptions.DEFAULTS;
        Optional<Path> runDirectory = Optional.empty();
        YamlNode chainList = null;
        for (YamlNode.Entry entry :
                values.mapping(root, "a configuration", EXAMPLE).entries()) {
            switch (entry.key().value()) {
                case "run-directory" -> runDirectory = Optional.of(directory(entry.value()));
                case "chains" -> chainList = entry.value();
                default -> options = option(options, entry, TOP_KEYS);
            }
        }
        if (chainList == null) {
            throw values.wrong(root, "there is no key 'chains' here", EXAMPLE);
        }
        List<YamlNode> items = values.items(chainList, "chains", CHAIN_EXAMPLE);
        if (items.isEmpty() || items.size() > BackendConfig.MAX_CHAINS) {
            String problem = items.size() + " chains: there must be from 1 to " + BackendConfig.MAX_CHAINS;
            throw values.wrong(chainList, problem, "");
        }
        for (YamlNode item : items) {
            claimName(values.mapping(item, "a chain", CHAIN_EXAMPLE));
        }
        for (YamlNode item : items) {
            chains.add(chain(values.mapping(item, "a chain", CHAIN_EXAMPLE), options));
        }
        return new BackendConfig(runDirectory, chains);
    }

    private Path directory(YamlNode node) {
        String directory = values.scalar(node, "run-directory").value();
        // A NUL is all that makes a Linux path invalid, path_resolution(7).
        if (directory.isEmpty() || directory.indexOf('\0') >= 0) {
            throw values.wrong(node, "run-directory must be a path", "for example: run-directory: /run/sluice");
        }
        return Path.of(directory);
    }

    /** The names that are given come first, so that a name made up later is never one of them. */
    private void claimName(YamlNode.Mapping chain) {
        for (YamlNode.Entry entry : chain.entries()) {
            if (entry.key().value().equals("name")) {
                String name = values.scalar(entry.value(), "name").value();
                if (!ChainRules.NAME.matcher(name).matches()) {
                    throw values.wrong(entry.value(), "this cannot be the name of a chain", ChainRules.NAME_RULE);
                }
                if (!names.add(name)) {
                    throw values.wrong(entry.value(), "another chain has the name '" + name + "'", "");
                }
            }
        }
    }

    private String nameMadeUp() {
        int number = chains.size() + 1;
        while (!names.add("chain" + number)) {
            number++;
        }
        return "chain" + number;
    }

    private ConfiguredChain chain(YamlNode.Mapping mapping, ChainOptions defaults) {
        ChainOptions options = defaults;
        YamlNode shortForm = null;
        YamlNode longForm = null;
        YamlNode.Entry bothWays = null;
        String name = null;
        for (YamlNode.Entry entry : mapping.entries()) {
            switch (entry.key().value()) {
                case "chain" -> shortForm = entry.value();
                case "hops" -> longForm = entry.value();
                case "both-ways" -> bothWays = entry;
                case "name" -> name = values.scalar(entry.value(), "name").value();
                default -> options = option(options, entry, CHAIN_KEYS);
            }
        }
        if ((shortForm == null) == (longForm == null)) {
            throw values.wrong(mapping, "a chain has either 'chain' or 'hops'", CHAIN_EXAMPLE);
        }
        if (shortForm != null && bothWays != null) {
            String hint = "the arrows of 'chain' say it: '=>' one way, '<=>' both ways";
            throw values.wrong(bothWays.key(), "'both-ways' belongs to 'hops'", hint);
        }
        Chain chain = shortForm == null
                ? longChain(longForm, bothWays != null && values.bool(bothWays.value(), "both-ways"))
                : shortChain(values.scalar(shortForm, "chain"));
        return new ConfiguredChain(name == null ? nameMadeUp() : name, chain, options);
    }

    private Chain shortChain(YamlNode.Scalar text) {
        try {
            return besideTheOthers(Chain.parse(text.value()));
        } catch (ChainSyntaxException wrong) {
            throw values.wrongIn(text, wrong);
        }
    }

    private Chain longChain(YamlNode hops, boolean bothWays) {
        LongChain form = LongChain.read(values, hops, bothWays);
        try {
            return besideTheOthers(Chain.parse(form.text()));
        } catch (ChainSyntaxException wrong) {
            throw form.wrong(wrong);
        }
    }

    private Chain besideTheOthers(Chain chain) {
        Stream<Chain> others = chains.stream().map(ConfiguredChain::chain);
        ChainRules.checkTogether(Stream.concat(others, Stream.of(chain)).toList());
        return chain;
    }

    private ChainOptions option(ChainOptions options, YamlNode.Entry entry, List<String> known) {
        String name = entry.key().value();
        if (!ChainOptions.NAMES.contains(name)) {
            throw values.unknownKey(entry.key(), known);
        }
        try {
            return options.with(name, optionValue(name, entry.value()));
        } catch (ConfigException wrong) {
            throw wrong;
        } catch (IllegalArgumentException wrong) {
            throw values.wrong(entry.value(), wrong);
        }
    }

    /** The value as a command line has it; processors may be a list. */
    private String optionValue(String name, YamlNode node) {
        if (name.equals("cpus") && node instanceof YamlNode.Sequence list) {
            return String.join(
                    ",",
                    list.items().stream()
                            .map(item -> values.scalar(item, name).value())
                            .toList());
        }
        return values.scalar(node, name).value();
    }
}
