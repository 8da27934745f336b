// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.port;

import io.sluice.host.endpoint.EndpointException;
import io.sluice.host.endpoint.KeptEnd;
import io.sluice.host.ixgbe.Card;
import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.Pools;
import io.sluice.host.ixgbe.model.packet.CableWire;
import io.sluice.host.ixgbe.model.packet.Wire;
import io.sluice.host.keeper.CardGuards;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * The cards of one backend: each is opened when the first chain needs it, and closed after the last. What chains ask of a
 * whole card is known before any of them starts, so that it does not depend on their order.
 *
 * <p>One thread of the control path looks after all of them: links, health, statistics. No packet waits for it.
 */
public final class Cards implements AutoCloseable {
    private static final long MAINTENANCE_NANOS = 10_000_000;
    /** Where no card has anything under way but packets: a machine that is idle is to sleep. */
    private static final long STEADY_NANOS = 100_000_000;

    private static final System.Logger LOG = System.getLogger(Cards.class.getName());

    private final Map<String, CardRequest> wanted = new HashMap<>();
    private final Map<String, Set<String>> chains = new HashMap<>();
    private final Map<String, Integer> queues = new HashMap<>();
    private final Map<String, OpenCard> open = new ConcurrentHashMap<>();
    private final Map<String, CableWire> cables = new HashMap<>();
    private final List<Use> uses;
    private final RuntimeDirectory directory;
    private final CardGuards guards;
    private Thread maintenance;
    private volatile boolean closed;

    /** What one place of a chain asks for. */
    public record Use(String chain, CardRequest request) {}

    /**
     * Cards for {@code uses}, none of them open yet.
     *
     * @param directory where it is reported what they do
     * @param guards who stops those in slots where this process cannot any more; closed with this
     * @throws IllegalArgumentException where chains ask one card for different things
     */
    public Cards(List<Use> uses, RuntimeDirectory directory, CardGuards guards) {
        this.uses = List.copyOf(uses);
        this.directory = directory;
        this.guards = guards;
        for (Use use : uses) {
            final CardRequest request = use.request();
            final String card = request.address().card();
            wanted.merge(card, request, CardRequest::with);
            chains.computeIfAbsent(card, name -> new HashSet<>()).add(use.chain());
            queues.merge(card, request.address().queuePair() + 1, Math::max);
        }
    }

    /**
     * A place at the card that {@code request} names, which is opened where it is not.
     *
     * @param name what the user calls the place
     * @param threads how many threads run the chain's stages
     * @param kept what a dead backend has left of a model's wire, and what the next one shall find
     * @throws EndpointException where the card cannot be had, with what to do
     */
    public synchronized CardPort port(String name, CardRequest request, int threads, KeptEnd kept) {
        final String card = request.address().card();
        final boolean helped = threads == 1
                && chains.get(card).size() == 1
                && request.address().place() == CardAddress.Place.MODEL;
        OpenCard opened = open.get(card);
        if (opened == null) {
            opened = open(name, wanted.get(card), helped, kept);
            open.put(card, opened);
            maintain();
        } else if (opened.givenUp()) {
            throw new EndpointException(name + ": " + opened.failure().orElse("the card was closed"));
        }
        opened.hold();
        final CardPort port = new CardPort(name, opened, request, chain(request), helped);
        try {
            port.openPool();
            return port;
        } catch (CardException e) {
            port.close();
            throw new EndpointException(name + ": " + e.getMessage(), e);
        }
    }

    /** Which chain asks for that. */
    private String chain(CardRequest request) {
        return uses.stream()
                .filter(use -> use.request().equals(request))
                .map(Use::chain)
                .findFirst()
                .orElse("");
    }

    private OpenCard open(String name, CardRequest request, boolean helped, KeptEnd kept) {
        final String card = request.address().card();
        try {
            final CardDoor door = CardDoor.open(request, helped, kept, guards, this::cable);
            try {
                final Card opened =
                        Card.open(door.device(), request.cardOptions().withClock(door.clock()));
                if (request.pool() >= 0) {
                    opened.divide(Pools.Layout.POOLS_64);
                    // IPv6 finds its neighbours by it; each pool gets all of it.
                    opened.addresses().allMulticast(true);
                } else {
                    opened.rss().spread(request.queues() > 0 ? request.queues() : queues.get(card));
                }
                return OpenCard.reported(door, opened, () -> open.remove(card), directory);
            } catch (IOException | RuntimeException e) {
                door.close();
                throw e;
            }
        } catch (IOException e) {
            throw new EndpointException(name + ": " + e.getMessage(), e);
        }
    }

    /** An end of the cable {@code name}: the first one who asks gets one end, the second one the other. */
    private Wire cable(String name) {
        final CableWire first = cables.remove(name);
        if (first != null) {
            return first;
        }
        final List<CableWire> ends = CableWire.pair();
        cables.put(name, ends.getLast());
        return ends.getFirst();
    }

    private void maintain() {
        if (maintenance == null) {
            maintenance = Thread.ofPlatform().daemon().name("cards").start(() -> {
                while (!closed) {
                    open.values().forEach(Cards::maintain);
                    final boolean steady = open.values().stream().allMatch(OpenCard::steady);
                    LockSupport.parkNanos(steady ? STEADY_NANOS : MAINTENANCE_NANOS);
                }
            });
        }
        LockSupport.unpark(maintenance);
    }

    private static void maintain(OpenCard card) {
        try {
            card.maintain();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, card.card().name() + " cannot be looked after", e);
        }
    }

    /** Ends the thread; chains have closed their ports. */
    @Override
    public void close() {
        closed = true;
        if (maintenance != null) {
            LockSupport.unpark(maintenance);
        }
        guards.close();
    }
}
