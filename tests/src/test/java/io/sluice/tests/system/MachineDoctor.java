// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What {@code sluice doctor} has found in a machine. */
record MachineDoctor(int exitCode, List<Finding> findings) {
    /** As its JSON has it. */
    record Finding(String state, String found, List<String> commands) {}

    /** Asks it, by a shell command that ends in {@code sluice doctor --json}. */
    static MachineDoctor ask(JudgeMachine machine, String command, Duration limit) {
        final Commands.Result result = machine.attempt(command, limit);
        final int start = result.output().indexOf('{');
        assertThat(start).as(result.output()).isNotNegative();
        return new MachineDoctor(result.exitCode(), findings(result.output().substring(start)));
    }

    @SuppressWarnings("unchecked")
    private static List<Finding> findings(String json) {
        final Map<String, Object> document =
                (Map<String, Object>) new Load(LoadSettings.builder().build()).loadFromString(json);
        return ((List<Map<String, Object>>) document.get("findings"))
                .stream()
                        .map(finding -> new Finding(
                                finding.get("subject") + ": " + finding.get("state"),
                                (String) finding.get("found"),
                                (List<String>) finding.get("commands")))
                        .toList();
    }

    /** The one about {@code subject}, which is in {@code state}. */
    Finding finding(String subject, String state) {
        return findings.stream()
                .filter(finding -> finding.state().equals(subject + ": " + state))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not '" + subject + ": " + state + "', but " + findings));
    }
}
