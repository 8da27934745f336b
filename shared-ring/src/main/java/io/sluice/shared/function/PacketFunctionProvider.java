// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.function;

import java.util.List;
import java.util.Map;

/**
 * Makes a packet function by name, found by {@link java.util.ServiceLoader}: {@code vnf:firewall?allow=10.0.0.0/8} in a
 * chain and {@code sluice guest firewall --allow 10.0.0.0/8} name the same provider and options.
 */
public interface PacketFunctionProvider {
    /** The function's name, for example {@code firewall}. */
    String name();

    /** One line that says what the function does. */
    String summary();

    /** The options it understands, name to one-line description, in the order to show. */
    Map<String, String> options();

    /**
     * Makes a function.
     *
     * @param options option name to the values given for it, in order
     * @throws IllegalArgumentException with a message for the user: which option, what was wrong, what would be right
     */
    PacketFunction create(Map<String, List<String>> options);
}
