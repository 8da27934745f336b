// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a chain whose backend was killed: gone on with, begun anew, or given up. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class KeptChainTest {
    private static final int REFUSED = 3;
    private static final String CHAIN = "gen:?rate=1000 => guest:g => null:";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Scratch scratch = new Scratch();

    @AfterEach
    void clearUp() {
        Closing.close(scratch);
    }

    private List<Long> keepers() {
        return scratch.processes().stream()
                .filter(process -> commandLine(process).contains("KeeperMain"))
                .toList();
    }

    private static String commandLine(long process) {
        try {
            return Files.readString(Path.of("/proc/" + process + "/cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // ended meanwhile
        }
    }

    private void awaitPackets(String chain) {
        try (ChainStatus status = ChainStatus.open(scratch, chain)) {
            final long before = status.packets("null:");
            Await.until("packets", LIMIT, () -> status.packets("null:") > before + 100);
        }
    }

    private String status(int exit) {
        try (SluiceProcess status = SluiceProcess.start(scratch, "status")) {
            assertThat(status.awaitExit(LIMIT)).as(status::output).isEqualTo(exit);
            return status.output();
        }
    }

    private void assertNothingIsLeft() {
        assertThat(scratch.leftovers()).isEmpty();
        assertThat(scratch.processes()).isEmpty();
    }

    @Test
    void shouldGoOnAlsoWhenTheKeeperWasKilledBefore() {
        try (SluiceProcess first = SluiceProcess.backend(scratch, CHAIN);
                SluiceProcess guest = SluiceProcess.guest(scratch, "g", "forward")) {
            awaitPackets("chain1");
            final long killed = keepers().getFirst();
            ProcessHandle.of(killed).orElseThrow().destroyForcibly();
            first.awaitOutput("the keeper has gone; another one is started", LIMIT);
            awaitPackets("chain1");
            Await.until(
                    "another keeper that holds everything",
                    LIMIT,
                    () -> keepers().stream().anyMatch(keeper -> keeper != killed && holdsSockets(keeper)));
            first.kill();
            try (SluiceProcess second = SluiceProcess.backend(scratch, CHAIN)) {
                assertThat(second.output()).contains("chain chain1 goes on", "guest g is still connected");
                awaitPackets("chain1");
                assertThat(guest.alive()).isTrue();
                second.stop();
            }
            assertThat(guest.awaitExit(LIMIT)).as(guest::output).isZero();
            assertThat(guest.output()).containsOnlyOnce("attached to chain");
        }
        assertNothingIsLeft();
    }

    /** Its own two, a listening one and a guest's. */
    private static boolean holdsSockets(long process) {
        try (var descriptors = Files.list(Path.of("/proc/" + process + "/fd"))) {
            return descriptors
                            .filter(descriptor -> {
                                try {
                                    return Files.readSymbolicLink(descriptor)
                                            .toString()
                                            .startsWith("socket:");
                                } catch (IOException e) {
                                    return false;
                                }
                            })
                            .count()
                    >= 4;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void shouldShowAChainThatIsKeptAndLetAGuestWaitForTheNextBackend() {
        try (SluiceProcess first = SluiceProcess.backend(scratch, CHAIN)) {
            first.kill();
            Await.until(
                    "the backend's death to show",
                    LIMIT,
                    () -> output("status").contains("gone, kept: its process " + first.processId() + " is gone"));
            assertThat(status(REFUSED)).contains("chain chain1", "no backend is running");
            try (SluiceProcess guest = SluiceProcess.startGuest(scratch, "g", "forward");
                    SluiceProcess second = SluiceProcess.backend(scratch, CHAIN)) {
                guest.awaitAttached();
                awaitPackets("chain1");
                assertThat(status(0)).contains("process " + second.processId()).doesNotContain("kept", "stale");
                second.stop();
                assertThat(guest.awaitExit(LIMIT)).isZero();
            }
        }
        assertNothingIsLeft();
    }

    private String output(String command) {
        try (SluiceProcess process = SluiceProcess.start(scratch, command)) {
            process.awaitExit(LIMIT);
            return process.output();
        }
    }

    @Test
    void shouldEndWhatIsNotAskedForAnyMoreAndSayWhy() {
        try (SluiceProcess first = SluiceProcess.backend(scratch, CHAIN);
                SluiceProcess guest = SluiceProcess.guest(scratch, "g", "forward")) {
            first.kill();
            try (SluiceProcess second = SluiceProcess.backend(scratch, "--slots", "512", CHAIN)) {
                assertThat(second.output())
                        .contains("chain chain1 begins anew", "slots=1024", "and shall be", "slots=512");
                assertThat(guest.awaitExit(LIMIT)).as(guest::output).isZero();
                assertThat(guest.output()).contains("the backend has ended chain chain1");
                try (SluiceProcess other = SluiceProcess.guest(scratch, "g", "forward")) {
                    awaitPackets("chain1");
                    second.stop();
                    assertThat(other.awaitExit(LIMIT)).isZero();
                }
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void shouldGiveUpWhatNobodyComesFor() {
        try (SluiceProcess first = SluiceProcess.backend(scratch, "--keep", "1s", CHAIN);
                SluiceProcess guest = SluiceProcess.guest(scratch, "g", "forward")) {
            first.kill();
            guest.awaitExit(LIMIT);
            assertThat(guest.output()).contains("chain chain1");
            Await.until("the keeper's end", LIMIT, () -> keepers().isEmpty());
            assertThat(status(REFUSED)).contains("stale");
            try (SluiceProcess second = SluiceProcess.backend(scratch, CHAIN)) {
                assertThat(second.output()).doesNotContain("goes on");
                second.stop();
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void shouldLeaveALivingBackendAlone() {
        try (SluiceProcess first = SluiceProcess.backend(scratch, CHAIN);
                SluiceProcess guest = SluiceProcess.guest(scratch, "g", "forward");
                SluiceProcess second = SluiceProcess.start(scratch, "run", CHAIN)) {
            assertThat(second.awaitExit(LIMIT)).isEqualTo(REFUSED);
            assertThat(second.output()).contains("another backend serves");
            awaitPackets("chain1");
            assertThat(guest.alive()).isTrue();
            first.stop();
            assertThat(guest.awaitExit(LIMIT)).isZero();
        }
        assertNothingIsLeft();
    }

    /** The second chain's interface is not there at the second start, and is again at the third. */
    @Test
    void shouldLeaveEveryChainToTheNextBackendWhereOneOfThemCannotStart() throws IOException {
        final String name = "slkf" + ProcessHandle.current().pid() % 100_000;
        final Path config = Files.writeString(scratch.file("two.yaml"), """
                chains:
                  - {name: one, chain: 'gen:?rate=1000 => guest:g => null:'}
                  - {name: two, chain: 'packet:%s => guest:h => null:'}
                """.formatted(name));
        addInterface(name);
        try (SluiceProcess first = SluiceProcess.backend(scratch, "-c", config.toString());
                SluiceProcess g = SluiceProcess.guest(scratch, "g", "forward");
                SluiceProcess h = SluiceProcess.guest(scratch, "h", "forward")) {
            awaitPackets("one");
            first.kill();
            Commands.run("ip", "link", "delete", name);
            try (SluiceProcess failing = SluiceProcess.start(scratch, "run", "-c", config.toString())) {
                assertThat(failing.awaitExit(LIMIT)).as(failing::output).isEqualTo(REFUSED);
                assertThat(failing.output()).contains("chain one goes on", name);
            }
            Await.until("both to show as kept", LIMIT, () -> output("status").split("gone, kept", -1).length == 3);
            addInterface(name);
            try (SluiceProcess third = SluiceProcess.backend(scratch, "-c", config.toString())) {
                assertThat(third.output())
                        .contains("chain one goes on", "chain two goes on")
                        .contains("guest g is still connected", "guest h is still connected");
                awaitPackets("one");
                assertThat(g.alive()).as(g::output).isTrue();
                assertThat(h.alive()).as(h::output).isTrue();
                third.stop();
            }
            assertThat(g.awaitExit(LIMIT)).as(g::output).isZero();
            assertThat(h.awaitExit(LIMIT)).as(h::output).isZero();
            assertThat(g.output()).containsOnlyOnce("attached to chain");
        } finally {
            Commands.attempt("ip", "link", "delete", name);
        }
        assertNothingIsLeft();
    }

    private static void addInterface(String name) {
        Commands.run("ip", "tuntap", "add", name, "mode", "tap");
        Commands.run("ip", "link", "set", name, "up");
    }

    /** The second chain's guest has no place for its socket, which shows only when the first chain works again. */
    @Test
    void shouldLeaveAChainToTheNextBackendThatFailsAfterItHasBegun() throws IOException {
        final String chains = "gen:?rate=1000 => guest:%s => null:";
        try (SluiceProcess first = SluiceProcess.backend(scratch, CHAIN);
                SluiceProcess guest = SluiceProcess.guest(scratch, "g", "forward")) {
            first.kill();
            // Not empty, so that no socket can be put in its place.
            Files.createDirectories(scratch.socket("h").resolve("taken"));
            try (SluiceProcess failing = SluiceProcess.start(scratch, "run", CHAIN, chains.formatted("h"))) {
                assertThat(failing.awaitExit(LIMIT)).as(failing::output).isNotZero();
                assertThat(failing.output()).contains("guest g is still connected");
            }
            Files.delete(scratch.socket("h").resolve("taken"));
            Files.delete(scratch.socket("h"));
            try (SluiceProcess second = SluiceProcess.backend(scratch, CHAIN)) {
                assertThat(second.output()).contains("guest g is still connected");
                awaitPackets("chain1");
                second.stop();
            }
            assertThat(guest.awaitExit(LIMIT)).as(guest::output).isZero();
            assertThat(guest.output()).containsOnlyOnce("attached to chain");
        }
        assertNothingIsLeft();
    }
}
