// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.cli.TextTable.Cell;
import io.sluice.host.nic.Nic;
import io.sluice.host.nic.NicCard;
import io.sluice.host.nic.PciSlot;
import io.sluice.shared.memory.EpochClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/** One card as a page for a person. */
final class NicPage {
    private static final String FORM = "  %-10s %s";

    private final Ansi ansi;

    NicPage(Ansi ansi) {
        this.ansi = ansi;
    }

    List<String> lines(Nic nic) {
        final NicCard.Identity identity = nic.card().identity();
        final List<String> lines = new ArrayList<>();
        lines.add("%s: %s (%s, subsystem %s, revision %d)"
                .formatted(
                        styled(identity.name(), Style.bold),
                        identity.kind(),
                        identity.ids().text(),
                        identity.ids().subsystemText(),
                        identity.ids().revision()));
        nic.holder()
                .ifPresent(holder -> lines.add(line(
                        "held by",
                        NicTable.holder(holder) + ", for "
                                + Figures.duration(EpochClock.nanos() - holder.startedNanos()))));
        lines.add(line("door", identity.door()));
        known(lines, "wire", identity.wire());
        known(lines, "address", identity.mac());
        lines.add(line("link", link(nic.card().link())));
        known(lines, "module", nic.card().module());
        nic.slot().ifPresent(slot -> slot(lines, slot));
        queues(lines, nic.card());
        pools(lines, nic.card());
        nic.card().faults().forEach(fault -> lines.add(line("fault", styled(fault, Style.fg_red))));
        nic.card().notes().forEach(note -> lines.add(line("note", note)));
        return lines;
    }

    private static String line(String key, String value) {
        return FORM.formatted(key, value);
    }

    private static void known(List<String> lines, String key, String value) {
        if (!value.isEmpty()) {
            lines.add(line(key, value));
        }
    }

    private String link(NicCard.Link link) {
        final String changes = link.changes() == 1 ? "1 change" : Figures.count(link.changes()) + " changes";
        if (link.up()) {
            final String speed = link.speedMegabits() == 0
                    ? ""
                    : String.format(Locale.ROOT, ", %s Gbit/s", Figures.rate(link.speedMegabits() / 1000.0));
            return styled("up", Style.fg_green) + speed + ", " + changes;
        }
        final String waiting = link.waitingFor().isEmpty() ? "" : ", waits for " + link.waitingFor();
        return styled(link.phase(), Style.fg_yellow) + waiting + ", " + changes;
    }

    private void slot(List<String> lines, PciSlot slot) {
        known(lines, "PCIe", slot.pcieLink());
        known(lines, "interface", String.join(", ", slot.interfaces()));
        final String others =
                slot.groupMembers().isEmpty() ? "" : ", together with " + String.join(", ", slot.groupMembers());
        lines.add(line("IOMMU", slot.iommuGroup().isEmpty() ? "none" : "group " + slot.iommuGroup() + others));
        if (slot.numaNode() >= 0) {
            lines.add(line("NUMA", "node " + slot.numaNode()));
        }
        slot.missing().forEach(missing -> lines.add(line("missing", styled(missing.what(), Style.fg_yellow))));
        slot.commands().forEach(command -> lines.add(line("type", styled(command, Style.bold))));
    }

    private void queues(List<String> lines, NicCard card) {
        if (card.queues().isEmpty()) {
            return;
        }
        final boolean busy = card.queues().stream().anyMatch(queue -> queue.busy() != NicCard.UNKNOWN);
        final TextTable table = new TextTable("    ", ansi);
        final List<Cell> header = new ArrayList<>();
        header.add(Cell.left("QUEUE", Style.faint));
        header.add(Cell.left("USED BY", Style.faint));
        header.add(Cell.right("DESCRIPTORS", Style.faint));
        if (busy) {
            header.add(Cell.left("WITH THE CARD", Style.faint));
        }
        header.add(Cell.right("PACKETS", Style.faint));
        header.add(Cell.right("BYTES", Style.faint));
        header.add(Cell.right("DROPPED", Style.faint));
        table.row(header);
        for (NicCard.Queue queue : card.queues()) {
            final List<Cell> row = new ArrayList<>();
            row.add(Cell.left((queue.receives() ? "receive " : "transmit ") + queue.number(), Style.fg_cyan));
            row.add(Cell.left(queue.user()));
            row.add(Cell.right(Figures.count(queue.descriptors())));
            if (busy) {
                row.add(Cell.left(busy(queue)));
            }
            row.add(Cell.right(known(queue.packets(), Figures::count)));
            row.add(Cell.right(known(queue.bytes(), Figures::bytes)));
            row.add(Cell.right(known(queue.dropped(), Figures::count)));
            table.row(row);
        }
        lines.add("  queues");
        lines.addAll(table.lines());
    }

    private static String busy(NicCard.Queue queue) {
        return known(queue.busy(), busy -> Figures.bar(busy, queue.descriptors()) + ' ' + Figures.count(busy));
    }

    private static String known(long number, LongFunction<String> form) {
        return number == NicCard.UNKNOWN ? "-" : form.apply(number);
    }

    private void pools(List<String> lines, NicCard card) {
        if (card.pools().isEmpty()) {
            return;
        }
        final TextTable table = new TextTable("    ", ansi);
        table.row(List.of(
                Cell.left("POOL", Style.faint),
                Cell.left("USED BY", Style.faint),
                Cell.left("RECEIVES", Style.faint),
                Cell.left("QUEUES", Style.faint)));
        for (NicCard.Pool pool : card.pools()) {
            table.row(List.of(
                    Cell.left(Integer.toString(pool.number()), Style.fg_cyan),
                    Cell.left(pool.user()),
                    Cell.left(pool.filter()),
                    Cell.left(pool.queues())));
        }
        lines.add("  pools");
        lines.addAll(table.lines());
    }

    private String styled(String text, Style style) {
        return TextTable.styled(ansi, text, List.of(style));
    }
}
