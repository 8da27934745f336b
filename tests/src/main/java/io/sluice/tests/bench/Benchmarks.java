// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Every benchmark there is, and the running of those that are asked for. */
public final class Benchmarks {
    private Benchmarks() {}

    /**
     * Runs the benchmarks that {@code names} mean, all of them where there are none.
     *
     * @param home the checkout, where the peers' sources are
     * @throws BenchException where a name means nothing, or something needed is missing
     */
    public static Report run(Path home, List<String> names, Effort effort, Consumer<String> progress)
            throws IOException, InterruptedException {
        final Path folder = Files.createTempDirectory("sluice-bench");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteAtLast(folder)));
        try (Dpdk dpdk = Dpdk.prepare(home, folder)) {
            final Path peers = CProgram.compile(home, "bench_peers", folder, List.of("-std=c11"), List.of());
            final Path cards = CProgram.compile(home, "card_peers", folder, List.of("-std=c11"), List.of());
            final List<Contest> all = new ArrayList<>(new RingContests(peers, dpdk, effort).all());
            all.addAll(new CardContests(cards, effort).all());
            final List<Contest> contests = chosen(all, names);
            final Harness harness = new Harness(effort, progress);
            final Map<String, String> machine = Machine.describe();
            machine.put("peers", CProgram.description());
            machine.put("dpdk", dpdk.description());
            machine.put("runs", effort.runs() + " of " + effort.slices() + " slices in turns");
            final List<Row> rows = new ArrayList<>();
            for (Contest contest : contests) {
                rows.addAll(harness.hold(contest));
            }
            return new Report(machine, rows);
        } finally {
            delete(folder);
        }
    }

    /** Where this process is interrupted; what peers that still run write meanwhile stays in the temporary folder. */
    private static void deleteAtLast(Path folder) {
        try {
            if (Files.exists(folder)) {
                delete(folder);
            }
        } catch (IOException | UncheckedIOException e) {
            System.getLogger(Benchmarks.class.getName()).log(System.Logger.Level.DEBUG, "left behind: " + folder, e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
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
