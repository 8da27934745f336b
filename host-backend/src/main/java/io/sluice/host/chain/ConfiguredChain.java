// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import java.util.List;
import java.util.stream.IntStream;

/**
 * One chain of a backend and how it is run.
 *
 * @param name for tables and messages; given by the user or made up, unique in the backend
 */
public record ConfiguredChain(String name, Chain chain, ChainOptions options) {
    public ConfiguredChain {
        if (!ChainRules.NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name=" + name + ": " + ChainRules.NAME_RULE);
        }
        for (String region : regionNames(name, chain)) {
            if (!ChainRules.NAME.matcher(region).matches()) {
                throw new IllegalArgumentException("name=" + name + ": a part of this chain would be called " + region
                        + ", and " + ChainRules.NAME_RULE);
            }
        }
    }

    /**
     * What the regions of its segments are called, in their order: as the chain where there is one, else {@code name.1}
     * and so on.
     */
    public List<String> regionNames() {
        return regionNames(name, chain);
    }

    private static List<String> regionNames(String name, Chain chain) {
        final int segments = Plan.of(chain).segments().size();
        return segments == 1
                ? List.of(name)
                : IntStream.rangeClosed(1, segments)
                        .mapToObj(segment -> name + '.' + segment)
                        .toList();
    }
}
