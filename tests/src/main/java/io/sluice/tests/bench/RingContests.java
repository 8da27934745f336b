// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import io.sluice.shared.function.Direction;
import io.sluice.shared.posix.Threads;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import io.sluice.tests.cli.BenchWorker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rings between two processes that never sleep, beside the same rings in C, the bare round trip of a line, and DPDK's
 * ways between processes.
 */
final class RingContests {
    static final String SUITE = "ring";
    private static final int SLOTS = 1024;
    private static final int BUFFER_BYTES = 2048;
    private static final int HEADROOM = 128;
    private static final List<Integer> TOUCHED_BYTES = List.of(0, 64, 1500);
    private static final long PACKETS = 500_000;
    private static final long LONG_PACKETS = 100_000;
    private static final long ROUND_TRIPS = 20_000;
    private static final int SHORT_CHAIN = 2;
    private static final int LONG_CHAIN = 4;

    private final List<String> java = new ArrayList<>();
    private final List<String> c;
    private final List<Integer> cores;

    private final Dpdk dpdk;
    private final int haste;

    /** Contests against the compiled {@code peers} and DPDK. */
    RingContests(Path peers, Dpdk dpdk, Effort effort) throws IOException {
        this.dpdk = dpdk;
        haste = effort.haste();
        java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        java.addAll(Machine.javaFlags());
        java.addAll(List.of("-cp", System.getProperty("java.class.path"), BenchWorker.class.getName()));
        c = List.of(peers.toString());
        cores = Machine.cores(Threads.allowedProcessors(), 2);
    }

    List<Contest> all() {
        final List<Contest> contests = new ArrayList<>();
        for (int touched : TOUCHED_BYTES) {
            final String name = touched == 0 ? "ring/slot" : "ring/" + touched + "B";
            contests.add(new Contest(
                    SUITE,
                    List.of(name),
                    "ns/packet",
                    () -> throughput(java, touched),
                    "c",
                    () -> throughput(c, touched)));
            for (Dpdk.Way way : Dpdk.Way.values()) {
                contests.add(new Contest(
                        SUITE,
                        List.of(name),
                        "ns/packet",
                        () -> throughput(java, touched),
                        way.peer(),
                        dpdk.isHere() ? () -> throughput(way, touched) : null));
            }
        }
        contests.add(new Contest(
                SUITE,
                List.of("hop/p50", "hop/p99.9"),
                "ns",
                () -> roundTrips(java, "ping", "pong"),
                "pingpong",
                () -> roundTrips(c, "raw-ping", "raw-pong")));
        contests.add(new Contest(
                SUITE,
                List.of("hop/p50", "hop/p99.9"),
                "ns",
                () -> roundTrips(java, "ping", "pong"),
                "c",
                () -> roundTrips(c, "ping", "pong")));
        contests.add(new Contest(
                SUITE, List.of("chain/stage"), "ns/packet", () -> oneMoreStage(java), "c", () -> oneMoreStage(c)));
        return contests;
    }

    private Subject throughput(List<String> program, int touchedBytes) throws IOException {
        final RingPair pair = stages(program, touchedBytes, 2);
        final long packets = packets(touchedBytes);
        return subject(() -> new double[] {pair.slice(0, packets)[0] / packets}, pair::close);
    }

    private Subject throughput(Dpdk.Way way, int touchedBytes) throws IOException, InterruptedException {
        final WorkerPair pair = dpdk.start(way, touchedBytes, cores);
        final long packets = packets(touchedBytes);
        return subject(() -> new double[] {pair.slice(0, packets)[0] / packets}, pair::close);
    }

    private long packets(int touchedBytes) {
        return (touchedBytes > 64 ? LONG_PACKETS : PACKETS) / haste;
    }

    private Subject roundTrips(List<String> program, String measured, String other) throws IOException {
        final RingPair pair = new RingPair(spec(2, 2), program, cores, List.of(measured, other));
        return subject(() -> pair.slice(0, ROUND_TRIPS / haste), pair::close);
    }

    /**
     * A chain of four stages has one more on each of the two cores than one of two, and both cores work at once: what
     * its packets take longer is what one more stage costs.
     */
    private Subject oneMoreStage(List<String> program) throws IOException {
        final RingPair pair = stages(program, 0, SHORT_CHAIN, LONG_CHAIN);
        final long packets = packets(0);
        return subject(
                () -> {
                    final double shorter = pair.slice(0, packets)[0];
                    return new double[] {(pair.slice(1, packets)[0] - shorter) / packets};
                },
                pair::close);
    }

    /** The process with the last stage of each ring is the one to measure. */
    private RingPair stages(List<String> program, int touchedBytes, int... stageCounts) throws IOException {
        return new RingPair(
                spec(stageCounts), program, cores, List.of("stages 1 " + touchedBytes, "stages 0 " + touchedBytes));
    }

    private static RegionSpec spec(int... stageCounts) {
        final List<RingSpec> rings = IntStream.of(stageCounts)
                .mapToObj(count -> new RingSpec(
                        SLOTS,
                        BUFFER_BYTES,
                        HEADROOM,
                        SLOTS,
                        Direction.FORWARD,
                        IntStream.range(0, count)
                                .mapToObj(stage -> new StageSpec(stage % 2, 0, "stage " + stage))
                                .toList()))
                .toList();
        return new RegionSpec("bench", List.of("host", "guest"), rings);
    }

    @FunctionalInterface
    private interface Slice {
        double[] measure() throws IOException, InterruptedException;
    }

    private static Subject subject(Slice slice, Runnable end) {
        return new Subject() {
            @Override
            public double[] slice() throws IOException, InterruptedException {
                return slice.measure();
            }

            @Override
            public void close() {
                end.run();
            }
        };
    }
}
