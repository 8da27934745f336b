// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.endpoint.EndpointKind;
import io.sluice.host.endpoint.EndpointOption;
import io.sluice.host.endpoint.Endpoints;

/** The endpoints and their options as {@code sluice run --help} shows them. */
final class EndpointHelp {
    private static final int COLUMN = 26;

    private EndpointHelp() {}

    /** One paragraph for each kind, with an empty line before it. */
    static String text() {
        final var text = new StringBuilder();
        for (EndpointKind kind : Endpoints.kinds()) {
            text.append(String.format("%n%s:%s  %s%n", kind.name(), kind.address(), kind.summary()));
            for (EndpointOption option : kind.options()) {
                text.append(String.format("  %-" + COLUMN + "s%s%n", option, option.help()));
            }
        }
        return text.toString();
    }
}
