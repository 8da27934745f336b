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
        final List<Row> rows = new Harness(new Effort(2, 1, 3, 1), progress -> {}).hold(contest);

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
    void shouldShowAPeerThatIsMissing() throws IOException, InterruptedException {
        final Contest contest = new Contest("ring", List.of("ring/slot"), "ns", side("a", 5), "memif", null);
        final Report report = new Report(Map.of(), new Harness(Effort.smoke(), progress -> {}).hold(contest));

        final Path file = folder.resolve("bench.json");
        ReportJson.write(report, file);
        assertThat(file).content().contains("\"median\" : 5.0", "\"peerMedian\" : null", "\"ratio\" : null");
        assertThat(ReportJson.read(file)).isEqualTo(report);
        assertThat(ReportText.text(report)).contains("memif      missing", "at most 0.25: not known", "0 of 1");
        assertThat(ReportChart.svg(report)).contains("ring/slot / memif", "missing");
    }

    @Test
    void shouldSayWhichGoalsAreMet() {
        final Report report = new Report(
                Map.of(),
                List.of(
                        new Row("ring/slot", "ns", 1, 1, 1, "c", 1, 1),
                        new Row("ring/64B", "ns", 9, 9, 9, "c", 6, 1.5),
                        new Row("ring/1500B", "ns", 9, 9, 9, "c", 1, 9),
                        new Row("chain/stage", "ns", 9, 12.5, 13, "c", 9, 1.39)));
        assertThat(Goal.summary(report))
                .isEqualTo("Goals met: 1 of 3. Missed: ring/64B beside c, at most 1.25, is 1.50."
                        + " Missed: chain/stage beside c, at most 12.0 ns, is 12.50.");
        assertThat(ReportText.page(report, "bench.svg", "bench.json"))
                .contains("at most 1.25: met", "at most 1.25: missed", "| c | 1.0 | 9.00 |  |");
    }

    @Test
    void shouldBorrowHugePagesAndGiveThemBack() throws IOException {
        final Path count = Files.writeString(folder.resolve("nr_hugepages"), "3\n");
        Files.writeString(folder.resolve("free_hugepages"), "2\n");
        Files.writeString(folder.resolve("surplus_hugepages"), "0\n");
        try (HugePages pages = HugePages.reserve(10, folder)) {
            assertThat(count).hasContent("11");
            assertThat(pages.available()).isFalse(); // nobody has made them free
        }
        assertThat(count).hasContent("3");
        try (HugePages pages = HugePages.reserve(2, folder)) {
            assertThat(pages.available()).isTrue();
        }
        assertThat(count).hasContent("3");
        assertThat(HugePages.reserve(1, folder.resolve("none")).available()).isFalse();
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
