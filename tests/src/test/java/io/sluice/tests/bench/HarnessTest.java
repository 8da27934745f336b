// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness with figures of our own making instead of measured ones. */
class HarnessTest {
    private final List<String> turns = new ArrayList<>();

    @TempDir
    private Path folder;

    private Contest.Starter side(String name, double... figures) {
        return () -> new Subject() {
            private int next;

            @Override
            public double[] slice() {
                turns.add(name);
                return new double[] {figures[next++ % figures.length]};
            }

            @Override
            public void close() {
                turns.add(name + " ends");
            }
        };
    }

    @Test
    void shouldTakeTurnsAndCompareMedians() throws IOException, InterruptedException {
        final Contest contest =
                new Contest("ring", List.of("ring/slot"), "ns", side("a", 9, 1, 3, 2), "c", side("b", 4));
        final List<Row> rows = new Harness(2, 1, 3, progress -> {}).hold(contest);

        assertThat(rows).containsExactly(new Row("ring/slot", "ns", 2, 2, 2, "c", 4, 0.5));
        assertThat(turns.subList(0, 10)).containsExactly("a", "b", "a", "b", "a", "b", "a", "b", "b ends", "a ends");
    }

    @Test
    void shouldTakeTheMiddleOfAnyNumberOfFigures() {
        assertThat(Harness.median(new double[] {5})).isEqualTo(5);
        assertThat(Harness.median(new double[] {9, 1, 5})).isEqualTo(5);
        assertThat(Harness.median(new double[] {9, 1, 5, 3})).isEqualTo(4);
    }

    @Test
    void shouldReadBackWhatItWrote() throws IOException {
        final Report report = new Report(
                Map.of("cpu", "a \"fast\" one"), List.of(new Row("ring/slot", "ns", 1.5, 2.5, 3.5, "c", 2, 1.25)));
        final Path file = folder.resolve("bench.json");
        ReportJson.write(report, file);
        assertThat(ReportJson.read(file)).isEqualTo(report);
        assertThat(ReportText.text(report)).contains("ring/slot", "1.25");
        assertThat(ReportChart.svg(report)).startsWith("<svg").contains("ring/slot");
    }

    @Test
    void shouldNameTheFileThatIsNoReport() throws IOException {
        final Path file = Files.writeString(folder.resolve("other.json"), "{\"rows\": 3}");
        assertThatThrownBy(() -> ReportJson.read(file)).hasMessageContaining("other.json");
    }

    @Test
    void shouldFindAContestByItsSuiteGroupOrRow() {
        final Contest contest = new Contest("ring", List.of("hop/p50", "hop/p99.9"), "ns", side("a"), "c", side("b"));
        assertThat(List.of("ring", "hop", "hop/p50")).allMatch(contest::isNamed);
        assertThat(List.of("ho", "hop/p5", "chain")).noneMatch(contest::isNamed);
    }
}
