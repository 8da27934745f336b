// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import io.sluice.host.ixgbe.Card;
import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.CardHealth;
import io.sluice.host.ixgbe.CardIdentity;
import io.sluice.host.ixgbe.CardStatistics;
import io.sluice.host.ixgbe.LinkState;
import io.sluice.host.ixgbe.QueueCounts;
import io.sluice.host.ixgbe.SfpModule;
import io.sluice.host.ixgbe.Statistic;
import io.sluice.host.ixgbe.register.StatisticsRegisters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A card that our driver has, as reports show it. It asks the driver, whose maintenance has read the counters, and reads
 * no register but those for the module, once each time that the link's state has changed. For one thread.
 */
public final class CardView {
    /** GORC and GOTC count the check sequence of each frame too (8.2.3.23.26). */
    private static final int CHECK_SEQUENCE_BYTES = 4;

    private final Card card;
    private final String door;
    private final String wire;
    private final Uses uses;
    private LinkState.Phase modulePhase;
    private String module = "";

    /** Who uses a card's queues and pools; asked by the thread that reports. */
    public interface Uses {
        /** Queues in use, their counters {@link NicCard#UNKNOWN}: the card's own are put in. */
        List<NicCard.Queue> queues();

        /** Pools in use. */
        List<NicCard.Pool> pools();
    }

    /**
     * A view of {@code card}.
     *
     * @param door how it is reached, in words
     * @param wire a model's other end, or empty
     */
    public CardView(Card card, String door, String wire, Uses uses) {
        this.card = card;
        this.door = door;
        this.wire = wire;
        this.uses = uses;
    }

    /** The card as it is now; for {@link NicReport}. */
    public NicCard card() {
        final CardIdentity identity = card.identity();
        final LinkState link = card.link().state();
        final CardHealth.State health = card.health().state();
        final List<String> faults = new ArrayList<>();
        if (health.phase() != CardHealth.Phase.WORKING) {
            faults.add(word(health.phase()) + ": " + health.reason());
        }
        final List<String> notes = new ArrayList<>();
        if (card.health().resets() > 0) {
            notes.add(
                    "reset and set up again " + card.health().resets() + " times, last because of: " + health.reason());
        }
        final NicCard.PciIds ids = new NicCard.PciIds(
                identity.vendorId(),
                identity.deviceId(),
                identity.subsystemVendorId(),
                identity.subsystemId(),
                identity.revision());
        return new NicCard(
                new NicCard.Identity(
                        card.name(),
                        PciNames.of(ids.vendor(), ids.device()).orElse(identity.kind()),
                        door,
                        wire,
                        ids,
                        card.macAddress().toString()),
                new NicCard.Link(
                        word(link.phase()),
                        link.speedMegabits(),
                        link.waitingFor(),
                        2 * card.link().losses() + (link.up() ? 1 : 0)),
                module(link.phase()),
                traffic(card.statistics()),
                counters(card.statistics()),
                counted(uses.queues()),
                uses.pools(),
                faults,
                notes);
    }

    private String module(LinkState.Phase phase) {
        // A card that is gone or is being reset cannot be asked; what was in its cage is there still.
        final boolean answers = phase != LinkState.Phase.GONE && phase != LinkState.Phase.DOWN;
        if (answers && phase != modulePhase) {
            modulePhase = phase;
            try {
                module = card.link().module().map(SfpModule::toString).orElse("");
            } catch (CardException e) {
                module = "does not answer: " + e.getMessage();
            }
        }
        return module;
    }

    private static NicCard.Traffic traffic(CardStatistics statistics) {
        final long received = statistics.value(Statistic.RECEIVED_GOOD);
        final long transmitted = statistics.value(Statistic.TRANSMITTED_GOOD);
        long dropped = statistics.value(Statistic.MISSED);
        for (int set = 0; set < StatisticsRegisters.STATISTICS_SETS; set++) {
            dropped += statistics.queue(set).droppedPackets();
        }
        return new NicCard.Traffic(
                statistics.refreshedNanos(),
                received,
                statistics.value(Statistic.RECEIVED_GOOD_BYTES) - CHECK_SEQUENCE_BYTES * received,
                transmitted,
                statistics.value(Statistic.TRANSMITTED_GOOD_BYTES) - CHECK_SEQUENCE_BYTES * transmitted,
                dropped);
    }

    private static List<NicCard.Counter> counters(CardStatistics statistics) {
        final List<NicCard.Counter> counters = new ArrayList<>();
        for (Statistic statistic : Statistic.values()) {
            counters.add(new NicCard.Counter(statistic.register(), statistic.label(), statistics.value(statistic)));
        }
        for (int set = 0; set < StatisticsRegisters.STATISTICS_SETS; set++) {
            final QueueCounts counts = statistics.queue(set);
            final String queues = "queues " + set + ", " + (set + StatisticsRegisters.STATISTICS_SETS) + ", ...: ";
            add(counters, "QPRC", set, queues + "received packets", counts.receivedPackets());
            add(counters, "QBRC", set, queues + "received bytes", counts.receivedBytes());
            add(counters, "QPRDC", set, queues + "dropped, no descriptor", counts.droppedPackets());
            add(counters, "QPTC", set, queues + "transmitted packets", counts.transmittedPackets());
            add(counters, "QBTC", set, queues + "transmitted bytes", counts.transmittedBytes());
        }
        return counters;
    }

    private static void add(List<NicCard.Counter> counters, String register, int set, String words, long count) {
        counters.add(new NicCard.Counter(register + '[' + set + ']', words, count));
    }

    /**
     * The queues with what the card's statistics sets have counted. Where several of one direction have a set in common,
     * the first one shows it, and what is the others' alone is not known.
     */
    private List<NicCard.Queue> counted(List<NicCard.Queue> queues) {
        final List<NicCard.Queue> sorted = new ArrayList<>(queues);
        sorted.sort(
                Comparator.comparing((NicCard.Queue queue) -> !queue.receives()).thenComparing(NicCard.Queue::number));
        final Set<Integer> shown = new HashSet<>();
        final List<NicCard.Queue> counted = new ArrayList<>();
        for (NicCard.Queue queue : sorted) {
            final int set = queue.number() % StatisticsRegisters.STATISTICS_SETS;
            final boolean first = shown.add(queue.receives() ? set : -1 - set);
            counted.add(first ? counted(queue, card.statistics().queue(set)) : queue);
        }
        return counted;
    }

    private static NicCard.Queue counted(NicCard.Queue queue, QueueCounts counts) {
        return new NicCard.Queue(
                queue.receives(),
                queue.number(),
                queue.user(),
                queue.descriptors(),
                queue.busy(),
                queue.receives() ? counts.receivedPackets() : counts.transmittedPackets(),
                queue.receives() ? counts.receivedBytes() : counts.transmittedBytes(),
                queue.receives() ? counts.droppedPackets() : NicCard.UNKNOWN);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
