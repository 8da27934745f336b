// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

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
    }
}
