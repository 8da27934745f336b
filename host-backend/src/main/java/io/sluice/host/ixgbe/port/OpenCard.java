// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.port;

import io.sluice.host.ixgbe.Card;
import io.sluice.host.ixgbe.CardHealth;
import io.sluice.host.ixgbe.LinkState;
import io.sluice.host.ixgbe.QueueCounts;
import io.sluice.host.ixgbe.Statistic;
import io.sluice.host.nic.CardView;
import io.sluice.host.nic.NicCard;
import io.sluice.host.nic.NicReport;
import io.sluice.host.pci.DmaMapping;
import io.sluice.host.pci.PciDevice;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A card that is open, for as long as a chain has a place at it, and what its chains share of it. */
final class OpenCard {
    private static final System.Logger LOG = System.getLogger(OpenCard.class.getName());
    private static final Map<Statistic, String> SHOWN = shown();

    private final CardDoor door;
    private final Card card;
    private final Runnable released;
    private final Map<SharedRegion, Shared> mappings = new IdentityHashMap<>();
    private final List<NicCard.Queue> queues = new CopyOnWriteArrayList<>();
    private final List<NicCard.Pool> pools = new CopyOnWriteArrayList<>();
    private final BitSet vectors = new BitSet();
    private boolean saidNoVector;
    private volatile String givenUp;
    private NicReport report;
    private int ports;

    /** A mapping that several queues use. */
    private static final class Shared {
        private final DmaMapping mapping;
        private int users;

        private Shared(DmaMapping mapping) {
            this.mapping = mapping;
        }
    }

    /**
     * A card in use by nobody yet.
     *
     * @param released called when the last port is closed, after everything else is
     */
    OpenCard(CardDoor door, Card card, Runnable released) {
        this.door = door;
        this.card = card;
        this.released = released;
    }

    /** As the constructor, and what the card does is reported in {@code directory} until it is closed. */
    static OpenCard reported(CardDoor door, Card card, Runnable released, RuntimeDirectory directory)
            throws IOException {
        final OpenCard opened = new OpenCard(door, card, released);
        final CardView view = new CardView(card, door.words(), door.wire(), new CardView.Uses() {
            @Override
            public List<NicCard.Queue> queues() {
                return opened.queues;
            }

            @Override
            public List<NicCard.Pool> pools() {
                return opened.pools;
            }
        });
        opened.report = NicReport.start(directory, card.name(), "run", view::card);
        return opened;
    }

    /** Shows {@code queue} in reports from now on. */
    void show(NicCard.Queue queue) {
        queues.add(queue);
    }

    /** Takes {@link #show} back. */
    void hide(NicCard.Queue queue) {
        queues.remove(queue);
    }

    /** Shows {@code pool} in reports from now on. */
    void show(NicCard.Pool pool) {
        pools.add(pool);
    }

    /** Takes {@link #show} back. */
    void hide(NicCard.Pool pool) {
        pools.remove(pool);
    }

    private static Map<Statistic, String> shown() {
        final Map<Statistic, String> shown = new EnumMap<>(Statistic.class);
        shown.put(Statistic.RECEIVED_GOOD, "card-received");
        shown.put(Statistic.TRANSMITTED_GOOD, "card-sent");
        shown.put(Statistic.MISSED, "card-missed");
        shown.put(Statistic.OVERSIZE, "card-oversize");
        shown.put(Statistic.CRC_ERRORS, "card-crc-errors");
        shown.put(Statistic.XOFF_RECEIVED, "card-paused");
        return shown;
    }

    Card card() {
        return card;
    }

    PciDevice device() {
        return door.device();
    }

    Agent modelAgent() {
        return door.agent();
    }

    synchronized void hold() {
        ports++;
    }

    synchronized void release() {
        if (--ports == 0) {
            if (report != null) {
                report.close();
            }
            card.close();
            door.close();
            released.run();
        }
    }

    /**
     * Closes the card for all of its chains, because of {@code reason}, so that it touches no memory any more: what one of
     * them gives back is unmapped next. The others are told by {@link #failure}.
     */
    void giveUp(String reason) {
        if (givenUp == null) {
            givenUp = reason;
        }
        card.close();
    }

    /** Whether {@link #giveUp} was called. */
    boolean givenUp() {
        return givenUp != null;
    }

    /** Looks after link, health and counters. */
    synchronized void maintain() {
        if (ports > 0) {
            card.maintain();
        }
    }

    /** Whether it works and has its link, so that only a fault would have to be looked after. */
    boolean steady() {
        return card.health().state().phase() == CardHealth.Phase.WORKING
                && card.link().up();
    }

    /** Lets the card read and write {@code memory}, once for all who ask. */
    synchronized DmaMapping map(SharedRegion memory) throws IOException {
        Shared shared = mappings.get(memory);
        if (shared == null) {
            shared = new Shared(device().map(memory));
            mappings.put(memory, shared);
        }
        shared.users++;
        return shared.mapping;
    }

    synchronized void unmap(SharedRegion memory) {
        final Shared shared = mappings.get(memory);
        if (--shared.users == 0) {
            mappings.remove(memory);
            shared.mapping.close();
        }
    }

    /**
     * An interrupt vector that is nobody's, or -1 where there is none: the door carries no interrupts, or all are taken.
     * That is said once.
     */
    synchronized int takeVector() {
        final int vector = vectors.nextClearBit(0);
        if (vector < card.interrupts().vectors()) {
            vectors.set(vector);
            return vector;
        }
        if (!saidNoVector) {
            saidNoVector = true;
            LOG.log(
                    System.Logger.Level.INFO,
                    "{0}: {1}; a thread that has nothing to do looks at it every 20 to 500 us instead of sleeping until"
                            + " the card wakes it, unless it spins anyway (wait=spin)",
                    card.name(),
                    vector == 0
                            ? "this way to the card carries no interrupts"
                            : "all of its " + vector + " interrupt vectors are taken");
        }
        return -1;
    }

    /** Takes {@link #takeVector} back. */
    synchronized void giveVector(int vector) {
        vectors.clear(vector);
    }

    /** What the whole card has counted, and its link. */
    Map<String, Long> details() {
        final Map<String, Long> details = new LinkedHashMap<>();
        final LinkState link = card.link().state();
        details.put("link-mbit", (long) link.speedMegabits());
        SHOWN.forEach((statistic, name) -> details.put(name, card.statistics().value(statistic)));
        details.put("card-no-descriptor", noDescriptor());
        return details;
    }

    private long noDescriptor() {
        long dropped = 0;
        for (int set = 0; set < CardAddress.MAX_QUEUE_PAIRS; set++) {
            final QueueCounts counts = card.statistics().queue(set);
            dropped += counts.droppedPackets();
        }
        return dropped;
    }

    /** Why the card no longer works, or empty. */
    Optional<String> failure() {
        final String reason = givenUp;
        if (reason != null) {
            return Optional.of(card.name() + ": the card was closed for all of its chains, for one has ended and "
                    + reason + "; stop all chains at this card and start them again");
        }
        return card.link().state().phase() == LinkState.Phase.GONE
                ? Optional.of(card.name() + ": the card no longer answers: it was unplugged, or its program has ended")
                : Optional.empty();
    }
}
