// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuestConsoleTest {
    private final List<String> passedOn = new ArrayList<>();
    private final GuestConsole console = new GuestConsole(passedOn::add);

    private void lines(String... lines) {
        for (String line : lines) {
            console.line(line);
        }
    }

    @Test
    void shouldPassOnWhatTheCommandSaysAndNothingElse() {
        lines(
                "SeaBIOS",
                "sluice-guest-start",
                "guest fw attached",
                "done",
                "sluice-guest-exit: 0",
                "reboot: Power down");
        assertThat(passedOn).containsExactly("guest fw attached", "done");
        assertThat(console.exitCode()).hasValue(0);
    }

    @Test
    void shouldFindTheStartBehindWhatTheFirmwareLeftOnTheLine() {
        lines("Booting from ROM...sluice-guest-start", "hello");
        assertThat(console.started()).isTrue();
        assertThat(passedOn).containsExactly("hello");
    }

    @Test
    void shouldReportTheCommandsExitCode() {
        lines("sluice-guest-start", "sluice-guest-exit: 3");
        assertThat(console.exitCode()).hasValue(3);
    }

    @Test
    void shouldNotTakeJustAnyWordForAnExitCode() {
        lines("sluice-guest-start", "sluice-guest-exit: 99999999999", "sluice-guest-exit: ever");
        assertThat(console.exitCode()).isEmpty();
    }

    @Test
    void shouldKeepWhatWasSaidBeforeAStartThatNeverCame() {
        lines("Linux", "Kernel panic - not syncing");
        assertThat(console.started()).isFalse();
        assertThat(console.exitCode()).isEmpty();
        assertThat(console.beforeStart()).containsExactly("Linux", "Kernel panic - not syncing");
    }

    @Test
    void shouldKeepABoundedPartOfEndlessWords() {
        for (int i = 0; i < 10_000; i++) {
            console.line("noise");
        }
        assertThat(console.beforeStart()).hasSizeLessThan(1000);
    }
}
