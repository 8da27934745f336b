// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Thousands of short lives of chains, by seed, each with all the misfortune there may be; hours of them in the long run. */
class SimulatorTest {
    private static final int RUNS = Integer.getInteger("sluice.runs", 2_000);
    private static final long LONG_NANOS = TimeUnit.HOURS.toNanos(Integer.getInteger("sluice.hours", 2));
    private static final int RUNS_TO_FIND_A_FLAW = 300;
    private static final List<Logger> LOGGERS = Stream.of("io.sluice.host", "io.sluice.shared")
            .map(Logger::getLogger)
            .toList();

    @TempDir
    private Path folder;

    /** Guests come and go here by the thousand, and each time a backend would say so. */
    @BeforeAll
    static void beSilent() {
        LOGGERS.forEach(logger -> logger.setLevel(Level.OFF));
    }

    @AfterAll
    static void speak() {
        LOGGERS.forEach(logger -> logger.setLevel(null));
    }

    private void run(long seed, Flaw flaw, Tally tally) throws Exception {
        try (SimChain chain = new SimChain(seed, folder, flaw, tally)) {
            chain.run();
        }
    }

    @Test
    void shouldLoseNothingWhateverHappens() throws Exception {
        final long first = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("sluice.seed=" + first);
        final long start = System.nanoTime();
        final boolean forHours = Boolean.getBoolean("sluice.long");
        final Tally tally = new Tally();
        int runs = 0;
        while (forHours ? System.nanoTime() - start < LONG_NANOS : runs < RUNS) {
            final long seed = first + runs++;
            try {
                run(seed, Flaw.NONE, tally);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("repeat with -Dsluice.seed=" + seed, e);
            }
        }
        System.out.printf("%,d runs in %.1f s: %s%n", runs, (System.nanoTime() - start) / 1e9, tally);
    }

    @ParameterizedTest
    @EnumSource(value = Flaw.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldFindWhatIsWrongOnPurpose(Flaw flaw) throws Exception {
        for (int seed = 0; seed < RUNS_TO_FIND_A_FLAW; seed++) {
            try {
                run(seed, flaw, new Tally());
            } catch (AssertionError e) {
                System.out.printf(
                        "%s: found in run %d: %s%n",
                        flaw, seed, e.getMessage().lines().findFirst().orElse(""));
                return;
            }
        }
        assertThat(flaw).as("found in %d runs", RUNS_TO_FIND_A_FLAW).isNull();
    }
}
