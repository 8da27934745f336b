// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConsoleTextTest {
    @Test
    void shouldKeepTextAndTabs() {
        assertThat(ConsoleText.plain("guest fw\tattached, 20 µs")).isEqualTo("guest fw\tattached, 20 µs");
    }

    @Test
    void shouldLeaveNothingThatControlsATerminal() {
        assertThat(ConsoleText.plain("\u001bc\u001b[?7l\u001b[2J\u001b[0mSeaBIOS\r"))
                .isEqualTo("SeaBIOS");
        assertThat(ConsoleText.plain("\u001b]0;title\u0007a\u001b]52;c;eA==b")).isEqualTo("a");
        assertThat(ConsoleText.plain("a\u001b")).isEqualTo("a");
        assertThat(ConsoleText.plain("a\u0008\u009bb")).isEqualTo("ab");
    }
}
