// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.cli.TextTable.Cell;
import io.sluice.host.nic.Nic;
import io.sluice.host.nic.NicHolder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/** What cards do per second, as lines for a person, from looks at them one after the other. */
final class NicRates {
    private static final int PICTURE = 60;

    private final Ansi ansi;
    private final boolean picture;
    private final Sparks sparks;
    private final Map<String, Nic> before = new HashMap<>();
    private final Map<String, Nic.Rate> rates = new HashMap<>();
    private final Map<String, Deque<Double>> received = new HashMap<>();
    private final Map<String, Deque<Double>> transmitted = new HashMap<>();

    /** Lines with or without a {@code picture} of what was before. */
    NicRates(Ansi ansi, boolean picture, Sparks sparks) {
        this.ansi = ansi;
        this.picture = picture;
        this.sparks = sparks;
    }

    /**
     * A further look at all cards. One whose counters its driver has not read since keeps its rate, unless its process
     * stands still.
     */
    void add(List<Nic> nics) {
        rates.keySet().retainAll(nics.stream().map(Nic::key).toList());
        for (Nic nic : nics) {
            final Nic earlier = before.put(nic.key(), nic);
            if (earlier != null && nic.countedNanos() != earlier.countedNanos()) {
                nic.rateSince(earlier)
                        .ifPresentOrElse(rate -> rates.put(nic.key(), rate), () -> rates.remove(nic.key()));
            }
            if (nic.holder()
                    .filter(holder -> holder.life() != NicHolder.Life.RUNNING)
                    .isPresent()) {
                rates.remove(nic.key());
            }
            of(nic).ifPresent(rate -> {
                remember(received, nic.key(), rate.received());
                remember(transmitted, nic.key(), rate.transmitted());
            });
        }
    }

    private static void remember(Map<String, Deque<Double>> histories, String key, double value) {
        final Deque<Double> history =
                histories.computeIfAbsent(key, _ -> new ArrayDeque<>(Collections.nCopies(PICTURE, 0.0)));
        history.addLast(value);
        history.removeFirst();
    }

    /** The card's rate at the last look, where it is known. */
    Optional<Nic.Rate> of(Nic nic) {
        return Optional.ofNullable(rates.get(nic.key()));
    }

    List<String> lines(List<Nic> nics) {
        final TextTable table = new TextTable("", ansi);
        table.row(List.of(
                Cell.left("CARD", Style.faint),
                Cell.left("LINK", Style.faint),
                Cell.right("RX PACKET/S", Style.faint),
                Cell.right("RX BIT/S", Style.faint),
                Cell.right("TX PACKET/S", Style.faint),
                Cell.right("TX BIT/S", Style.faint),
                Cell.right("DROPPED/S", Style.faint),
                Cell.right("LINK CHANGES", Style.faint)));
        nics.forEach(nic -> table.row(row(nic)));
        final List<String> lines = new ArrayList<>(table.lines());
        if (picture) {
            for (Nic nic : nics) {
                lines.add("");
                lines.addAll(picture(nic));
            }
        }
        return lines;
    }

    private List<Cell> row(Nic nic) {
        final Optional<Nic.Rate> rate = of(nic);
        final boolean drops = rate.isPresent() && rate.get().dropped() > 0;
        final boolean changes = rate.isPresent() && rate.get().linkChanges() > 0;
        return List.of(
                Cell.left(StatusTable.shortened(nic.name()), Style.fg_cyan),
                NicTable.link(nic.card().link()),
                Cell.right(rate.map(r -> Figures.rate(r.received())).orElse("-")),
                Cell.right(rate.map(r -> Figures.rate(r.receivedBits())).orElse("-")),
                Cell.right(rate.map(r -> Figures.rate(r.transmitted())).orElse("-")),
                Cell.right(rate.map(r -> Figures.rate(r.transmittedBits())).orElse("-")),
                drops
                        ? Cell.right(Figures.rate(rate.get().dropped()), Style.fg_yellow)
                        : Cell.right(rate.map(r -> Figures.rate(r.dropped())).orElse("-")),
                changes
                        ? Cell.right(Figures.count(rate.get().linkChanges()), Style.fg_yellow)
                        : Cell.right(
                                rate.map(r -> Figures.count(r.linkChanges())).orElse("-")));
    }

    private List<String> picture(Nic nic) {
        final Deque<Double> in = received.getOrDefault(nic.key(), new ArrayDeque<>());
        final Deque<Double> out = transmitted.getOrDefault(nic.key(), new ArrayDeque<>());
        return List.of(
                "%s  received     |%s| at most %s/s"
                        .formatted(StatusTable.shortened(nic.name()), coloured(in, Style.fg_green), most(in)),
                "%s  transmitted  |%s| at most %s/s"
                        .formatted(
                                " ".repeat(StatusTable.shortened(nic.name()).length()),
                                coloured(out, Style.fg_blue),
                                most(out)));
    }

    private String coloured(Deque<Double> history, Style style) {
        return TextTable.styled(ansi, sparks.draw(history), List.of(style));
    }

    private static String most(Deque<Double> history) {
        return Figures.rate(
                history.stream().mapToDouble(Double::doubleValue).max().orElse(0));
    }
}
