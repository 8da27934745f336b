// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.posix.Threads;
import io.sluice.tests.Precondition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every benchmark for a moment, with every peer: that they run, not how fast. */
class BenchmarksTest {
    private static final Path HOME = Path.of(System.getProperty("sluice.home"));

    @Test
    void shouldMeasureEveryRowBesideEveryPeer() throws IOException, InterruptedException {
        Precondition.requireCommands("gcc", "pkg-config");
        Precondition.require(Threads.allowedProcessors().cardinality() >= 2, "two processors");
        Precondition.require(
                Tool.run(List.of("pkg-config", "--exists", "libdpdk")).succeeded(),
                "DPDK; './sluice test' as root installs it");
        final Report report = Benchmarks.run(HOME, List.of(), Effort.smoke(), step -> {});

        assertThat(report.machine()).containsKeys("cpu", "jdk", "flags", "peers", "dpdk");
        assertThat(report.rows().stream().map(row -> row.name() + " " + row.peer()))
                .containsExactly(
                        "ring/slot c",
                        "ring/slot memif",
                        "ring/slot memif-zc",
                        "ring/slot vhost",
                        "ring/64B c",
                        "ring/64B memif",
                        "ring/64B memif-zc",
                        "ring/64B vhost",
                        "ring/1500B c",
                        "ring/1500B memif",
                        "ring/1500B memif-zc",
                        "ring/1500B vhost",
                        "hop/p50 pingpong",
                        "hop/p99.9 pingpong",
                        "hop/p50 c",
                        "hop/p99.9 c",
                        "chain/stage c",
                        "ixgbe/forward c",
                        "ixgbe/model c",
                        "ixgbe/macswap c",
                        "ixgbe/lookup-1000 c",
                        "ixgbe/lookup-60000 c",
                        "ixgbe/lookup-1000000 c",
                        "ixgbe/4-outputs c",
                        "ixgbe/flush-1 c",
                        "ixgbe/flush-2 c",
                        "ixgbe/flush-8 c",
                        "ixgbe/flush-32 c");
        // What one more stage costs is the difference of two slices, which may be anything in a moment this short.
        assertThat(report.rows())
                .filteredOn(row -> !row.name().startsWith("chain/"))
                .allSatisfy(row -> {
                    assertThat(row.median()).isPositive();
                    assertThat(row.peerMedian()).isPositive();
                });
    }
}
