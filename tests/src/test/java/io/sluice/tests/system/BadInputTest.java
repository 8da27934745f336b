// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a user gets who asks for something that cannot be: a message that helps, an exit code, and nothing left behind. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class BadInputTest {
    private static final int WRONG_INPUT = 2;
    private static final int REFUSED = 3;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Scratch scratch = new Scratch();

    @AfterEach
    void clearUp() {
        Closing.close(scratch);
    }

    private String fails(int exitCode, String... arguments) {
        try (SluiceProcess process = SluiceProcess.start(scratch, arguments)) {
            assertThat(process.awaitExit(LIMIT)).as(process::output).isEqualTo(exitCode);
            assertThat(process.output()).doesNotContain("\tat io.sluice");
            return process.output();
        } finally {
            assertThat(scratch.leftovers()).isEmpty();
        }
    }

    @Test
    void shouldShowWhereAChainIsWrong() {
        final String output = fails(WRONG_INPUT, "run", "tap:a <=> gest:fw <=> tap:b");
        assertThat(output).contains("tap:a <=> gest:fw <=> tap:b", "guest");
        final String[] lines = output.split("\n");
        final int picture = Arrays.stream(lines)
                .toList()
                .indexOf(Arrays.stream(lines)
                        .filter(line -> line.strip().startsWith("^"))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(output)));
        assertThat(lines[picture].indexOf('^')).isEqualTo(lines[picture - 1].indexOf("gest"));
    }

    @Test
    void shouldNameTheFunctionsThereAre() {
        assertThat(fails(WRONG_INPUT, "run", "gen: => vnf:firewal => null:")).contains("firewall", "forward");
    }

    @Test
    void shouldSayThatNoBackendRuns() {
        assertThat(fails(REFUSED, "status")).contains("no backend is running", "sluice run");
    }

    @Test
    void shouldRefuseARuleThatCannotBe() {
        assertThat(fails(WRONG_INPUT, "run", "gen: => vnf:firewall?deny=port:22 => null:"))
                .contains("deny", "port");
        assertThat(fails(
                        WRONG_INPUT,
                        "guest",
                        "firewall",
                        "--deny",
                        "port:22",
                        "--port",
                        "ptnet:" + scratch.socket("g")))
                .contains("deny", "port");
    }

    @Test
    void shouldSayThatACaptureIsMissing() {
        assertThat(fails(REFUSED, "run", "pcap:/nowhere/in.pcap => null:")).contains("/nowhere/in.pcap");
    }

    @Test
    void shouldSayThatACaptureIsCutOff() throws IOException {
        final Path whole = Capture.write(scratch.file("whole.pcap"), 1000, 1_000, 1);
        final byte[] bytes = Files.readAllBytes(whole);
        final Path cut = Files.write(scratch.file("cut.pcap"), Arrays.copyOf(bytes, bytes.length - 7));
        final Path output = scratch.file("out.pcap");
        assertThat(fails(REFUSED, "run", "pcap:" + cut + " => pcap:" + output)).contains("cut.pcap");
        assertThat(Capture.frames(output)).hasSize(999);
    }

    @Test
    void shouldLeaveARunningBackendAloneWhoseNameOrInterfaceIsWanted() {
        Requirements.networkNamespaces();
        try (Namespaces net = new Namespaces();
                SluiceProcess first = SluiceProcess.backend(scratch, net.leftTap() + " <=> guest:g <=> null:");
                ChainStatus status = ChainStatus.open(scratch, "chain1")) {
            try (SluiceProcess second = SluiceProcess.start(scratch, "run", "gen:?rate=10 => guest:g => null:")) {
                assertThat(second.awaitExit(LIMIT)).as(second::output).isEqualTo(REFUSED);
                assertThat(second.output()).contains("another backend serves", "g.sock");
            }
            try (SluiceProcess second = SluiceProcess.start(
                    scratch, "run", net.rightTap() + " <=> null:", net.leftTap() + " <=> guest:h <=> null:")) {
                assertThat(second.awaitExit(LIMIT)).as(second::output).isEqualTo(REFUSED);
                assertThat(second.output()).contains(net.left(), "another process has this interface");
            }
            assertThat(net.links()).contains(net.left()).doesNotContain(net.right());
            assertThat(scratch.socket("h")).doesNotExist();
            try (SluiceProcess guest = SluiceProcess.guest(scratch, "g", "forward")) {
                assertThat(status.attached("g")).isTrue();
                guest.stop();
            }
            assertThat(first.alive()).isTrue();
            first.stop();
        }
        assertThat(scratch.leftovers()).isEmpty();
    }

    @Test
    void shouldEndInOrderWhileItsPacketsWaitForAGuest() {
        final Path input = Capture.write(scratch.file("in.pcap"), 50, 1_000, 1);
        try (SluiceProcess backend = SluiceProcess.backend(scratch, "pcap:" + input + " => guest:g => null:");
                ChainStatus status = ChainStatus.open(scratch, "chain1")) {
            Await.until("the capture's packets", LIMIT, () -> status.packets("pcap:" + input) == 50);
            backend.stop();
        }
        assertThat(scratch.leftovers()).isEmpty();
    }
}
