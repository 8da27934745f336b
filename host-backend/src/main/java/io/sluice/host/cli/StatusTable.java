// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.attach.GuestLife;
import io.sluice.host.attach.LossPolicy;
import io.sluice.host.cli.TextTable.Cell;
import io.sluice.host.control.ChainStatus;
import io.sluice.host.control.GuestStatus;
import io.sluice.host.control.RingStatus;
import io.sluice.host.control.StageStatus;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/** A chain's status as lines for a person: its guests, and for each ring a table of its stages. */
final class StatusTable {
    private static final int LABEL_CHARACTERS = 24;

    private final Ansi ansi;

    StatusTable(Ansi ansi) {
        this.ansi = ansi;
    }

    /**
     * The lines of {@code chain}.
     *
     * @param before an earlier status of the same chain, for rates; null for none
     */
    List<String> lines(ChainStatus chain, ChainStatus before) {
        final List<String> lines = new ArrayList<>();
        lines.add("chain " + bold(chain.name()) + segment(chain) + state(chain));
        if (!chain.guests().isEmpty()) {
            lines.add("  guests: " + chain.guests().stream().map(this::guest).collect(Collectors.joining(", ")));
        }
        for (int i = 0; i < chain.rings().size(); i++) {
            final RingStatus ring = chain.rings().get(i);
            final boolean comparable = before != null && i < before.rings().size();
            lines.addAll(lines(ring, comparable ? before.rings().get(i) : null));
        }
        return lines;
    }

    private static String segment(ChainStatus chain) {
        return chain.segment()
                .map(segment -> " (segment %d of %d of chain %s, %s)"
                        .formatted(
                                segment.number(),
                                segment.count(),
                                segment.chain(),
                                segment.domain().isEmpty() ? "no domain named" : "domain " + segment.domain()))
                .orElse("");
    }

    private String state(ChainStatus chain) {
        return switch (chain.state()) {
            case LIVE -> "";
            case RETIRED ->
                chain.retireReason() == Violation.NONE
                        ? ": ended"
                        : warning(": retired, a guest broke the ring's rules: "
                                + chain.retireReason().label());
        };
    }

    private String guest(GuestStatus guest) {
        final GuestLife life = guest.life();
        final String age = " for " + Figures.duration(guest.ageNanos());
        final String times = life.grants() > 1 ? " (" + life.grants() + " times)" : "";
        final String state = switch (life.state()) {
            case PRESENT -> " attached" + age;
            case SUSPECT -> warning(" suspect" + age);
            case LOST -> warning(" lost" + age) + packets(life);
            case ABSENT -> (life.grants() == 0 ? warning(" not attached yet") : warning(" gone" + age)) + packets(life);
        };
        return guest.name() + state + times;
    }

    /** What becomes of the packets of a guest that is not there. */
    private static String packets(GuestLife life) {
        if (!life.stoodIn()) {
            return "; packets wait";
        }
        return life.policy() == LossPolicy.DROP ? "; packets are dropped" : "; packets pass it by";
    }

    private List<String> lines(RingStatus ring, RingStatus before) {
        final TextTable table = new TextTable("    ", ansi);
        table.row(header(before != null));
        for (int i = 0; i < ring.stages().size(); i++) {
            final StageStatus stage = ring.stages().get(i);
            final Optional<StageStatus.Rate> rate =
                    before == null || i >= before.stages().size()
                            ? Optional.empty()
                            : stage.rateSince(before.stages().get(i));
            table.row(row(ring, stage, i == 0, before != null, rate));
        }
        final List<String> lines = new ArrayList<>();
        lines.add("  %s: %s slots, %s in the ring"
                .formatted(
                        ring.direction().name().toLowerCase(Locale.ROOT),
                        Figures.count(ring.slots()),
                        Figures.count(ring.inRing())));
        lines.addAll(table.lines());
        ring.last().latency().ifPresent(latency -> lines.add("    " + latency(latency)));
        return lines;
    }

    private static List<Cell> header(boolean rates) {
        final List<Cell> cells = new ArrayList<>();
        cells.add(Cell.left("STAGE", Style.faint));
        cells.add(Cell.right("PACKETS", Style.faint));
        cells.add(Cell.right("BYTES", Style.faint));
        if (rates) {
            cells.add(Cell.right("PACKET/S", Style.faint));
            cells.add(Cell.right("BIT/S", Style.faint));
        }
        cells.add(Cell.left("WAITING", Style.faint));
        cells.add(Cell.left("DROPPED", Style.faint));
        return cells;
    }

    private static List<Cell> row(
            RingStatus ring, StageStatus stage, boolean first, boolean rates, Optional<StageStatus.Rate> rate) {
        final List<Cell> cells = new ArrayList<>();
        cells.add(Cell.left(shortened(stage.label()), Style.fg_cyan));
        cells.add(Cell.right(Figures.count(stage.packets())));
        cells.add(Cell.right(Figures.bytes(stage.bytes())));
        if (rates) {
            cells.add(Cell.right(rate.map(r -> Figures.rate(r.packets())).orElse("-")));
            cells.add(Cell.right(rate.map(r -> Figures.rate(r.bits())).orElse("-")));
        }
        final boolean full = stage.waiting() > ring.slots() / 2;
        final String waiting =
                first ? "" : Figures.bar(stage.waiting(), ring.slots()) + ' ' + Figures.count(stage.waiting());
        cells.add(full ? Cell.left(waiting, Style.fg_yellow) : Cell.left(waiting));
        cells.add(Cell.left(drops(stage.drops()), Style.fg_yellow));
        return cells;
    }

    /** {@code denied 1,234, malformed 2}, or nothing. */
    static String drops(Map<DropReason, Long> drops) {
        return drops.entrySet().stream()
                .map(drop -> drop.getKey().label() + ' ' + Figures.count(drop.getValue()))
                .collect(Collectors.joining(", "));
    }

    /** {@code latency p50 12.3 us, p99 ...}. */
    static String latency(StageStatus.Latency latency) {
        return "latency p50 %s, p99 %s, p99.9 %s, max %s"
                .formatted(
                        Figures.nanos(latency.p50Nanos()),
                        Figures.nanos(latency.p99Nanos()),
                        Figures.nanos(latency.p999Nanos()),
                        Figures.nanos(latency.maxNanos()));
    }

    /** A label of which the end tells more than the middle: {@code pcap:.../capture.pcap}. */
    static String shortened(String label) {
        if (label.length() <= LABEL_CHARACTERS) {
            return label;
        }
        final int kind = label.indexOf(':') + 1;
        final int room = LABEL_CHARACTERS - kind - 3;
        final int lastSegment = label.lastIndexOf('/');
        final boolean segmentFits = lastSegment >= kind && label.length() - lastSegment <= room;
        return label.substring(0, kind) + "..." + label.substring(segmentFits ? lastSegment : label.length() - room);
    }

    private String bold(String text) {
        return TextTable.styled(ansi, text, List.of(Style.bold));
    }

    private String warning(String text) {
        return TextTable.styled(ansi, text, List.of(Style.fg_yellow));
    }
}
