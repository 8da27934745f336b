// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What every kind opens: the sides that its chain uses, and what they share. */
final class OpenedEndpoint implements Endpoint {
    private final Trouble trouble;
    private final PacketSource source;
    private final PacketSink sink;
    private final BooleanSupplier carrier;
    private final Runnable release;
    private boolean closed;

    /** An endpoint whose sides hold all that there is to close. */
    OpenedEndpoint(Trouble trouble, PacketSource source, PacketSink sink) {
        this(trouble, source, sink, () -> {});
    }

    /** As the next one, where something is at the other end as long as nothing has failed. */
    OpenedEndpoint(Trouble trouble, PacketSource source, PacketSink sink, Runnable release) {
        this(trouble, source, sink, () -> true, release);
    }

    /**
     * @param trouble what the sides report their failures to
     * @param source the receiving side, or null where the endpoint was opened without one
     * @param sink the sending side, or null where the endpoint was opened without one
     * @param carrier whether something is at the other end, as {@link Endpoint#carrier} tells it
     * @param release gives back what the sides use without holding it; called once, after they are closed
     */
    OpenedEndpoint(Trouble trouble, PacketSource source, PacketSink sink, BooleanSupplier carrier, Runnable release) {
        this.trouble = trouble;
        this.source = source != null ? source : new EmptySource();
        this.sink = sink;
        this.carrier = carrier;
        this.release = release;
    }

    @Override
    public String name() {
        return trouble.endpoint();
    }

    @Override
    public PacketSource source() {
        return source;
    }

    @Override
    public PacketSink sink() {
        if (sink == null) {
            throw new IllegalStateException(name() + " was not opened to send");
        }
        return sink;
    }

    @Override
    public Map<String, Long> details() {
        final var details = new LinkedHashMap<String, Long>(source.details());
        if (sink != null) {
            details.putAll(sink.details());
        }
        return details;
    }

    @Override
    public Optional<String> failure() {
        return trouble.failure();
    }

    @Override
    public boolean carrier() {
        return trouble.failure().isEmpty() && carrier.getAsBoolean();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (source;
                sink) {
            // each is closed, also where the other one fails
        } finally {
            release.run();
        }
    }
}
