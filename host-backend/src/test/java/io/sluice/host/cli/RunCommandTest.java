// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class RunCommandTest {
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.commandLine().setErr(new PrintWriter(err, true)).execute(arguments);
    }

    @Test
    void shouldNotIgnoreAnOptionBesideAConfigurationFile() {
        assertThat(run("run", "-c", "edge.yaml", "--wait", "spin")).isEqualTo(ErrorReport.WRONG_INPUT);
        assertThat(err.toString()).contains("--wait", "wait: spin", "edge.yaml");
    }

    @Test
    void shouldAskForChains() {
        assertThat(run("run")).isEqualTo(ErrorReport.WRONG_INPUT);
        assertThat(err.toString()).contains("give chains or -c FILE");
    }
}
