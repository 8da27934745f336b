// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.cli.TextTable.Cell;
import io.sluice.host.control.ChainStatus;
import io.sluice.host.demo.Account;
import io.sluice.host.demo.CardEntry;
import io.sluice.host.demo.DemoResult;
import io.sluice.host.demo.DemoView;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/** What the demo shows: its phases, the chain's table while packets flow, and the account. */
final class DemoReport implements DemoView {
    private static final long PLAIN_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final PrintWriter out;
    private final boolean interactive;
    private final Ansi ansi;
    private final Screen screen;
    private ChainStatus before;
    private long shownNanos;

    DemoReport(PrintWriter out, boolean interactive) {
        this.out = out;
        this.interactive = interactive;
        this.ansi = Screen.colours(interactive);
        this.screen = new Screen(out, interactive);
    }

    @Override
    public void phase(String what) {
        screen.keep();
        out.println(styled("==> ", Style.fg_cyan) + what);
        out.flush();
    }

    @Override
    public void sample(ChainStatus chain) {
        final long now = System.nanoTime();
        if (before == null) {
            before = chain;
            shownNanos = now;
        } else if (interactive || now - shownNanos >= PLAIN_NANOS) {
            screen.replace(new StatusTable(ansi).lines(chain, before));
            before = chain;
            shownNanos = now;
        }
    }

    /** Shows the account, and whether it closes. */
    void result(DemoResult result) {
        screen.keep();
        lines(result, ansi).forEach(out::println);
        out.flush();
    }

    static List<String> lines(DemoResult result, Ansi ansi) {
        final TextTable table = new TextTable("    ", ansi);
        table.row(List.of(
                Cell.left("DIRECTION", Style.faint),
                Cell.left("FROM", Style.faint),
                Cell.left("TO", Style.faint),
                Cell.right("RECEIVED", Style.faint),
                Cell.right("= SENT", Style.faint),
                Cell.right("+ DROPPED", Style.faint),
                Cell.right("+ IN RING", Style.faint),
                Cell.left("BY REASON", Style.faint)));
        for (Account.Entry entry : result.account().entries()) {
            table.row(List.of(
                    Cell.left(entry.direction().name().toLowerCase(Locale.ROOT)),
                    Cell.left(StatusTable.shortened(entry.from()), Style.fg_cyan),
                    Cell.left(StatusTable.shortened(entry.to()), Style.fg_cyan),
                    Cell.right(Figures.count(entry.received())),
                    Cell.right(Figures.count(entry.sent())),
                    Cell.right(Figures.count(entry.droppedPackets())),
                    Cell.right(Figures.count(entry.inRing())),
                    Cell.left(StatusTable.drops(entry.dropped()), Style.fg_yellow)));
        }
        final List<String> lines = new ArrayList<>();
        lines.add("");
        lines.addAll(table.lines());
        for (Account.Entry entry : result.account().entries()) {
            entry.latency()
                    .ifPresent(latency -> lines.add(
                            "    from " + StatusTable.shortened(entry.from()) + ": " + StatusTable.latency(latency)));
        }
        if (!result.cards().isEmpty()) {
            lines.add("");
            lines.addAll(cards(result.cards(), ansi));
        }
        lines.add("");
        lines.addAll(verdict(result, ansi));
        return lines;
    }

    private static List<String> cards(List<CardEntry> cards, Ansi ansi) {
        final TextTable table = new TextTable("    ", ansi);
        table.row(List.of(
                Cell.left("CARD", Style.faint),
                Cell.left("WIRE", Style.faint),
                Cell.right("RECEIVED", Style.faint),
                Cell.right("= ENTERED", Style.faint),
                Cell.right("TRANSMITTED", Style.faint),
                Cell.right("= LEFT", Style.faint),
                Cell.right("NOT TAKEN", Style.faint)));
        for (CardEntry card : cards) {
            table.row(List.of(
                    Cell.left(card.card(), Style.fg_cyan),
                    Cell.left(StatusTable.shortened(card.wire())),
                    Cell.right(Figures.count(card.received())),
                    Cell.right(Figures.count(card.entered())),
                    Cell.right(Figures.count(card.transmitted())),
                    Cell.right(Figures.count(card.left())),
                    Cell.right(Figures.count(card.dropped()))));
        }
        final List<String> lines = new ArrayList<>(table.lines());
        lines.add("    received and transmitted as the cards' registers count; not taken: came while a card had no"
                + " descriptors, before the chain was open or faster than it took them");
        return lines;
    }

    private static List<String> verdict(DemoResult result, Ansi ansi) {
        final List<String> lines = new ArrayList<>();
        for (Account.Entry entry : result.account().entries()) {
            entry.faults().forEach(fault -> lines.add(entry.from() + " to " + entry.to() + ": " + fault));
            if (entry.sent() == 0) {
                lines.add(entry.from() + " to " + entry.to() + ": no packet has come through");
            }
        }
        result.cards().forEach(card -> lines.addAll(card.faults()));
        lines.addAll(result.faults());
        lines.replaceAll(line -> TextTable.styled(ansi, line, List.of(Style.fg_red)));
        if (result.accounted()) {
            final long packets = result.account().entries().stream()
                    .mapToLong(Account.Entry::received)
                    .sum();
            final String verdict = "every packet accounted for: " + Figures.count(packets) + " in "
                    + Figures.nanos(result.trafficNanos());
            lines.add(TextTable.styled(ansi, verdict, List.of(Style.bold, Style.fg_green)));
        } else {
            lines.add(TextTable.styled(ansi, "the account does not close", List.of(Style.bold, Style.fg_red)));
        }
        return lines;
    }

    private String styled(String text, Style style) {
        return TextTable.styled(ansi, text, List.of(style));
    }
}
