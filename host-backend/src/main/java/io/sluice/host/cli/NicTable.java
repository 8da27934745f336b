// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.cli.TextTable.Cell;
import io.sluice.host.nic.Nic;
import io.sluice.host.nic.NicCard;
import io.sluice.host.nic.NicHolder;
import io.sluice.host.nic.PciSlot;
import io.sluice.shared.memory.EpochClock;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/** Cards as tables for a person: one line each, or one line for each counter. */
final class NicTable {
    private static final int MEGABITS_PER_GIGABIT = 1000;

    private final Ansi ansi;

    NicTable(Ansi ansi) {
        this.ansi = ansi;
    }

    List<String> list(List<Nic> nics) {
        final TextTable table = new TextTable("", ansi);
        table.row(List.of(
                Cell.left("NAME", Style.faint),
                Cell.left("KIND", Style.faint),
                Cell.left("ID", Style.faint),
                Cell.left("ADDRESS", Style.faint),
                Cell.left("LINK", Style.faint),
                Cell.right("RECEIVED", Style.faint),
                Cell.right("TRANSMITTED", Style.faint),
                Cell.left("HELD BY", Style.faint)));
        for (Nic nic : nics) {
            final NicCard card = nic.card();
            table.row(List.of(
                    Cell.left(nic.name(), Style.fg_cyan),
                    Cell.left(card.identity().kind()),
                    Cell.left(card.identity().ids().text()),
                    Cell.left(card.identity().mac()),
                    link(card.link()),
                    Cell.right(Figures.count(card.traffic().receivedPackets())),
                    Cell.right(Figures.count(card.traffic().transmittedPackets())),
                    holder(nic)));
        }
        final List<String> lines = new ArrayList<>(table.lines());
        for (Nic nic : nics) {
            nic.slot()
                    .filter(slot -> nic.holder().isEmpty() && !slot.commands().isEmpty())
                    .ifPresent(slot -> lines.add("to use " + nic.name() + ": "
                            + slot.commands().getFirst()
                            + (slot.iommuGroup().isEmpty()
                                    ? "   (sluice nic info " + nic.name() + " has a caution)"
                                    : "")));
        }
        return lines;
    }

    private static Cell holder(Nic nic) {
        return nic.holder()
                .map(holder -> holder.life() == NicHolder.Life.RUNNING
                        ? Cell.left(holder(holder))
                        : Cell.left(holder(holder), Style.fg_yellow))
                .or(() -> nic.slot().map(slot -> Cell.left(slot(slot))))
                .orElse(Cell.left(""));
    }

    /** {@code sluice run, process 4711}, and where its heart does not beat that it does not. */
    static String holder(NicHolder holder) {
        final String process = "sluice " + holder.role() + ", process " + holder.process();
        return switch (holder.life()) {
            case RUNNING -> process;
            case SILENT ->
                process + ": silent for "
                        + Figures.duration(EpochClock.nanos() - holder.beatNanos())
                        + "; is the process stopped?";
        };
    }

    private static String slot(PciSlot slot) {
        final List<String> parts = new ArrayList<>();
        if (slot.driver().isEmpty()) {
            parts.add("no driver");
        } else {
            parts.add((slot.kernelUses() ? "kernel driver " : "") + slot.driver());
        }
        if (!slot.interfaces().isEmpty()) {
            parts.add(String.join(" ", slot.interfaces()));
        }
        parts.add(slot.iommuGroup().isEmpty() ? "no IOMMU group" : "IOMMU group " + slot.iommuGroup());
        if (slot.numaNode() >= 0) {
            parts.add("node " + slot.numaNode());
        }
        return String.join(", ", parts);
    }

    /** {@code up 10G}, green; anything else yellow. */
    static Cell link(NicCard.Link link) {
        return link.up() ? Cell.left("up" + speed(link), Style.fg_green) : Cell.left(link.phase(), Style.fg_yellow);
    }

    private static String speed(NicCard.Link link) {
        if (link.speedMegabits() == 0) {
            return "";
        }
        return link.speedMegabits() % MEGABITS_PER_GIGABIT == 0
                ? " " + link.speedMegabits() / MEGABITS_PER_GIGABIT + "G"
                : " " + link.speedMegabits() + "M";
    }

    /** The counters of {@code nic} that are not 0, or all. */
    List<String> counters(Nic nic, boolean all) {
        final TextTable table = new TextTable("  ", ansi);
        table.row(List.of(
                Cell.left("COUNTER", Style.faint), Cell.right("COUNT", Style.faint), Cell.left("WHAT", Style.faint)));
        int zeros = 0;
        for (NicCard.Counter counter : nic.card().counters()) {
            if (counter.count() == 0 && !all) {
                zeros++;
            } else {
                table.row(List.of(
                        Cell.left(counter.register(), Style.fg_cyan),
                        Cell.right(Figures.count(counter.count())),
                        Cell.left(counter.words())));
            }
        }
        final List<String> lines = new ArrayList<>();
        lines.add(TextTable.styled(ansi, nic.name(), List.of(Style.bold)) + " ("
                + nic.card().identity().kind() + ")");
        lines.addAll(table.lines());
        if (nic.card().counters().isEmpty()) {
            lines.add("  nobody counts: no driver has this card");
        } else if (zeros > 0) {
            lines.add("  and " + zeros + " that are 0 (--all)");
        }
        nic.card().notes().forEach(note -> lines.add("  note: " + note));
        return lines;
    }
}
