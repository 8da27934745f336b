// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a figure of ours shall be.
 *
 * @param limit what the row's ratio, or its median, may be at most
 * @param ofRatio whether the ratio is meant
 */
record Goal(String row, String peer, double limit, boolean ofRatio) {
    private static final List<Goal> ALL = List.of(
            new Goal("ring/slot", "c", 1.25, true),
            new Goal("ring/64B", "c", 1.25, true),
            new Goal("ring/slot", "memif", 0.25, true),
            new Goal("ring/64B", "memif", 0.5, true),
            new Goal("hop/p50", "pingpong", 1.5, true),
            new Goal("chain/stage", "c", 12, false),
            new Goal("ixgbe/forward", "c", 1.25, true),
            new Goal("ixgbe/macswap", "c", 1.25, true),
            new Goal("ixgbe/lookup-1000", "c", 1.25, true),
            new Goal("ixgbe/lookup-60000", "c", 1.25, true),
            new Goal("ixgbe/lookup-1000000", "c", 1.25, true),
            new Goal("ixgbe/4-outputs", "c", 1.25, true));

    static Optional<Goal> of(Row row) {
        return ALL.stream()
                .filter(goal -> goal.row.equals(row.name()) && goal.peer.equals(row.peer()))
                .findFirst();
    }

    /** The limit, and whether {@code row} keeps it. */
    String judge(Row row) {
        return words(row) + (unknown(row) ? ": not known" : met(row) ? ": met" : ": missed");
    }

    private String words(Row row) {
        return "at most "
                + (ofRatio ? ReportText.ratio(limit) : String.format(Locale.ROOT, "%.1f %s", limit, row.unit()));
    }

    private boolean met(Row row) {
        return figure(row) <= limit;
    }

    private boolean unknown(Row row) {
        return Double.isNaN(figure(row));
    }

    private double figure(Row row) {
        return ofRatio ? row.ratio() : row.median();
    }

    /** Which goals of the report's rows are met, and which are not. */
    static String summary(Report report) {
        final List<Row> judged =
                report.rows().stream().filter(row -> of(row).isPresent()).toList();
        final long met =
                judged.stream().filter(row -> of(row).orElseThrow().met(row)).count();
        final StringBuilder words = new StringBuilder("Goals met: " + met + " of " + judged.size() + ".");
        for (Row row : judged) {
            final Goal goal = of(row).orElseThrow();
            if (!goal.met(row)) {
                words.append(goal.unknown(row) ? " Not known: " : " Missed: ")
                        .append(row.name() + " beside " + row.peer() + ", " + goal.words(row))
                        .append(goal.unknown(row) ? "." : String.format(Locale.ROOT, ", is %.2f.", goal.figure(row)));
            }
        }
        return words.toString();
    }
}
