// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.RIGHT4;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several chains in one backend, none of which notices the others. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class ThreeChainsTest {
    private static final long SEED = 6;
    private static final int PACKETS = 20_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void shouldRunThreeChainsIndependently() {
        Requirements.networkNamespaces();
        try (Scratch scratch = new Scratch();
                Namespaces net = new Namespaces()) {
            final Path input = Capture.write(scratch.file("in.pcap"), PACKETS, 1_000, SEED);
            final Path output = scratch.file("out.pcap");
            try (SluiceProcess backend = SluiceProcess.backend(
                            scratch,
                            net.leftTap() + " <=> guest:a <=> " + net.rightTap(),
                            "pcap:" + input + " => guest:b => pcap:" + output,
                            "gen:?rate=20000&size=imix&flows=100 => null:?check=true");
                    ChainStatus taps = ChainStatus.open(scratch, "chain1");
                    ChainStatus captures = ChainStatus.open(scratch, "chain2");
                    ChainStatus generated = ChainStatus.open(scratch, "chain3")) {
                net.addAddresses();
                awaitMore(generated, "null:");
                try (SluiceProcess first = SluiceProcess.guest(scratch, "a", "forward")) {
                    Namespaces.ping(net.left(), RIGHT4, 5);
                    // The second chain still waits for its guest.
                    assertThat(captures.packets("pcap:" + output)).isZero();
                    try (SluiceProcess second = SluiceProcess.guest(scratch, "b", "forward")) {
                        Await.until(
                                "all packets of the capture",
                                LIMIT,
                                () -> captures.packets("pcap:" + output) == PACKETS);
                        second.kill();
                    }
                    Await.until("the guest's departure", LIMIT, () -> !captures.attached("b"));
                    Namespaces.ping(net.left(), RIGHT4, 5);
                    first.stop();
                }
                awaitMore(generated, "null:");
                assertThat(taps.attached("a")).isFalse();
                assertThat(generated.drops("gen:")).isZero();
                assertThat(backend.alive()).isTrue();
                backend.stop();
                assertThat(backend.output())
                        .containsPattern("chain3 null: .*in-order=[1-9]")
                        .contains("lost=0, reordered=0, duplicate=0, corrupt=0, foreign=0");
            }
            assertThat(Capture.records(output)).isEqualTo(Capture.records(input));
            assertThat(scratch.leftovers()).isEmpty();
            assertThat(net.links()).isEmpty();
        }
    }

    private static void awaitMore(ChainStatus status, String hop) {
        final long before = status.packets(hop);
        Await.until("more packets at " + hop, LIMIT, () -> status.packets(hop) > before + 10_000);
    }
}
