// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Every benchmark there is, and the running of those that are asked for. */
public final class Benchmarks {
    private static final int WARM_UP_SLICES = 25;
    private static final int SLICES = 25;
    private static final int QUICK_WARM_UP_SLICES = 15;
    private static final int QUICK_SLICES = 9;

    private Benchmarks() {}

    /**
     * Runs the benchmarks that {@code names} mean, all of them where there are none.
     *
     * @param home the checkout, where the peers' sources are
     * @param quick for a first look: fewer slices, the figures vary more
     * @throws BenchException where a name means nothing, or something needed is missing
     */
    public static Report run(Path home, List<String> names, int runs, boolean quick, Consumer<String> progress)
            throws IOException, InterruptedException {
        final Path folder = Files.createTempDirectory("sluice-bench");
        try {
            final Path peers = CProgram.compile(home, folder);
            final List<Contest> contests = chosen(new RingContests(peers).all(), names);
            final int slices = quick ? QUICK_SLICES : SLICES;
            final Harness harness = new Harness(runs, quick ? QUICK_WARM_UP_SLICES : WARM_UP_SLICES, slices, progress);
            final Map<String, String> machine = Machine.describe();
            machine.put("peers", CProgram.description());
            machine.put("runs", runs + " of " + slices + " slices in turns");
            final List<Row> rows = new ArrayList<>();
            for (Contest contest : contests) {
                rows.addAll(harness.hold(contest));
            }
            return new Report(machine, rows);
        } finally {
            Files.deleteIfExists(folder.resolve("bench_peers"));
            Files.deleteIfExists(folder);
        }
    }

    private static List<Contest> chosen(List<Contest> all, List<String> names) {
        for (String name : names) {
            if (all.stream().noneMatch(contest -> contest.isNamed(name))) {
                throw new BenchException("no benchmark is named " + name + "; there are: "
                        + String.join(
                                ", ",
                                all.stream().map(Contest::suite).distinct().toList()) + ", with the rows "
                        + String.join(
                                ", ",
                                all.stream()
                                        .flatMap(contest -> contest.rows().stream())
                                        .distinct()
                                        .toList()));
            }
        }
        return all.stream()
                .filter(contest -> names.isEmpty() || names.stream().anyMatch(contest::isNamed))
                .toList();
    }
}
