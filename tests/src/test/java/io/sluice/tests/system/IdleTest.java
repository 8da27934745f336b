// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A backend and two guests who have nothing to do, waiting as they do by default: they leave the processors alone. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
final class IdleTest {
    private static final Duration OBSERVED = Duration.ofSeconds(10);
    private static final double LIMIT_OF_A_CORE = 0.02;
    /** What a new process compiles, and the first packets of new interfaces, are then behind it. */
    private static final int START_OBSERVATIONS = 6;

    @Test
    void shouldLeaveTheProcessorsAloneWhenIdle() {
        Requirements.networkNamespaces();
        try (Scratch scratch = new Scratch();
                Namespaces net = new Namespaces();
                SluiceProcess backend = SluiceProcess.backend(
                        scratch, net.leftTap() + " <=> guest:fw <=> guest:nat <=> " + net.rightTap());
                SluiceProcess firewall = SluiceProcess.startGuest(scratch, "fw", "firewall", "--default", "allow");
                SluiceProcess nat = SluiceProcess.startGuest(scratch, "nat", "forward")) {
            firewall.awaitAttached();
            nat.awaitAttached();
            final List<SluiceProcess> processes = List.of(backend, firewall, nat);
            for (int i = 0; i < START_OBSERVATIONS && observe(processes) >= LIMIT_OF_A_CORE; i++) {
                // Not at rest yet.
            }
            assertThat(observe(processes)).as("of a core").isLessThan(LIMIT_OF_A_CORE);
        }
    }

    /** The share of a core that the busiest of {@code processes} takes. */
    private static double observe(List<SluiceProcess> processes) {
        final List<ProcessorTime> before = times(processes);
        final long start = System.nanoTime();
        Await.until(
                "the time of observation",
                OBSERVED.multipliedBy(2),
                () -> System.nanoTime() - start >= OBSERVED.toNanos());
        final long nanos = System.nanoTime() - start;
        final List<ProcessorTime> after = times(processes);
        double busiest = 0;
        for (int i = 0; i < processes.size(); i++) {
            final ProcessorTime used = after.get(i).since(before.get(i));
            final double share = (double) used.nanos() / nanos;
            System.out.printf("idle %s: %.2f %% of a core; %s%n", processes.get(i), 100 * share, used.busiest(4));
            busiest = Math.max(busiest, share);
        }
        return busiest;
    }

    private static List<ProcessorTime> times(List<SluiceProcess> processes) {
        return processes.stream()
                .map(process -> ProcessorTime.of(process.processId()))
                .toList();
    }
}
