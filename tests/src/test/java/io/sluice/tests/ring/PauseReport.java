// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import io.sluice.tests.ring.PauseMeter.Pause;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the pauses of stages come from. */
final class PauseReport {
    private static final int WORST = 4;

    /** Which of the explanations covers half of a pause. */
    enum Cause {
        NO_PROCESSOR("waited for a processor that other threads had"),
        JVM("stood still with all threads of the JVM, at a safepoint"),
        BLOCKED("gave the processor up by itself: a lock, a page that was read from disk"),
        STOLEN("had its processor taken away by the hypervisor"),
        RAN("ran: the work itself, page faults, interrupts");

        private final String meaning;

        Cause(String meaning) {
            this.meaning = meaning;
        }
    }

    private final List<PauseMeter> meters;
    private final List<Safepoint> safepoints;

    PauseReport(List<PauseMeter> meters, List<Safepoint> safepoints) {
        this.meters = meters;
        this.safepoints = safepoints;
    }

    private List<Pause> pauses() {
        return meters.stream().flatMap(meter -> meter.pauses().stream()).toList();
    }

    private long stoppedNanos(Pause pause) {
        return safepoints.stream()
                .mapToLong(safepoint -> safepoint.overlapNanos(pause))
                .sum();
    }

    private Cause cause(Pause pause) {
        if (pause.waitedNanos() >= pause.nanos() / 2) {
            return Cause.NO_PROCESSOR;
        }
        if (stoppedNanos(pause) >= pause.nanos() / 2) {
            return Cause.JVM;
        }
        if (pause.awayNanos() >= pause.nanos() / 2) {
            return pause.blocked() ? Cause.BLOCKED : Cause.STOLEN;
        }
        return Cause.RAN;
    }

    /** The longest time that the JVM had all threads stopped for, without the time it took to stop them. */
    long worstSafepointNanos() {
        return safepoints.stream().mapToLong(Safepoint::atSafepointNanos).max().orElse(0);
    }

    void print(PrintStream out) {
        for (PauseMeter meter : meters) {
            out.printf(
                    "%s: %,d turns, p50 %.1f us, p99.9 %.1f us, p99.999 %.1f us, worst %.1f us; %,d pauses%s%n",
                    meter.roleName(),
                    meter.turns().getTotalCount(),
                    meter.turns().getValueAtPercentile(50) / 1e3,
                    meter.turns().getValueAtPercentile(99.9) / 1e3,
                    meter.turns().getValueAtPercentile(99.999) / 1e3,
                    meter.turns().getMaxValue() / 1e3,
                    meter.pauses().size(),
                    meter.unnoted() == 0 ? "" : " and " + meter.unnoted() + " that were not noted");
        }
        final Map<Cause, List<Pause>> byCause = new EnumMap<>(Cause.class);
        for (Cause cause : Cause.values()) {
            byCause.put(
                    cause,
                    pauses().stream().filter(pause -> cause(pause) == cause).toList());
        }
        out.printf("pauses of %.0f ms and more, by what covers half of each:%n", PauseMeter.PAUSE_NANOS / 1e6);
        byCause.forEach((cause, pauses) -> out.printf(
                "  %,6d, worst %6.1f ms: %s%n",
                pauses.size(), pauses.stream().mapToLong(Pause::nanos).max().orElse(0) / 1e6, cause.meaning));
        out.printf("safepoints: %d, worst %.3f ms%n", safepoints.size(), worstSafepointNanos() / 1e6);
        out.println("the worst:");
        byCause.values().stream().flatMap(PauseReport::worst).forEach(pause -> print(out, pause));
    }

    private static Stream<Pause> worst(List<Pause> pauses) {
        return pauses.stream()
                .sorted(Comparator.comparingLong(Pause::nanos).reversed())
                .limit(WORST);
    }

    private void print(PrintStream out, Pause pause) {
        out.printf(
                "  %-8s %7.2f ms: waited for a processor %7.2f ms, away %7.2f ms, at safepoints %6.2f ms %s%n",
                pause.stage(),
                pause.nanos() / 1e6,
                pause.waitedNanos() / 1e6,
                pause.awayNanos() / 1e6,
                stoppedNanos(pause) / 1e6,
                safepoints.stream()
                        .filter(safepoint -> safepoint.overlapNanos(pause) > 0)
                        .map(Safepoint::why)
                        .toList());
    }
}
