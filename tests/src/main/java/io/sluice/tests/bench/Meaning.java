// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What figures mean and do not mean, in words; of the rows that a report has. */
final class Meaning {
    private static final String GENERAL =
            "Less is better everywhere. `ratio` is our median by the peer's: below 1 we take less time. A run starts both"
                    + " sides with fresh processes, warms them up and measures them slice by slice in turns; its figure"
                    + " is the median of its slices. `min`, `median` and `max` are over our runs. Two cores are near or"
                    + " far from each other, and a virtual machine may move: compare ratios rather than figures, and"
                    + " no figures of two machines.";

    private static final String CARDS =
            "`ixgbe/*`: time per packet of the driver between a receive queue and a transmit queue of two cards in"
                    + " software, over a ring of 1024 slots, frames of 64 bytes with the check sequence. Cards and driver"
                    + " take turns on one processor, a ring's worth at a time; only the driver's turns are timed, and a"
                    + " slice's figure is the median of its rounds. `forward` leaves packets untouched, `macswap` swaps"
                    + " their MAC addresses in a stage between, `lookup-N` looks them up in a table of N flows, in an"
                    + " order that no cache foresees, and counts them there; `4-outputs` sends each to four transmit"
                    + " queues; `flush-N` publishes and writes tails after N packets, the others after 8. `model` is what"
                    + " a packet costs the two cards in software, beside either driver. A tail here is a store to cached"
                    + " memory; on a card it costs more, so small flushes look better than they are. Packets come from"
                    + " this processor's own caches, into which a card writes at best as far as the last level.";

    private static final Map<String, String> ROWS = Map.of(
            "ring",
            "`ring/*`: time per packet over a ring of 1024 slots of 2048 bytes with two stages, producer and consumer in"
                    + " processes of their own, each on a core of its own, neither ever asleep, publishing after 8"
                    + " packets or when there is nothing more to do. `ring/slot` writes the slot word and reads the"
                    + " length, and touches no packet; `ring/64B` writes and reads 64 bytes; `ring/1500B` copies 1500"
                    + " bytes in and out, as an endpoint with memory of its own must. It is a rate under full load, not"
                    + " a latency, and there is no network card, virtual machine or wake-up in it.",
            "hop",
            "`hop/*`: half of the time that one packet takes there and another one back, one at a time, both sides"
                    + " spinning, with the reading of the clock in it. What a packet meets on an idle ring, not under"
                    + " load; `p99.9` is mostly the machine's interruptions.",
            "chain",
            "`chain/stage`: what one more zero-copy guest stage, which counts each packet and passes it on, adds to"
                    + " the time per packet of the core that carries it. A chain of four stages against one of two,"
                    + " spread over two cores so that each hop crosses between them. A guest with a core of its own"
                    + " adds less to a chain's rate: stages work at the same time.",
            "ixgbe",
            CARDS);

    /** Two ports of 10 Gbit/s at 14.88 million packets a second each leave a processor so much for a packet. */
    private static final double TWO_PORTS_NANOS = 33.6;

    private static final String DPDK =
            "DPDK comes from the distribution and is compiled for its oldest processors; ours and the C peers are"
                    + " compiled for this one. Its drivers are called by a small C program instead of testpmd, so that"
                    + " the bytes that we touch are touched, and nothing else is done: where nothing is touched, testpmd"
                    + " (txonly, rxonly) took as long or longer when they were compared. Packets go in bursts of 32,"
                    + " from and to a pool of mbufs whose upkeep is in the figure. All of these copy packets; we do not,"
                    + " and that is most of the difference.";

    private static final Map<String, String> PEERS = Map.of(
            "c",
            "`c` is the same ring, in C: the reference of the format, which does turn for turn what the Java side does,"
                    + " compiled for this processor; beside cards, on the same descriptors, slots and buffers.",
            "pingpong",
            "`pingpong` is the bare hand-over of one cache line between the two cores, in C, and nothing else: no ring"
                    + " can be faster. A packet needs two lines to cross, its slot and the position.",
            "memif",
            "`memif` is DPDK's shared-memory interface between two processes, 1024 slots of 2048 bytes, that"
                    + " copies each packet twice, into the shared buffers and out of them, also where the"
                    + " program touches nothing.",
            "memif-zc",
            "`memif-zc` is memif with `zero-copy=yes` at the sender, whose own buffers are then the shared ones: the"
                    + " receiver still copies each packet out of them.",
            "vhost",
            "`vhost` is DPDK's virtio_user, which sends, and its vhost-user back end, which receives and copies each"
                    + " packet once: what a virtual machine's virtio card costs without the virtual machine, over a"
                    + " split queue of 1024.");

    private Meaning() {}

    static List<String> of(Report report) {
        final List<String> items = new ArrayList<>();
        items.add(GENERAL);
        report.rows().stream()
                .map(row -> ROWS.get(row.name().split("/")[0]))
                .distinct()
                .filter(item -> item != null)
                .forEach(items::add);
        shares(report).ifPresent(items::add);
        report.rows().stream()
                .map(row -> PEERS.get(row.peer()))
                .distinct()
                .filter(item -> item != null)
                .forEach(items::add);
        if (report.rows().stream().anyMatch(row -> Dpdk.isPeer(row.peer()))) {
            items.add(DPDK);
        }
        return items;
    }

    /** How much of the time that two ports at line rate leave is used. */
    private static Optional<String> shares(Report report) {
        final String shares = report.rows().stream()
                .filter(row -> row.name().startsWith("ixgbe/") && !row.name().equals("ixgbe/model"))
                .map(row -> String.format(
                        Locale.ROOT, "%s %.0f %%", row.name().substring(6), 100 * row.median() / TWO_PORTS_NANOS))
                .collect(Collectors.joining(", "));
        return shares.isEmpty()
                ? Optional.empty()
                : Optional.of("Two ports of 10 Gbit/s at line rate leave 33.6 ns for a packet. Of these are used: "
                        + shares + ".");
    }
}
