// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.tests.Precondition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A backend as a systemd service that keeps descriptors with systemd, under a program of ours that behaves as systemd's
 * manual pages say.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class ServiceManagerTest {
    private static final String CHAIN = "gen:?rate=1000 => guest:g => null:";
    private static final Pattern STARTED = Pattern.compile("started ([0-9]+)");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Scratch scratch = new Scratch();
    private String manager;

    @BeforeEach
    void compile() {
        Precondition.requireCommands("gcc");
        Precondition.require(Files.exists(Path.of("/usr/include/stdio.h")), "the C library's headers (libc6-dev)");
        manager = scratch.file("service_manager").toString();
        final Path source =
                Path.of(System.getProperty("sluice.home"), "tests", "src", "test", "c", "service_manager.c");
        Commands.run("gcc", "-std=c11", "-O2", "-Wall", "-Werror", "-o", manager, source.toString());
    }

    @AfterEach
    void clearUp() {
        Closing.close(scratch);
    }

    private static long service(SluiceProcess run) {
        long process = 0;
        for (Matcher started = STARTED.matcher(run.output()); started.find(); ) {
            process = Long.parseLong(started.group(1));
        }
        return process;
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }

    private void awaitPackets() {
        try (ChainStatus status = ChainStatus.open(scratch, "chain1")) {
            final long before = status.packets("null:");
            Await.until("packets", LIMIT, () -> status.packets("null:") > before + 100);
        }
    }

    @Test
    void shouldGoOnWithWhatSystemdHasKept() {
        final String socket = scratch.file("notify").toString();
        try (SluiceProcess run = SluiceProcess.startUnder(scratch, List.of(manager, socket), "run", CHAIN)) {
            run.awaitOutput("ready, ", Await.START);
            try (SluiceProcess guest = SluiceProcess.guest(scratch, "g", "forward")) {
                for (int kill = 1; kill <= 3; kill++) {
                    final int times = kill;
                    awaitPackets();
                    ProcessHandle.of(service(run)).orElseThrow().destroyForcibly();
                    Await.until("another start", LIMIT, () -> count(run.output(), "ready, ") == times + 1, run::output);
                    assertThat(count(run.output(), "chain chain1 goes on where"))
                            .isEqualTo(times);
                    awaitPackets();
                    assertThat(guest.alive()).as(guest::output).isTrue();
                }
                run.stop();
                assertThat(guest.awaitExit(LIMIT)).as(guest::output).isZero();
                assertThat(guest.output()).contains("the backend has ended chain chain1");
            }
            // Memory, status file, two bells of the host, a listening socket; then a guest's socket and bell with them.
            assertThat(run.output())
                    .contains("ready, 5 descriptors stored", "killed, 7 descriptors stored")
                    .contains("ended with 143, 0 descriptors stored")
                    .doesNotContain("keeper");
        }
        assertThat(scratch.leftovers()).isEmpty();
        assertThat(scratch.processes()).isEmpty();
    }

    /** Its next start is by another command line. */
    @ParameterizedTest
    @ValueSource(strings = {"--keep none '" + CHAIN + "'", "'gen:?rate=1000 => null:'"})
    void shouldEndWhatSystemdHasKeptWhereNothingIsToBeKeptAnyMore(String next) throws IOException {
        final String socket = scratch.file("notify").toString();
        final Path arguments = Files.writeString(scratch.file("arguments"), "'" + CHAIN + "'");
        // exec, because systemd means the process that it has started.
        final List<String> program =
                List.of(manager, socket, "sh", "-c", "eval exec '\"$@\"' \"$(cat " + arguments + ")\"", "sh");
        try (SluiceProcess run = SluiceProcess.startUnder(scratch, program, "run")) {
            run.awaitOutput("ready, 5 descriptors stored", Await.START);
            try (SluiceProcess guest = SluiceProcess.guest(scratch, "g", "forward")) {
                awaitPackets();
                Files.writeString(arguments, next);
                ProcessHandle.of(service(run)).orElseThrow().destroyForcibly();
                run.awaitOutput("ready, 0 descriptors stored", LIMIT);
                assertThat(guest.awaitExit(LIMIT)).as(guest::output).isZero();
                assertThat(guest.output()).contains("the backend has ended chain chain1");
                assertThat(run.output()).contains("told that it has ended").doesNotContain("goes on where");
            }
            run.stop();
        }
        assertThat(scratch.leftovers()).isEmpty();
        assertThat(scratch.processes()).isEmpty();
    }
}
