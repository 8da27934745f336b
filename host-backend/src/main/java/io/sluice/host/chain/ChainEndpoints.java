// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.host.endpoint.Endpoint;
import io.sluice.host.endpoint.Endpoints;
import io.sluice.host.endpoint.KeptEnd;
import io.sluice.host.endpoint.LockedSink;
import io.sluice.host.endpoint.PacketSink;
import io.sluice.host.ixgbe.port.CardPort;
import io.sluice.host.ixgbe.port.Cards;
import io.sluice.host.keeper.KeptDescriptors;
import io.sluice.host.keeper.KeptItems;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.function.PacketFunctionProvider;
import io.sluice.shared.memory.Backing;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a chain's hops stand for in the host: endpoints, opened, and packet functions, made. */
final class ChainEndpoints implements AutoCloseable {
    private final Map<Hop, Endpoint> endpoints = new IdentityHashMap<>();
    private final Map<Hop, PacketSink> sinks = new IdentityHashMap<>();
    private final Map<Hop, CardPort> ports = new IdentityHashMap<>();
    private final Map<Hop, PacketFunction> functions = new IdentityHashMap<>();

    private ChainEndpoints() {}

    /** Opens all, or none: what was opened is closed again where another cannot be. */
    static ChainEndpoints open(Plan plan, int threads, KeptDescriptors kept, Cards cards) {
        final ChainEndpoints opened = new ChainEndpoints();
        try {
            final Chain chain = plan.chain();
            for (Hop hop : chain.hops()) {
                if (hop.isFunction()) {
                    opened.functions.put(hop, make(chain, hop));
                }
            }
            for (EndpointPlan endpoint : plan.endpoints()) {
                opened.open(chain, endpoint, threads, kept, cards);
            }
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void open(Chain chain, EndpointPlan plan, int threads, KeptDescriptors kept, Cards cards) {
        final Hop hop = plan.hop();
        final KeptEnd end = keptEnd(kept, KeptItems.TAP + (hop.equals(chain.first()) ? 0 : 1));
        if (ChainCards.isCard(hop)) {
            final CardPort port = cards.port(hop.name(), ChainCards.request(chain, plan), threads, end);
            endpoints.put(hop, port);
            ports.put(hop, port);
            return;
        }
        final Endpoint endpoint;
        try {
            endpoint =
                    Endpoints.open(hop.kind(), hop.address(), hop.singleOptions(), plan.receives(), plan.sends(), end);
        } catch (IllegalArgumentException e) {
            throw chain.wrong(hop, e);
        }
        endpoints.put(hop, endpoint);
        if (plan.sends()) {
            sinks.put(hop, threads > 1 ? new LockedSink(endpoint.sink()) : endpoint.sink());
        }
    }

    private static KeptEnd keptEnd(KeptDescriptors kept, String item) {
        return new KeptEnd() {
            @Override
            public int take() {
                return kept.take(item);
            }

            @Override
            public void hold(int descriptor) {
                kept.hold(item, descriptor);
            }
        };
    }

    private static PacketFunction make(Chain chain, Hop hop) {
        final List<PacketFunctionProvider> providers = ServiceLoader.load(PacketFunctionProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        for (PacketFunctionProvider provider : providers) {
            if (provider.name().equals(hop.address())) {
                try {
                    return provider.create(hop.options());
                } catch (IllegalArgumentException e) {
                    throw chain.wrong(hop, e);
                }
            }
        }
        throw new ChainSyntaxException(
                chain.text(),
                hop.addressPosition(),
                "there is no packet function '" + hop.address() + "'",
                "there are "
                        + providers.stream().map(PacketFunctionProvider::name).collect(Collectors.joining(", ")));
    }

    Endpoint of(Hop hop) {
        return endpoints.get(hop);
    }

    /** The card that {@code hop} names, or null where it is something else. */
    CardPort port(Hop hop) {
        return ports.get(hop);
    }

    /** What the memory has to be made of that packets are in, as far as cards care. */
    Backing backing() {
        return ports.values().stream().map(CardPort::backing).reduce(Backing.USUAL, Backing::and);
    }

    /** What helper threads are to do for cards beside their stages. */
    List<Agent> agents() {
        return ports.values().stream()
                .flatMap(port -> port.agents().stream())
                .distinct()
                .toList();
    }

    PacketFunction function(Hop hop) {
        return functions.get(hop);
    }

    /** The sending side of {@code hop}, or null where it only receives or is a guest. */
    PacketSink sink(Hop hop) {
        return sinks.get(hop);
    }

    /** What endpoints that no longer work say of it. */
    List<String> failures() {
        return endpoints.values().stream()
                .flatMap(endpoint -> endpoint.failure().stream())
                .toList();
    }

    /** What endpoints count beside their stages, by their names. */
    Map<String, Map<String, Long>> details() {
        final Map<String, Map<String, Long>> details = new TreeMap<>();
        endpoints.values().forEach(endpoint -> details.put(endpoint.name(), endpoint.details()));
        return details;
    }

    @Override
    public void close() {
        endpoints.values().forEach(Endpoint::close);
    }
}
