// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.endpoint.Endpoints;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.nic.NicReport;
import io.sluice.host.nic.ServedModel;
import io.sluice.host.nic.TestCards;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole test over the doors of one process and of vfio-user, in the machine's time. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NicSelfTestCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int test(String... arguments) {
        final List<String> all = new ArrayList<>(List.of("nic", "selftest"));
        all.addAll(List.of(arguments));
        all.addAll(List.of(
                "--seconds", "0.2", "--run-directory", folder.resolve("run").toString()));
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }

    private ServedModel serve() throws IOException {
        return new ServedModel(
                ModelOptions.of("model0"),
                Endpoints.open("null", "", Map.of(), true, true),
                folder.resolve("card.sock"),
                RuntimeDirectory.at(folder.resolve("run")));
    }

    @Test
    void shouldTestAModelOfItsOwn() {
        assertThat(test("model7")).as(out.toString()).isZero();
        assertThat(out.toString())
                .contains("testing model7, reached by model in this process")
                .containsPattern("ok +loopback")
                .contains("14 of 14 checks are good", "--report FILE");
    }

    @Test
    void shouldTestAModelThatIsServed() throws IOException {
        final Path report = folder.resolve("report.txt");
        try (ServedModel served = serve()) {
            assertThat(test("model0", "--report", report.toString(), "--anonymous"))
                    .as(out.toString())
                    .isZero();
            served.faults().loseInterrupts(true);
            served.faults().stickTransmit(3, true);
            assertThat(test(folder.resolve("card.sock").toString(), "--json", "--skip", "throughput"))
                    .isEqualTo(1);
        }
        assertThat(out.toString())
                .contains("testing model0, reached by vfio-user socket ")
                .containsPattern("\"name\" : \"interrupts\",\\s+\"outcome\" : \"failed\"")
                .contains("transmit queue 3 being enabled");
        assertThat(Files.readString(report)).contains("14 of 14 checks are good", "00:1b:21:xx:xx:xx", "Java");
    }

    @Test
    void shouldLeaveACardAloneThatSomebodyHas() throws IOException {
        try (NicReport report = NicReport.start(
                RuntimeDirectory.at(folder.resolve("run")), "model0", "run", () -> TestCards.model("model0", 1))) {
            assertThat(report).isNotNull();
            assertThat(test("model0")).isEqualTo(ErrorReport.REFUSED);
        }
        assertThat(err.toString()).contains("model0 is in use by process", "sluice run", "stop that first");
        assertThat(test(folder.resolve("nobody.sock").toString())).isEqualTo(ErrorReport.REFUSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--skip=lnk",
                "--skip=bus",
                "--skip=set-up",
                "--seconds=300",
                "--seconds=0",
                "--link-timeout=-1",
                "--seconds=NaN"
            })
    void shouldRefuseWhatCannotBe(String option) {
        assertThat(Main.commandLine().setErr(new PrintWriter(err, true)).execute("nic", "selftest", "model0", option))
                .isEqualTo(ErrorReport.WRONG_INPUT);
        assertThat(err.toString()).contains(option.substring(0, option.indexOf('=')));
    }
}
