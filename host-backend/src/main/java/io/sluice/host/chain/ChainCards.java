// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.host.ixgbe.port.CardRequest;
import io.sluice.host.ixgbe.port.Cards;
import io.sluice.host.keeper.CardGuards;
import io.sluice.shared.posix.RuntimeDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The cards that chains name. */
public final class ChainCards {
    private ChainCards() {}

    /**
     * The cards of a backend that runs {@code chains}.
     *
     * @param directory where it is reported what the cards do
     * @param guards who stops cards in slots where this process cannot any more
     * @throws ChainSyntaxException where what a chain asks of a card cannot be right
     * @throws IllegalArgumentException where chains ask one card for different things
     */
    public static Cards of(List<ConfiguredChain> chains, RuntimeDirectory directory, CardGuards guards) {
        List<Cards.Use> uses = new ArrayList<>();
        for (ConfiguredChain configured : chains) {
            for (EndpointPlan endpoint : Plan.of(configured.chain()).endpoints()) {
                if (isCard(endpoint.hop())) {
                    uses.add(new Cards.Use(configured.name(), request(configured.chain(), endpoint)));
                }
            }
        }
        return new Cards(uses, directory, guards);
    }

    static boolean isCard(Hop hop) {
        return hop.kind().equals(HopKind.IXGBE.word());
    }

    /** What {@code endpoint}, a card, is to do. */
    static CardRequest request(Chain chain, EndpointPlan endpoint) {
        Hop hop = endpoint.hop();
        try {
            return CardRequest.of(hop.address(), hop.singleOptions(), endpoint.receives(), endpoint.sends());
        } catch (IllegalArgumentException e) {
            throw chain.wrong(hop, e);
        }
    }

    /** What fills {@code ring}, where that is a card. */
    static Optional<CardRequest> filling(RingPlan ring) {
        StagePlan first = ring.stages().getFirst();
        if (first.role() != Role.RECEIVE || !isCard(first.hop())) {
            return Optional.empty();
        }
        return Optional.of(CardRequest.of(first.hop().address(), first.hop().singleOptions(), true, true));
    }
}
