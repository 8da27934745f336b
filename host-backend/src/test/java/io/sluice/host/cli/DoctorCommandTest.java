// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.doctor.Finding;
import io.sluice.host.nic.TestCards;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine.Help.Ansi;

class DoctorCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();

    private int run(String... options) {
        final List<String> words = new ArrayList<>(List.of("doctor"));
        words.addAll(List.of(options));
        words.addAll(List.of(
                "--root",
                folder.toString(),
                "--run-directory",
                folder.resolve("run").toString()));
        return Main.commandLine().setOut(new PrintWriter(out, true)).execute(words.toArray(String[]::new));
    }

    @Test
    void shouldShowWhyAndWhatToType() {
        final Finding none = new Finding(
                "huge pages",
                Finding.State.WARNING,
                "none",
                "they are faster",
                List.of("echo 64 > /proc/sys/vm/nr_hugepages"),
                List.of("echo more"));
        final Finding user = new Finding("user", Finding.State.OK, "root", "it matters", List.of(), List.of());

        assertThat(DoctorCommand.lines(List.of(user, none), Ansi.OFF))
                .containsExactly(
                        "ok       user        root",
                        "warning  huge pages  none",
                        "         why:   they are faster",
                        "         type:  echo 64 > /proc/sys/vm/nr_hugepages",
                        "         stay:  echo more",
                        "",
                        "nothing is missing, 1 warning; 'stay' keeps it mended when the machine starts again");
    }

    @Test
    @SuppressWarnings("unchecked")
    void shouldPrintJsonAndTellByItsExitCode() throws IOException {
        assertThat(run()).isZero();
        assertThat(out.toString()).contains("nothing is missing");
        TestCards.addDevice(folder.resolve("sys"), "0000:03:00.0", 0x8086, 0x10FB, "vfio-pci", "12");
        out.getBuffer().setLength(0);

        assertThat(run("--json")).isEqualTo(ErrorReport.REFUSED);

        final Map<String, Object> document =
                (Map<String, Object>) new Load(LoadSettings.builder().build()).loadFromString(out.toString());
        assertThat((List<Map<String, Object>>) document.get("findings"))
                .allSatisfy(finding ->
                        assertThat(finding).containsOnlyKeys("subject", "state", "found", "why", "commands", "lasting"))
                .anySatisfy(finding -> assertThat(finding)
                        .containsEntry("subject", "card 0000:03:00.0")
                        .containsEntry("state", "missing"));
    }
}
