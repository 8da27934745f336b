// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.port;

import io.sluice.host.endpoint.EndpointException;
import io.sluice.host.endpoint.EndpointKind;
import io.sluice.host.endpoint.EndpointOption;
import io.sluice.host.endpoint.EndpointRequest;
import io.sluice.host.endpoint.KeptEnd;
import io.sluice.host.ixgbe.CardOptions;
import io.sluice.host.ixgbe.MacAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one place of a chain asks of a card.
 *
 * @param address which card and queue pair
 * @param card options that hold for the whole card, as they were written
 * @param wire kind, address and options of a model's wire, or empty for the usual one
 * @param pool the pool whose queues these are, or -1
 * @param mac the pool's address, where one was given
 * @param vlan the pool's VLAN, or -1
 */
public record CardRequest(
        CardAddress address,
        Map<String, String> card,
        Optional<Wire> wire,
        int pool,
        Optional<MacAddress> mac,
        int vlan) {
    /** VMDq's pools (7.10.3.2). */
    static final int POOLS = 64;

    /** Frames with this much payload go with a tag into the usual buffer of 2 KiB. */
    static final int DEFAULT_MTU = 1500;

    /** Ethernet's header and one VLAN tag. */
    private static final int FRAMING_BYTES = 14 + 4;

    private static final String WIRE_PREFIX = "wire.";

    /** All about {@code ixgbe:} that help and errors say. */
    public static final EndpointKind KIND = new EndpointKind(
            "ixgbe",
            "CARD[-N]",
            "a queue pair of an Intel 82599: model0 and so on are cards in software, 0000:03:00.0 is a slot, a path a"
                    + " vfio-user socket",
            List.of(
                    EndpointOption.of(
                            "wire",
                            "KIND:NAME",
                            "what a card in software is plugged into: tap:lan, pcap:in.pcap, gen:,"
                                    + " null:, or cable:NAME between two of them; default a TAP of its own name"),
                    EndpointOption.of("wire.*", "VALUE", "an option of the wire: wire.size=64, wire.netns=lan"),
                    EndpointOption.of("mtu", "N", "the largest payload, 576 to 15850; default 1500"),
                    EndpointOption.of(
                            "queues", "N", "spread flows over queue pairs 0 to N-1; default those that chains name"),
                    EndpointOption.of(
                            "promiscuous", "true|false", "take frames for any address; default true without pools"),
                    EndpointOption.of("flow-control", "true|false", "send and obey pause frames; default false"),
                    EndpointOption.of("pool", "N", "hardware queues for one address: 0 to 63; needs mac="),
                    EndpointOption.of("mac", "ADDRESS", "the pool's address, for example 52:54:00:00:00:01"),
                    EndpointOption.of("vlan", "N", "the pool's VLAN, 1 to 4094; default frames without a tag")),
            request -> {
                throw new EndpointException(request.name() + ": cards are opened for chains only");
            });

    /** A model's wire. */
    public record Wire(String kind, String address, Map<String, String> options) {
        public Wire {
            options = Map.copyOf(options);
        }
    }

    private static final List<String> CARD_OPTIONS = List.of("mtu", "queues", "promiscuous", "flow-control");

    public CardRequest {
        card = Map.copyOf(card);
    }

    /**
     * Reads what stands behind {@code ixgbe:}.
     *
     * @throws IllegalArgumentException where that is wrong, naming what would be right
     */
    public static CardRequest of(String address, Map<String, String> options, boolean receives, boolean sends) {
        final Map<String, String> plain = new LinkedHashMap<>();
        final Map<String, String> ofWire = new LinkedHashMap<>();
        options.forEach((name, value) -> {
            if (name.startsWith(WIRE_PREFIX)) {
                ofWire.put(name.substring(WIRE_PREFIX.length()), value);
            } else {
                plain.put(name, value);
            }
        });
        final EndpointRequest request = new EndpointRequest(KIND, address, plain, receives, sends, KeptEnd.NONE);
        final CardAddress card;
        try {
            card = CardAddress.parse(address);
        } catch (IllegalArgumentException e) {
            throw request.wrong(e.getMessage());
        }
        final int pool = (int) request.count("pool", 0, POOLS - 1).orElse(-1);
        final String mac = request.text("mac", "");
        if (pool >= 0 == mac.isEmpty()) {
            throw request.wrong(pool >= 0 ? "pool=" + pool + " needs mac=ADDRESS" : "mac=" + mac + " needs pool=N");
        }
        if (pool < 0 && plain.containsKey("vlan")) {
            throw request.wrong("vlan=" + plain.get("vlan") + " needs pool=N");
        }
        if (pool >= 0 && card.queuePair() != 0) {
            throw request.wrong("a pool has queues of its own: write " + card.card() + "?pool=" + pool);
        }
        if (card.place() != CardAddress.Place.MODEL && (plain.containsKey("wire") || !ofWire.isEmpty())) {
            throw request.wrong("wire= is for cards in software; this one has a wire");
        }
        final Map<String, String> whole = new LinkedHashMap<>();
        for (String name : CARD_OPTIONS) {
            if (plain.containsKey(name)) {
                whole.put(name, plain.get(name));
            }
        }
        final CardRequest read = new CardRequest(
                card,
                whole,
                wire(request, ofWire),
                pool,
                mac.isEmpty() ? Optional.empty() : Optional.of(mac(request, mac)),
                (int) request.count("vlan", 1, 4094).orElse(-1));
        read.cardOptions(); // for its errors, as below
        read.queues();
        return read;
    }

    private static MacAddress mac(EndpointRequest request, String text) {
        try {
            return MacAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw request.wrong("mac", e.getMessage());
        }
    }

    private static Optional<Wire> wire(EndpointRequest request, Map<String, String> options) {
        final String text = request.text("wire", "");
        if (text.isEmpty()) {
            if (options.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(
                    new Wire("tap", CardAddress.parse(request.address()).card(), options));
        }
        final int colon = text.indexOf(':');
        if (colon <= 0) {
            throw request.wrong("wire", "write a kind and a name, for example tap:lan or cable:a");
        }
        return Optional.of(new Wire(text.substring(0, colon), text.substring(colon + 1), options));
    }

    /** How the card is to be run, as far as this place says. */
    CardOptions cardOptions() {
        final EndpointRequest request = request();
        return CardOptions.defaults()
                .withMaxFrameBytes(maxFrameBytes())
                .withPromiscuous(request.flag("promiscuous", pool < 0))
                .withFlowControl(request.flag("flow-control", false));
    }

    /** Queue pairs that flows are spread over, or 0 where this place does not say. */
    int queues() {
        return (int) request().count("queues", 1, CardAddress.MAX_QUEUE_PAIRS).orElse(0);
    }

    /** The longest frame that the card is to take, without check sequence. */
    public int maxFrameBytes() {
        final int mtu = (int) request()
                .count("mtu", 576, CardOptions.MAX_FRAME_BYTES - FRAMING_BYTES)
                .orElse(DEFAULT_MTU);
        return mtu + FRAMING_BYTES;
    }

    /** What a slot's buffer has to hold behind its headroom: the card's own buffer size, in whole KiB, 2 at least. */
    public int bufferBytes() {
        return Math.max(2048, (maxFrameBytes() + 1023) / 1024 * 1024);
    }

    private EndpointRequest request() {
        return new EndpointRequest(KIND, address.card(), card, true, true, KeptEnd.NONE);
    }

    QueueNumbers queueNumbers() {
        return pool >= 0 ? QueueNumbers.ofPool(pool) : QueueNumbers.ofPair(address.queuePair());
    }

    /** This and {@code other}, of the same card, as one: what either says of the card holds. */
    CardRequest with(CardRequest other) {
        final List<String> contradictions = new ArrayList<>();
        final Map<String, String> all = new LinkedHashMap<>(card);
        other.card.forEach((name, value) -> {
            final String before = all.put(name, value);
            if (before != null && !before.equals(value)) {
                contradictions.add(name + '=' + before + " and " + name + '=' + value);
            }
        });
        if (maxFrameBytes() != other.maxFrameBytes()) {
            // Each ring's buffers are made for it.
            contradictions.add("different mtu=");
        }
        if (wire.isPresent() && other.wire.isPresent() && !wire.equals(other.wire)) {
            contradictions.add("two wires");
        }
        if (pool < 0 != other.pool < 0) {
            contradictions.add("pool=" + Math.max(pool, other.pool) + " and a queue pair without a pool");
        }
        if (!contradictions.isEmpty()) {
            throw new IllegalArgumentException("ixgbe:" + address.card() + ": chains ask it for "
                    + String.join(", ", contradictions) + "; what holds for a whole card is written once, or alike");
        }
        return new CardRequest(address, all, wire.or(other::wire), pool, mac, vlan);
    }
}
