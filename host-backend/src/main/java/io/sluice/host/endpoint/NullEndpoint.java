// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import java.util.List;
import java.util.Map;

/** {@code null:}: takes every packet and never has one. */
final class NullEndpoint implements Endpoint {
    static final EndpointOption CHECK = EndpointOption.sending(
            "check", "true|false", "verify order and content of packets that gen: made; default false");

    static final EndpointKind KIND = new EndpointKind(
            "null", "", "takes and counts every packet, never has one", List.of(CHECK), NullEndpoint::new);

    private final EmptySource source = new EmptySource();
    private final CountingSink sink;
    private final String name;

    private NullEndpoint(EndpointRequest request) {
        this.name = request.name();
        this.sink = request.sends() ? new CountingSink(request.flag(CHECK.name(), false)) : null;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public PacketSource source() {
        return source;
    }

    @Override
    public PacketSink sink() {
        if (sink == null) {
            throw new IllegalStateException(name + " was not opened to send");
        }
        return sink;
    }

    @Override
    public Map<String, Long> details() {
        return sink == null ? Map.of() : sink.details();
    }

    @Override
    public void close() {
        // holds nothing
    }
}
