// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import io.sluice.guest.vnf.firewall.FirewallProvider;
import io.sluice.host.endpoint.Endpoint;
import io.sluice.host.endpoint.Endpoints;
import io.sluice.host.endpoint.ReceiveAgent;
import io.sluice.host.endpoint.TransmitAgent;
import io.sluice.shared.agent.CompositeAgent;
import io.sluice.shared.function.FunctionAgent;
import io.sluice.shared.pacing.WaitMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * The program that {@link PauseTest} starts: a helper thread that generates and swallows, and a firewall behind it, both
 * as fast as they can, and then what kept them from it.
 */
final class LoadedStages {
    private static final Duration WARM_UP = Duration.ofSeconds(4);
    private static final int SLOTS = 512;
    private static final long STALL_NANOS = 1_000_000_000L;

    private LoadedStages() {}

    /** Arguments: how many seconds to measure, and the JVM's log of safepoints. */
    public static void main(String[] arguments) throws Exception {
        final Duration measured = Duration.ofSeconds(Long.parseLong(arguments[0]));
        final var firewall = new FirewallProvider().create(Map.of("default", List.of("allow")));
        try (LocalRing ring = new LocalRing(SLOTS, 3);
                Endpoint source = Endpoints.open("gen", "", Map.of("flows", "1000", "size", "imix"), true, false);
                Endpoint sink = Endpoints.open("null", "", Map.of(), false, true)) {
            final CompositeAgent helper = new CompositeAgent(
                    "helper",
                    List.of(
                            new ReceiveAgent("gen", ring.stage(0), source.source()),
                            new TransmitAgent("null", ring.stage(2), sink.sink(), null, STALL_NANOS)));
            // So that the log of safepoints has one, whatever comes.
            System.gc();
            final long from = System.nanoTime() + WARM_UP.toNanos();
            final PauseMeter helperMeter = new PauseMeter(helper, from);
            final PauseMeter guestMeter = new PauseMeter(new FunctionAgent("firewall", ring.stage(1), firewall), from);
            ring.start(0, helperMeter, WaitMode.SPIN);
            ring.start(1, guestMeter, WaitMode.SPIN);
            final long end = from + measured.toNanos();
            while (System.nanoTime() < end && ring.failure() == null) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
            ring.stop();
            if (ring.failure() != null) {
                throw new IllegalStateException("a stage's thread has ended", ring.failure());
            }
            final List<Safepoint> safepoints = Safepoint.read(Path.of(arguments[1]));
            if (safepoints.isEmpty()) {
                throw new IllegalStateException("the log of safepoints is empty or not understood: " + arguments[1]);
            }
            final PauseReport report = new PauseReport(
                    List.of(helperMeter, guestMeter),
                    safepoints.stream()
                            .filter(safepoint -> safepoint.endNanos() >= from)
                            .toList());
            System.out.printf("%,d packets in %d s%n", ring.ring().positionAcquire(2), measured.toSeconds());
            report.print(System.out);
            System.out.println("worstSafepointNanos=" + report.worstSafepointNanos());
        }
    }
}
