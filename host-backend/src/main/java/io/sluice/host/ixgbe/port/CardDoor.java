// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.port;

import io.sluice.host.endpoint.Endpoints;
import io.sluice.host.endpoint.KeptEnd;
import io.sluice.host.ixgbe.CardClock;
import io.sluice.host.ixgbe.model.Model82599;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.packet.EndpointWire;
import io.sluice.host.ixgbe.model.packet.PacketEngine;
import io.sluice.host.ixgbe.model.packet.Wire;
import io.sluice.host.keeper.CardGuards;
import io.sluice.host.pci.InProcessDoor;
import io.sluice.host.pci.PciDevice;
import io.sluice.host.pci.vfiouser.VfioUserDoor;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.agent.AgentRunner;
import io.sluice.shared.pacing.Sleeper;
import io.sluice.shared.pacing.WaitMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/**
 * The way to a card, and the card where that is a program in this process. Such a card runs in a thread of its own, where
 * several chains use it or their stages have threads enough; else in the helper thread of its only chain: on a machine of
 * few processors two threads that wait for each other's memory would take them from each other, and one that does both
 * needs no waiting.
 */
public final class CardDoor implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CardDoor.class.getName());

    private final PciDevice device;
    private final Model82599 model;
    private final Agent agent;
    private final AgentRunner runner;
    private final String words;
    private final String wire;

    private CardDoor(PciDevice device, String words) {
        this(device, null, words, "", false);
    }

    private CardDoor(PciDevice device, Model82599 model, String words, String wire, boolean helped) {
        this.words = words;
        this.wire = wire;
        this.device = device;
        this.model = model;
        this.agent = model == null ? null : new ModelAgent(model, helped);
        this.runner = model == null || helped
                ? null
                : new AgentRunner(
                                agent,
                                Sleeper.byAgentsBells(),
                                WaitMode.ADAPTIVE,
                                AgentRunner.ANY_PROCESSOR,
                                e -> LOG.log(System.Logger.Level.ERROR, model.name() + " has ended", e))
                        .start();
    }

    /**
     * Opens the way to what {@code request} names.
     *
     * @param helped whether a chain's helper thread gives a card in software its turns
     * @param kept what a dead backend has left of a model's wire
     * @param guards who stops a card in a slot where this process cannot any more
     * @param cables the end of a cable by its name, where the wire is one
     */
    static CardDoor open(
            CardRequest request, boolean helped, KeptEnd kept, CardGuards guards, Function<String, Wire> cables)
            throws IOException {
        final String card = request.address().card();
        return switch (request.address().place()) {
            case MODEL -> model(request, helped, kept, cables);
            case SOCKET -> new CardDoor(VfioUserDoor.connect(Path.of(card)), "vfio-user socket");
            case SLOT -> new CardDoor(SlotDoor.open(card, () -> guards.of(card)), SlotDoor.words(card));
        };
    }

    /**
     * Opens the way to a card that no chain has, to look at it. A card in software is plugged into nothing.
     *
     * @param guards as of {@link #open}
     * @throws IOException where it cannot be had, with what to do
     */
    public static CardDoor toLookAt(CardAddress address, CardGuards guards) throws IOException {
        final boolean model = address.place() == CardAddress.Place.MODEL;
        final CardRequest request =
                CardRequest.of(address.card(), model ? Map.of("wire", "null:") : Map.of(), true, true);
        return open(request, false, KeptEnd.NONE, guards, cable -> {
            throw new IllegalStateException("cable=" + cable);
        });
    }

    private static CardDoor model(CardRequest request, boolean helped, KeptEnd kept, Function<String, Wire> cables) {
        final String name = request.address().card();
        final CardRequest.Wire asked = request.wire().orElseGet(() -> new CardRequest.Wire("tap", name, Map.of()));
        final Wire wire = asked.kind().equals("cable") ? cables.apply(asked.address()) : wire(asked, kept);
        try {
            final Model82599 model =
                    new Model82599(ModelOptions.of(name), System::nanoTime, parts -> new PacketEngine(parts, wire));
            return new CardDoor(
                    new InProcessDoor(model),
                    model,
                    "model in this process",
                    asked.kind() + ":" + asked.address(),
                    helped);
        } catch (RuntimeException e) {
            wire.close();
            throw e;
        }
    }

    /** A capture is where frames come from, and not where they go: it would be overwritten. */
    private static Wire wire(CardRequest.Wire asked, KeptEnd kept) {
        final boolean sends = !asked.kind().equals("pcap");
        return new EndpointWire(
                Endpoints.open(asked.kind(), asked.address(), asked.options(), true, sends, kept),
                sends,
                System::nanoTime);
    }

    /** How the card is reached, for a person. */
    public String words() {
        return words;
    }

    /** What a card in software is plugged into, as the user wrote it; empty for another card, which knows itself. */
    String wire() {
        return wire;
    }

    /** The card; closed with this. */
    public PciDevice device() {
        return device;
    }

    /** What gives the card in software its turns where a helper thread does. */
    Agent agent() {
        return agent;
    }

    /** The machine's time; where nobody gives a card in software its turns yet, whoever waits for it does. */
    public CardClock clock() {
        final CardClock system = CardClock.system();
        return model == null || runner != null
                ? system
                : new CardClock() {
                    @Override
                    public long nanos() {
                        return system.nanos();
                    }

                    @Override
                    public void sleep(long nanos) {
                        model.doWork();
                        system.sleep(nanos);
                        model.doWork();
                    }
                };
    }

    @Override
    public void close() {
        if (runner != null) {
            runner.close();
        }
        device.close();
        if (model != null) {
            model.close();
        }
    }
}
