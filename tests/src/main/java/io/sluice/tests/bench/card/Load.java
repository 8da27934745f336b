// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.card;

import io.sluice.guest.vnf.Forward;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.function.FunctionAgent;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.Stage;
import java.util.Optional;

/**
 * What is done to packets between the cards.
 *
 * @param stages of the ring
 * @param outputs transmit queues
 * @param flows different packets
 * @param flushPeriod packets after which a tail is written
 */
public record Load(Kind kind, int stages, int outputs, int flows, int flushPeriod) {
    private static final int FLUSH_PERIOD = 8;

    /** What a stage between does. */
    enum Kind {
        /** There is none. */
        FORWARD,
        MACSWAP,
        LOOKUP,
        /** Sends each packet to all outputs. */
        FLOOD
    }

    /**
     * The load that {@code words} name: {@code forward}, {@code macswap}, {@code lookup FLOWS}, {@code flood OUTPUTS} or
     * {@code flush PERIOD}.
     */
    public static Load of(String... words) {
        return switch (words[0]) {
            case "forward" -> new Load(Kind.FORWARD, 2, 1, 1, FLUSH_PERIOD);
            case "macswap" -> new Load(Kind.MACSWAP, 3, 1, 1, FLUSH_PERIOD);
            case "lookup" -> new Load(Kind.LOOKUP, 3, 1, Integer.parseInt(words[1]), FLUSH_PERIOD);
            case "flood" -> new Load(Kind.FLOOD, 3, Integer.parseInt(words[1]), 1, FLUSH_PERIOD);
            case "flush" -> new Load(Kind.FORWARD, 2, 1, 1, Integer.parseInt(words[1]));
            default -> throw new IllegalArgumentException("no such load: load=" + words[0]);
        };
    }

    /** The stage between on {@code stage}, if there is one. */
    Optional<Agent> middle(Stage stage, FlowIndex index) {
        final PacketFunction lookup = (packet, direction) -> {
            if (!index.find(packet.address())) {
                packet.drop(DropReason.DENIED);
            }
        };
        return switch (kind) {
            case FORWARD -> Optional.empty();
            case MACSWAP -> Optional.of(new FunctionAgent("macswap", stage, new Forward(true)));
            case LOOKUP -> Optional.of(new FunctionAgent("lookup", stage, lookup));
            case FLOOD -> Optional.of(new FloodAgent(stage, (1 << outputs) - 1));
        };
    }
}
