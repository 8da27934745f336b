// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What one backend is to run, from the command line or from a {@linkplain ConfigFile configuration file}.
 *
 * @param runDirectory where sockets and the like are made; empty for the usual place
 */
public record BackendConfig(Optional<Path> runDirectory, List<ConfiguredChain> chains) {
    public static final int MAX_CHAINS = 64;

    /**
     * Checks what the chains must not share.
     *
     * @throws ChainSyntaxException that shows the second chain of two which name one guest, one interface, or one file
     *     of which one of them writes
     * @throws IllegalArgumentException for two chains of one name, no chain or too many
     */
    public BackendConfig {
        chains = List.copyOf(chains);
        if (chains.isEmpty() || chains.size() > MAX_CHAINS) {
            throw new IllegalArgumentException("chains=" + chains.size() + ": must be from 1 to " + MAX_CHAINS);
        }
        Set<String> names = new HashSet<>();
        for (ConfiguredChain chain : chains) {
            if (!names.add(chain.name())) {
                throw new IllegalArgumentException("name=" + chain.name() + ": must be the name of one chain only");
            }
        }
        for (ConfiguredChain chain : chains) {
            for (String region : chain.regionNames()) {
                if (!region.equals(chain.name()) && !names.add(region)) {
                    throw new IllegalArgumentException("name=" + region + ": a part of the chain " + chain.name()
                            + " is called so; give the other chain another name");
                }
            }
        }
        ChainRules.checkTogether(chains.stream().map(ConfiguredChain::chain).toList());
    }

    /**
     * The configuration that a command line with these chains means; they are named {@code chain1} and so on.
     *
     * @throws ChainSyntaxException as {@link Chain#parse} and the constructor
     */
    public static BackendConfig ofCommandLine(List<String> texts, ChainOptions options) {
        List<ConfiguredChain> chains = new ArrayList<>();
        for (String text : texts) {
            chains.add(new ConfiguredChain("chain" + (chains.size() + 1), Chain.parse(text), options));
        }
        return new BackendConfig(Optional.empty(), chains);
    }
}
