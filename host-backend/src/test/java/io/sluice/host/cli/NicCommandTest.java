// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.nic.NicReport;
import io.sluice.host.nic.TestCards;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class NicCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        final List<String> all = new ArrayList<>(List.of("nic"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--run-directory", folder.resolve("run").toString(), "--sysfs", folder.toString()));
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }

    private NicReport report(String name) throws IOException {
        final AtomicLong factor = new AtomicLong();
        return NicReport.start(
                RuntimeDirectory.at(folder.resolve("run")),
                name,
                "run",
                () -> TestCards.model(name, factor.incrementAndGet()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "info", "stats"})
    void shouldSayWhereThereIsNoCard(String command) {
        assertThat(run(command)).isEqualTo(ErrorReport.REFUSED);
        assertThat(err.toString()).contains("there is no card of the 82599's family", "sluice run 'ixgbe:model0");
        assertThat(run(command, "model7")).isEqualTo(ErrorReport.REFUSED);
        assertThat(err.toString()).contains("there is no card 'model7'", "sluice nic list shows all");
    }

    @Test
    void shouldListCardsOfProcessesAndOfTheBus() throws IOException {
        TestCards.addInterface(
                TestCards.addDevice(folder, "0000:03:00.0", 0x8086, 0x10FB, "ixgbe", "12"),
                "eth2",
                Map.of("address", "a0:36:9f:00:00:01", "operstate", "down"));
        try (NicReport model = report("model0")) {
            assertThat(model).isNotNull();
            assertThat(run("list")).isZero();
        }
        assertThat(out.toString().lines().map(String::strip))
                .hasSize(4)
                .anySatisfy(line -> assertThat(line).matches("to use 0000:03:00.0: .*sluice nic bind 0000:03:00.0"))
                .anySatisfy(line -> assertThat(line)
                        .matches("model0 +82599ES SFP\\+ +8086:10fb +00:1b:21:0a:0b:0c +up 10G .*"
                                + "sluice run, process \\d+"))
                .anySatisfy(line -> assertThat(line)
                        .matches("0000:03:00.0 +82599ES SFP\\+ +8086:10fb +a0:36:9f:00:00:01 +down +12 +34 +"
                                + "kernel driver ixgbe, eth2, IOMMU group 12, node 1"));
    }

    @Test
    void shouldTellAllOfOneCard() throws IOException {
        TestCards.addInterface(
                TestCards.addDevice(folder, "0000:03:00.0", 0x8086, 0x10FB, "ixgbe", ""), "eth2", Map.of());
        try (NicReport model = report("model0")) {
            assertThat(model).isNotNull();
            assertThat(run("info", "model0")).isZero();
        }
        assertThat(out.toString())
                .contains("model0: 82599ES SFP+ (8086:10fb, subsystem 8086:0003, revision 1)")
                .containsPattern("link +up, 10 Gbit/s, 1 change")
                .containsPattern("wire +tap:lan")
                .containsPattern("module +10GBASE-SR")
                .containsPattern("receive 0 +chain1 forward +512 +######## 511 ")
                .containsPattern("3 +chain1 +00:1b:21:0a:0b:0d +6-7")
                .containsPattern("fault +link lost, by order")
                .doesNotContain("0000:03:00.0", "missing");
        for (String name : List.of("0000:03:00.0", "03:00.0", "eth2")) {
            out.getBuffer().setLength(0);
            assertThat(run("info", name)).isZero();
            assertThat(out.toString())
                    .containsPattern("missing +an IOMMU")
                    .containsPattern("type +.*sluice nic bind 0000:03:00.0 --driver uio_pci_generic");
        }
    }

    @Test
    void shouldShowACardOfTheBusThatAProcessHoldsOnce() throws IOException {
        TestCards.addDevice(folder, "0000:03:00.0", 0x8086, 0x10FB, "vfio-pci", "12");
        try (NicReport card = report("0000:03:00.0")) {
            assertThat(card).isNotNull();
            assertThat(run("list")).isZero();
            assertThat(out.toString().lines().map(String::strip))
                    .hasSize(2)
                    .last()
                    .asString()
                    .matches("0000:03:00.0 .*sluice run, process \\d+");
            assertThat(run("info")).isZero();
            assertThat(out.toString()).containsPattern("held by +sluice run").containsPattern("IOMMU +group 12");
        }
    }

    @Test
    void shouldRefuseToBindWhatIsNotThere() {
        for (String command : List.of("bind", "unbind")) {
            assertThat(run(command, "0000:03:00.0")).isEqualTo(ErrorReport.REFUSED);
            assertThat(err.toString()).contains("no PCI device '0000:03:00.0'", "sluice nic list");
        }
        assertThat(run("bind", "0000:03:00.0", "--driver", "e1000")).isEqualTo(ErrorReport.WRONG_INPUT);
        assertThat(err.toString()).contains("driver=e1000: must be vfio-pci or uio_pci_generic");
    }

    @Test
    void shouldShowCounters() throws IOException {
        try (NicReport model = report("model0")) {
            assertThat(model).isNotNull();
            assertThat(run("stats")).isZero();
            assertThat(out.toString())
                    .containsPattern("GPRC +[1-9],000 +received: good packets")
                    .contains("and 1 that are 0 (--all)")
                    .doesNotContain("CRCERRS");
            assertThat(run("stats", "--all")).isZero();
            assertThat(out.toString()).containsPattern("CRCERRS +0 +receive errors: check sequence");
        }
    }

    @Test
    void shouldShowRates() throws IOException {
        try (NicReport model = report("model0")) {
            assertThat(model).isNotNull();
            assertThat(run("watch", "--interval", "0.6", "--count", "1")).isZero();
        }
        assertThat(out.toString().lines()).hasSize(2);
        assertThat(out.toString()).containsPattern("model0 +up 10G +[1-9][0-9.]* k? +[1-9]");
    }

    @Test
    @SuppressWarnings("unchecked")
    void shouldPrintJsonThatAProgramCanRead() throws IOException {
        TestCards.addDevice(folder, "0000:03:00.0", 0x8086, 0x10FB, "ixgbe", "12");
        try (NicReport model = report("model0")) {
            assertThat(model).isNotNull();
            assertThat(run("watch", "--interval", "0.6", "--count", "1", "--json"))
                    .isZero();
        }
        final List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(2);
        final Map<String, Object> last =
                (Map<String, Object>) new Load(LoadSettings.builder().build()).loadFromString(lines.getLast());
        final List<Map<String, Object>> cards = (List<Map<String, Object>>) last.get("cards");
        assertThat(cards).extracting(card -> card.get("name")).containsExactly("model0", "0000:03:00.0");
        assertThat(cards.getFirst()).containsKeys("holder", "rate", "counters", "link");
        assertThat(cards.getLast()).containsKeys("slot", "id").doesNotContainKey("holder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--interval=0.1", "--interval=NaN", "--count=0"})
    void shouldRefuseWhatCannotBeWatched(String option) {
        assertThat(run("watch", option)).isEqualTo(ErrorReport.WRONG_INPUT);
        assertThat(err.toString()).contains("must be");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--personality=1234", "--wire=guest:fw", "--wire=ixgbe:model1", "--wire=nothing"})
    void shouldRefuseWhatCannotBeServed(String option) {
        final int code = Main.commandLine()
                .setErr(new PrintWriter(err, true))
                .execute(
                        "nic",
                        "serve",
                        "model0",
                        "--vfio-user",
                        folder.resolve("c.sock").toString(),
                        option);

        assertThat(code).isEqualTo(ErrorReport.WRONG_INPUT);
        assertThat(err.toString()).contains(option.substring(option.indexOf('=') + 1));
        assertThat(folder.resolve("c.sock")).doesNotExist();
    }

    @Test
    void shouldAskWhatToDo() {
        assertThat(Main.commandLine().setErr(new PrintWriter(err, true)).execute("nic"))
                .isEqualTo(ErrorReport.WRONG_INPUT);
        assertThat(err.toString()).contains("list, info, stats, watch, bind, unbind, serve, fault or selftest");
    }
}
