// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reports for people: as text, and as a page. */
public final class ReportText {
    private static final List<String> TITLES =
            List.of("row", "unit", "min", "median", "max", "peer", "peer median", "ratio", "goal");
    private static final int FIRST_NUMBER = 2;
    private static final int PEER = 5;
    private static final int LAST_NUMBER = 7;
    private static final String MISSING = "missing";

    private ReportText() {}

    /** A table with the machine above it and what it means under it. */
    public static String text(Report report) {
        final List<List<String>> cells = cells(report);
        final int[] widths = new int[TITLES.size()];
        for (List<String> row : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        final StringBuilder text = new StringBuilder();
        report.machine().forEach((name, value) -> text.append(String.format("%-11s %s%n", name, value)));
        text.append('\n');
        for (List<String> row : cells) {
            final StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                final String padding = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? "" : "  ").append(isNumber(i) ? padding + row.get(i) : row.get(i) + padding);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        text.append('\n').append(wrapped(Goal.summary(report), "", ""));
        Meaning.of(report).forEach(item -> text.append('\n').append(wrapped(item, "- ", "  ")));
        return text.toString();
    }

    /**
     * A page in Markdown.
     *
     * @param chart the chart's place, as seen from the page
     * @param source the report's place, for the command that makes the page again
     */
    public static String page(Report report, String chart, String source) {
        final StringBuilder page = new StringBuilder("# Performance\n\n")
                .append("Made by `./sluice bench --json " + source
                        + " --page docs/performance.md`; not edited by hand.\n")
                .append("`--from " + source + "` in the place of `--json` makes the page again without measuring.\n\n");
        final List<List<String>> cells = cells(report);
        for (int i = 0; i < cells.size(); i++) {
            page.append("| ").append(String.join(" | ", cells.get(i))).append(" |\n");
            if (i == 0) {
                for (int column = 0; column < TITLES.size(); column++) {
                    page.append(isNumber(column) ? "|---:" : "|---");
                }
                page.append("|\n");
            }
        }
        page.append('\n').append(wrapped(Goal.summary(report), "", ""));
        page.append("\n![Ratio to each peer](").append(chart).append(")\n\n## What the numbers mean, and what not\n\n");
        Meaning.of(report).forEach(item -> page.append(wrapped(item, "- ", "  ")));
        page.append("\n## Where they were taken\n\n| | |\n|---|---|\n");
        report.machine()
                .forEach((name, value) -> page.append("| ")
                        .append(name)
                        .append(" | ")
                        .append(value)
                        .append(" |\n"));
        return page.toString();
    }

    private static boolean isNumber(int column) {
        return column >= FIRST_NUMBER && column <= LAST_NUMBER && column != PEER;
    }

    private static List<List<String>> cells(Report report) {
        final List<List<String>> cells = new ArrayList<>();
        cells.add(TITLES);
        for (Row row : report.rows()) {
            cells.add(List.of(
                    row.name(),
                    row.unit(),
                    figure(row.min()),
                    figure(row.median()),
                    figure(row.max()),
                    row.peer(),
                    figure(row.peerMedian()),
                    ratio(row.ratio()),
                    Goal.of(row).map(goal -> goal.judge(row)).orElse("")));
        }
        return cells;
    }

    private static String figure(double value) {
        return Double.isNaN(value)
                ? MISSING
                : String.format(Locale.ROOT, Math.abs(value) < 99.95 ? "%.1f" : "%,.0f", value);
    }

    static String ratio(double value) {
        return Double.isNaN(value) ? MISSING : String.format(Locale.ROOT, "%.2f", value);
    }

    private static String wrapped(String text, String first, String next) {
        final StringBuilder lines = new StringBuilder();
        StringBuilder line = new StringBuilder(first);
        for (String word : text.split(" ")) {
            if (line.length() + word.length() > 118) {
                lines.append(line.toString().stripTrailing()).append('\n');
                line = new StringBuilder(next);
            }
            line.append(word).append(' ');
        }
        return lines.append(line.toString().stripTrailing()).append('\n').toString();
    }
}
