// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What stages under load stop for, for twenty seconds (ten minutes in the long run): the worst turns, and whether the
 * machine or the JVM is to blame for each. On a shared machine the scheduler's share says nothing of Sluice; the JVM's
 * does.
 */
class PauseTest {
    private static final Duration MEASURED = Duration.ofSeconds(Boolean.getBoolean("sluice.long") ? 600 : 20);
    private static final Duration LIMIT = MEASURED.plusSeconds(60);
    private static final Duration SAFEPOINT_LIMIT = Duration.ofMillis(50);
    private static final Pattern WORST = Pattern.compile("worstSafepointNanos=(\\d+)");

    @TempDir
    private Path folder;

    @Test
    void shouldNotPauseLongForTheJvm() throws Exception {
        final Path log = folder.resolve("safepoints.log");
        final long seconds = Long.getLong("sluice.seconds", MEASURED.toSeconds());
        try (OtherProgram stages = OtherProgram.startJava(
                folder,
                List.of("-XX:+UseSerialGC", "-XX:-UsePerfData", Safepoint.flag(log)),
                LoadedStages.class,
                Long.toString(seconds),
                log.toString())) {
            assertThat(stages.end(LIMIT)).as(stages.output()).isZero();
            System.out.println(stages.output());
            final Matcher worst = WORST.matcher(stages.output());
            assertThat(worst.find()).as(stages.output()).isTrue();
            assertThat(Long.parseLong(worst.group(1))).isLessThan(SAFEPOINT_LIMIT.toNanos());
        }
    }
}
