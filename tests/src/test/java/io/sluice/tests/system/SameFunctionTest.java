// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One packet function, the same answer wherever it runs: in the host, in a process, in a virtual machine. */
@Timeout(value = 360, unit = TimeUnit.SECONDS)
final class SameFunctionTest {
    private static final long SEED = 5;
    private static final int PACKETS = 50_000;
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final String TCP = "proto:tcp,dport:22";
    private static final String UDP = "proto:udp,dport:53";

    private final Scratch scratch = new Scratch();
    private final Path input = Capture.write(scratch.file("in.pcap"), PACKETS, 10_000, SEED);

    @AfterEach
    void clearUp() {
        Closing.close(scratch);
    }

    @Test
    void shouldGiveTheSameCaptureInTheHostAndInAProcess() {
        final Path inHost = inHost();
        final Path inProcess = scratch.file("process.pcap");
        try (SluiceProcess backend =
                        SluiceProcess.backend(scratch, "pcap:" + input + " => guest:fw => pcap:" + inProcess);
                SluiceProcess guest = SluiceProcess.startGuest(
                        scratch, "fw", "firewall", "--default", "allow", "--deny", TCP, "--deny", UDP)) {
            awaitEnd(backend, guest);
        }
        assertThat(inProcess).hasSameBinaryContentAs(inHost);
    }

    @Test
    void shouldGiveTheSameCaptureInTheHostAndInAVirtualMachine() {
        Requirements.virtualMachines();
        final Path inHost = inHost();
        final Path inMachine = scratch.file("machine.pcap");
        try (SluiceProcess backend =
                        SluiceProcess.backend(scratch, "pcap:" + input + " => guest:fw => pcap:" + inMachine);
                SluiceProcess machine = SluiceProcess.startMachine(
                        scratch, "fw", "firewall", "--default", "allow", "--deny", TCP, "--deny", UDP)) {
            awaitEnd(backend, machine);
        }
        assertThat(inMachine).hasSameBinaryContentAs(inHost);
    }

    /** What the function lets through in the host: some, not all. */
    private Path inHost() {
        final Path output = scratch.file("host.pcap");
        try (SluiceProcess backend = SluiceProcess.start(
                scratch,
                "run",
                "pcap:" + input + " => vnf:firewall?default=allow&deny=" + TCP + "&deny=" + UDP + " => pcap:"
                        + output)) {
            assertThat(backend.awaitExit(LIMIT)).as(backend::output).isZero();
        }
        assertThat(Capture.frames(output)).hasSizeBetween(PACKETS / 2, PACKETS - PACKETS / 20);
        return output;
    }

    private void awaitEnd(SluiceProcess backend, SluiceProcess guest) {
        assertThat(backend.awaitExit(LIMIT)).as(backend::output).isZero();
        assertThat(guest.awaitExit(LIMIT)).as(guest::output).isZero();
        assertThat(guest.output()).contains("has ended chain");
        assertThat(scratch.leftovers()).isEmpty();
    }
}
