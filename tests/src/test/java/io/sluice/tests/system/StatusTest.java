// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code sluice status} and {@code sluice completion} as a user runs them. */
class StatusTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Scratch scratch;

    @BeforeEach
    void makeScratch() {
        scratch = new Scratch();
    }

    @AfterEach
    void clearUp() {
        Closing.close(scratch);
    }

    private String run(int expectedExitCode, String... arguments) {
        try (SluiceProcess process = SluiceProcess.start(scratch, arguments)) {
            assertThat(process.awaitExit(LIMIT)).as(process.output()).isEqualTo(expectedExitCode);
            return process.output();
        }
    }

    private String output(String... arguments) {
        try (SluiceProcess process = SluiceProcess.start(scratch, arguments)) {
            process.awaitExit(LIMIT);
            return process.output();
        }
    }

    @Test
    void shouldFollowABackendFromItsStartToItsDeath() {
        assertThat(run(3, "status")).contains("no backend is running");
        try (SluiceProcess backend = SluiceProcess.backend(
                        scratch, "gen:?count=2000&rate=100k => guest:fw => null:", "null: => null:");
                ChainStatus chain = ChainStatus.open(scratch, "chain1")) {
            assertThat(run(0, "status"))
                    .contains("backend, process " + backend.processId() + ", up ")
                    .contains("chain chain1\n  guests: fw not attached yet; packets wait\n  forward: 1,024 slots")
                    .contains("chain chain2");
            try (SluiceProcess guest = SluiceProcess.guest(scratch, "fw", "forward")) {
                Await.until("all packets", LIMIT, () -> chain.packets("null:") == 2000);
                assertThat(run(0, "status")).contains("fw attached").containsPattern("null: +2,000 ");
                assertThat(run(0, "status", "--json"))
                        .contains("\"packets\" : 2000")
                        .contains("\"state\" : \"running\"");
                assertThat(guest.alive()).isTrue();
            }
            backend.kill();
            Await.until(
                    "a backend that is gone",
                    LIMIT,
                    () -> output("status").contains("stale: its process " + backend.processId() + " is gone"));
            assertThat(run(3, "status")).contains("no backend is running");
        }
        try (SluiceProcess next = SluiceProcess.backend(scratch, "null: => null:")) {
            assertThat(run(0, "status")).contains("process " + next.processId()).doesNotContain("stale");
            next.stop();
        }
    }

    @Test
    void shouldCompleteItsCommandsAndTheGuests() throws IOException {
        final Path script = scratch.file("completion");
        Files.writeString(script, run(0, "completion", "bash"));

        assertThat(completions(script, "sluice", "sta")).isEqualTo("status");
        assertThat(completions(script, "sluice", "guest", "fire")).isEqualTo("firewall");
        assertThat(completions(script, "sluice", "guest", "firewall", "--den")).isEqualTo("--deny");
        assertThat(completions(script, "sluice", "demo", "--sec")).isEqualTo("--seconds");
    }

    /** What bash offers for the last of {@code words}. */
    private static String completions(Path script, String... words) {
        final String program = """
                compopt() { :; }
                source %s
                COMP_WORDS=(%s)
                COMP_CWORD=%d
                _complete_sluice
                echo "${COMPREPLY[@]}"
                """.formatted(script, String.join(" ", words), words.length - 1);
        return Commands.run("bash", "-c", program).strip();
    }
}
