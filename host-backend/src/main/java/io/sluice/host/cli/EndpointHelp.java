// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.endpoint.EndpointKind;
import io.sluice.host.endpoint.EndpointOption;
import io.sluice.host.endpoint.Endpoints;
import io.sluice.host.ixgbe.port.CardRequest;
import java.util.List;
import java.util.stream.Stream;

/** The endpoints and their options as {@code sluice run --help} shows them. */
final class EndpointHelp {
    private static final int COLUMN = 26;

    private EndpointHelp() {}

    private static List<EndpointKind> kinds() {
        return Stream.concat(Stream.of(CardRequest.KIND), Endpoints.kinds().stream())
                .toList();
    }

    /** One paragraph for each kind, with an empty line before it. */
    static String text() {
        final var text = new StringBuilder();
        for (EndpointKind kind : kinds()) {
            text.append(String.format("%n%s:%s  %s%n", kind.name(), kind.address(), kind.summary()));
            for (EndpointOption option : kind.options()) {
                text.append(String.format("  %-" + COLUMN + "s%s%n", option, option.help()));
            }
        }
        return text.toString();
    }
}
