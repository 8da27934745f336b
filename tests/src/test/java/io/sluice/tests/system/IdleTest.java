// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A backend and two guests who have nothing to do, waiting as they do by default: they leave the processors alone. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
final class IdleTest {
    private static final Duration OBSERVED = Duration.ofSeconds(10);
    private static final double LIMIT_OF_A_CORE = 0.02;
    private static final Duration QUIET_LIMIT = Duration.ofSeconds(60);

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
            processes.forEach(IdleTest::awaitStarted);
            final List<ProcessorTime> before = times(processes);
            final long start = System.nanoTime();
            Await.until(
                    "the time of observation",
                    OBSERVED.multipliedBy(2),
                    () -> System.nanoTime() - start >= OBSERVED.toNanos());
            final long nanos = System.nanoTime() - start;
            final List<ProcessorTime> after = times(processes);
            for (int i = 0; i < processes.size(); i++) {
                final ProcessorTime used = after.get(i).since(before.get(i));
                final double share = (double) used.nanos() / nanos;
                System.out.printf("idle %s: %.2f %% of a core; %s%n", processes.get(i), 100 * share, used.busiest(4));
                assertThat(share).as("of a core: %s", processes.get(i)).isLessThan(LIMIT_OF_A_CORE);
            }
        }
    }

    private static List<ProcessorTime> times(List<SluiceProcess> processes) {
        final List<ProcessorTime> times = new ArrayList<>();
        processes.forEach(process -> times.add(ProcessorTime.of(process.processId())));
        return times;
    }

    /** Waits until what a new process compiles, and the first packets of new interfaces, are behind it. */
    private static void awaitStarted(SluiceProcess process) {
        final long[] last = {
            System.nanoTime(), ProcessorTime.of(process.processId()).nanos()
        };
        Await.until("rest after the start of " + process, QUIET_LIMIT, () -> {
            final long now = System.nanoTime();
            if (now - last[0] < TimeUnit.SECONDS.toNanos(1)) {
                return false;
            }
            final long used = ProcessorTime.of(process.processId()).nanos();
            final boolean quiet = used - last[1] < LIMIT_OF_A_CORE * (now - last[0]);
            last[0] = now;
            last[1] = used;
            return quiet;
        });
    }
}
