// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Map;

/** The kinds of endpoints, and opening one by its name. */
public final class Endpoints {
    private static final List<EndpointKind> KINDS =
            List.of(TapEndpoint.KIND, PacketEndpoint.KIND, PcapEndpoint.KIND, GenEndpoint.KIND, NullEndpoint.KIND);

    private Endpoints() {}

    /** All kinds, in the order in which help shows them. */
    public static List<EndpointKind> kinds() {
        return KINDS;
    }

    /**
     * Opens {@code kind:address?options}.
     *
     * @param options name to value, decoded
     * @param receives whether packets enter the chain here
     * @param sends whether packets leave the chain here
     * @throws IllegalArgumentException for a kind, address or option that cannot be right, naming what would be
     * @throws EndpointException where the system refuses, naming why and what to do
     */
    public static Endpoint open(
            String kind, String address, Map<String, String> options, boolean receives, boolean sends) {
        return open(kind, address, options, receives, sends, KeptEnd.NONE);
    }

    /** As the other one, going on with what a dead backend has left as {@code kept}. */
    public static Endpoint open(
            String kind, String address, Map<String, String> options, boolean receives, boolean sends, KeptEnd kept) {
        final EndpointKind known = KINDS.stream()
                .filter(candidate -> candidate.name().equals(kind))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(kind + ": no such kind of endpoint; there are "
                        + KINDS.stream().map(EndpointKind::name).collect(joining(", "))));
        return known.opener().open(new EndpointRequest(known, address, options, receives, sends, kept));
    }
}
