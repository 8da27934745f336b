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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class NicFaultCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int fault(String... arguments) {
        final List<String> all = new ArrayList<>(List.of("nic", "fault"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--run-directory", folder.resolve("run").toString()));
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }

    private RuntimeDirectory directory() {
        return RuntimeDirectory.at(folder.resolve("run"));
    }

    @Test
    void shouldTakeTheLinkAwayAndGiveItBack() throws IOException {
        try (ServedModel served = new ServedModel(
                ModelOptions.of("model0"),
                Endpoints.open("null", "", Map.of(), true, true),
                folder.resolve("card.sock"),
                directory())) {
            assertThat(fault("model0", "link-down")).isZero();
            assertThat(served.faults().linkLost()).isTrue();
            assertThat(fault("model0")).isZero();
            assertThat(fault("model0", "link-up")).isZero();
            assertThat(served.faults().linkLost()).isFalse();
        }
        assertThat(out.toString().lines())
                .containsExactly("model0: the link is lost", "model0: the link is lost", "model0: nothing is wrong");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldSayWhatFaultsThereAre() {
        assertThat(fault("model0", "on-fire")).isEqualTo(ErrorReport.WRONG_INPUT);
        assertThat(err.toString()).contains("on-fire", "link-down", "receive-stuck[=N]");
        assertThat(fault("--help")).isZero();
        assertThat(out.toString()).containsPattern("link-down +takes the link away");
    }

    @Test
    void shouldSayWhereNobodyServesSuchACard() throws IOException {
        assertThat(fault("model0", "link-down")).isEqualTo(ErrorReport.REFUSED);
        assertThat(err.toString()).contains("no process serves a card 'model0'", "sluice nic serve model0");
        try (NicReport report = NicReport.start(directory(), "model0", "run", () -> TestCards.model("model0", 1))) {
            assertThat(report).isNotNull();
            assertThat(fault("model0", "link-down")).isEqualTo(ErrorReport.REFUSED);
        }
        assertThat(err.toString()).contains("takes no orders");
    }
}
