// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import java.util.List;

/** {@code null:}: takes every packet and never has one. */
final class NullEndpoint {
    static final EndpointOption CHECK = EndpointOption.sending(
            "check", "true|false", "verify order and content of packets that gen: made; default false");

    static final EndpointKind KIND = new EndpointKind(
            "null", "", "takes and counts every packet, never has one", List.of(CHECK), NullEndpoint::open);

    private NullEndpoint() {}

    private static Endpoint open(EndpointRequest request) {
        return new OpenedEndpoint(new Trouble(request.name()), null, sink(request));
    }

    /** The sink of an endpoint that takes and counts what arrives, or null where it was opened without one. */
    static CountingSink sink(EndpointRequest request) {
        return request.sends() ? new CountingSink(request.flag(CHECK.name(), false)) : null;
    }
}
