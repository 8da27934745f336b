// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.util.Locale;

/** A report's chart, as SVG: for each row one bar, as long as our time by the peer's, beside the line where both meet. */
public final class ReportChart {
    private static final int LABELS = 210;
    private static final int BARS = 420;
    private static final int FIGURES = 220;
    private static final int ROW = 26;
    private static final int TOP = 34;
    private static final double LEAST_SCALE = 2;

    private ReportChart() {}

    public static String svg(Report report) {
        final double scale = Math.max(
                LEAST_SCALE,
                report.rows().stream()
                                .filter(row -> !row.peerIsMissing())
                                .mapToDouble(Row::ratio)
                                .max()
                                .orElse(0)
                        * 1.05);
        final int width = LABELS + BARS + FIGURES;
        final int height = TOP + ROW * report.rows().size() + 12;
        final StringBuilder svg = new StringBuilder();
        line(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\"",
                width,
                height,
                width,
                height);
        line(svg, "     font-family=\"sans-serif\" font-size=\"13\" fill=\"#222\">");
        line(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>");
        line(svg, "<text x=\"%d\" y=\"20\">our time / the peer's, left of the line we take less</text>", LABELS);
        int y = TOP;
        for (Row row : report.rows()) {
            bar(svg, row, y, scale);
            y += ROW;
        }
        final double one = LABELS + BARS / scale;
        line(
                svg,
                "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#222\" stroke-dasharray=\"4 3\"/>",
                one,
                TOP - 6,
                one,
                height - 6);
        line(svg, "</svg>");
        return svg.toString();
    }

    private static void bar(StringBuilder svg, Row row, int y, double scale) {
        final int baseline = y + 15;
        line(
                svg,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
                LABELS - 8,
                baseline,
                escaped(row.name() + " / " + row.peer()));
        if (row.peerIsMissing()) {
            line(svg, "<text x=\"%d\" y=\"%d\">the peer is missing</text>", LABELS + 8, baseline);
            return;
        }
        final double length = Math.max(0, row.ratio()) * BARS / scale;
        line(
                svg,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
                LABELS,
                y + 2,
                length,
                ROW - 8,
                row.ratio() <= 1 ? "#3a8f5c" : "#4a78b5");
        line(
                svg,
                "<text x=\"%d\" y=\"%d\">%s: %.1f to %.1f %s</text>",
                LABELS + BARS + 8,
                baseline,
                ReportText.ratio(row.ratio()),
                row.median(),
                row.peerMedian(),
                escaped(row.unit()));
    }

    private static void line(StringBuilder svg, String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
