// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProgramsTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    @Test
    void shouldHearWhatAProgramSays() {
        assertThat(Programs.SYSTEM.output(List.of("sh", "-c", "echo one; echo two; echo three >&2")))
                .contains("one\ntwo");
    }

    @Test
    void shouldHearNothingFromWhatIsNotThere() {
        assertThat(Programs.SYSTEM.output(List.of("sluice-no-such-program"))).isEmpty();
    }

    /** One that does not end, and one whose child does not. */
    @ParameterizedTest
    @ValueSource(strings = {"exec sleep 50", "sleep 50 & wait"})
    void shouldWaitForNobodyForEver(String script) {
        assertThat(Programs.output(List.of("sh", "-c", script), SHORT)).isEmpty();
    }

    /** What the program said itself is heard or not, depending on who is first; its child is not waited for. */
    @Test
    @Timeout(value = 15, unit = TimeUnit.SECONDS)
    void shouldNotWaitForAChildThatWasLeftBehindWithTheOutput() {
        assertThat(Programs.output(List.of("sh", "-c", "echo early; sleep 20 &"), SHORT)
                        .orElse("early"))
                .isEqualTo("early");
    }
}
