// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/** Rows of cells in columns as wide as they need to be. */
final class TextTable {
    private static final String GAP = "  ";

    /** One cell; colours count for nothing in its width. */
    record Cell(String text, boolean right, List<Style> styles) {
        static Cell left(String text, Style... styles) {
            return new Cell(text, false, List.of(styles));
        }

        static Cell right(String text, Style... styles) {
            return new Cell(text, true, List.of(styles));
        }
    }

    private final String indent;
    private final Ansi ansi;
    private final List<List<Cell>> rows = new ArrayList<>();

    TextTable(String indent, Ansi ansi) {
        this.indent = indent;
        this.ansi = ansi;
    }

    /** Adds a row, which has as many cells as the others. */
    void row(List<Cell> cells) {
        rows.add(List.copyOf(cells));
    }

    List<String> lines() {
        final int columns = rows.isEmpty() ? 0 : rows.getFirst().size();
        final int[] widths = new int[columns];
        for (List<Cell> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).text().length());
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private String line(List<Cell> row, int[] widths) {
        final StringBuilder line = new StringBuilder(indent);
        for (int i = 0; i < widths.length; i++) {
            final Cell cell = row.get(i);
            final String padding = " ".repeat(widths[i] - cell.text().length());
            line.append(i == 0 ? "" : GAP)
                    .append(cell.right() ? padding : "")
                    .append(styled(ansi, cell.text(), cell.styles()))
                    .append(cell.right() ? "" : padding);
        }
        return line.toString().stripTrailing();
    }

    /** {@code text} in {@code styles} where the terminal shows such. */
    static String styled(Ansi ansi, String text, List<Style> styles) {
        if (!ansi.enabled() || styles.isEmpty() || text.isEmpty()) {
            return text;
        }
        final StringBuilder styled = new StringBuilder();
        styles.forEach(style -> styled.append(style.on()));
        return styled.append(text).append(Style.reset.on()).toString();
    }
}
