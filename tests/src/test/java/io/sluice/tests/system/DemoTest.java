// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** {@code sluice demo} as a user runs it, with process guests. */
class DemoTest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final Pattern GUEST = Pattern.compile("guest (\\w+), process (\\d+):");

    private Scratch scratch;

    @BeforeEach
    void makeScratch() {
        scratch = new Scratch();
    }

    @AfterEach
    void clearUp() {
        Closing.close(scratch);
    }

    /** Starts it with a temporary directory of its own, so that what it leaves is found. */
    private SluiceProcess start(String... arguments) throws IOException {
        Files.createDirectories(temporary());
        final String[] command = new String[arguments.length + 1];
        command[0] = "demo";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return SluiceProcess.startWith(scratch, List.of("-Djava.io.tmpdir=" + temporary()), command);
    }

    private Path temporary() {
        return scratch.file("tmp");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> json(Path file) throws IOException {
        return (Map<String, Object>) new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    }

    private static long number(Map<String, Object> object, String name) {
        return ((Number) object.get(name)).longValue();
    }

    @Test
    @SuppressWarnings("unchecked")
    void shouldAccountForEveryPacket() throws IOException {
        final Path summary = scratch.file("summary.json");
        try (SluiceProcess demo = start("--seconds", "3", "--rate", "20000", "--json", summary.toString())) {
            assertThat(demo.awaitExit(LIMIT)).as(demo.output()).isZero();
            assertThat(demo.output()).contains("every packet accounted for");
        }

        final Map<String, Object> account = json(summary);
        assertThat(account).containsEntry("success", true).containsEntry("accounted", true);
        final List<Map<String, Object>> rings = (List<Map<String, Object>>) account.get("rings");
        assertThat(rings).extracting(ring -> ring.get("direction")).containsExactly("forward", "backward");
        assertThat(rings).allSatisfy(ring -> {
            final Map<String, Object> drops = (Map<String, Object>) ring.get("drops");
            final long denied = number(drops, "denied");
            assertThat(denied).isPositive();
            assertThat(number(ring, "sent")).isPositive();
            assertThat(number(ring, "inRing")).isZero();
            assertThat(number(ring, "received")).isEqualTo(number(ring, "sent") + number(ring, "dropped"));
            assertThat(number(ring, "emptySlots")).isEqualTo(number(ring, "dropped"));
        });
        assertThat(number((Map<String, Object>) rings.get(1).get("latencyNanos"), "p50"))
                .isPositive();
        final List<Map<String, Object>> cards = (List<Map<String, Object>>) account.get("cards");
        assertThat(cards).extracting(card -> card.get("card")).containsExactly("model0", "model1");
        for (int i = 0; i < cards.size(); i++) {
            assertThat(number(cards.get(i), "received")).isEqualTo(number(rings.get(i), "received"));
            assertThat(number(cards.get(i), "transmitted")).isEqualTo(number(rings.get(1 - i), "sent"));
        }
        assertThat(temporary()).isEmptyDirectory();
    }

    @Test
    void shouldDoWithoutCards() throws IOException {
        try (SluiceProcess demo = start("--seconds", "1", "--rate", "5000", "--no-cards")) {
            assertThat(demo.awaitExit(LIMIT)).as(demo.output()).isZero();
            assertThat(demo.output()).contains("every packet accounted for").doesNotContain("model0");
        }
    }

    @Test
    void shouldLeaveNothingWhereItIsStopped() throws IOException {
        try (SluiceProcess demo = start("--seconds", "600")) {
            demo.awaitOutput("traffic for 600 s", LIMIT);
            final List<ProcessHandle> guests = guests(demo.output());
            demo.stop();
            assertThat(guests).hasSize(2).noneMatch(ProcessHandle::isAlive);
        }
        assertThat(temporary()).isEmptyDirectory();
    }

    @Test
    void shouldSayWhichGuestFailed() throws IOException {
        try (SluiceProcess demo = start("--seconds", "600")) {
            demo.awaitOutput("traffic for 600 s", LIMIT);
            guests(demo.output()).getFirst().destroyForcibly();

            assertThat(demo.awaitExit(LIMIT)).isEqualTo(3);
            assertThat(demo.output()).contains("guest firewall has ended with exit code 137");
        }
        assertThat(temporary()).isEmptyDirectory();
    }

    private static List<ProcessHandle> guests(String output) {
        return GUEST.matcher(output)
                .results()
                .map(found -> ProcessHandle.of(Long.parseLong(found.group(2))).orElseThrow())
                .toList();
    }
}
