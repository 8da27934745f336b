// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import io.sluice.shared.posix.Threads;
import io.sluice.tests.cli.CardBenchWorker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The driver of the 82599 between two cards in software, beside the same stages in C. Both work on the same descriptors,
 * slots and buffers, in turns with the same cards, on one processor.
 */
final class CardContests {
    static final String SUITE = "card";
    private static final String UNIT = "ns/packet";

    /** As chains have by default. */
    private static final int SLOTS = 1024;

    private static final long PACKETS = 300_000;

    private final List<String> java = new ArrayList<>();
    private final String peers;
    private final String processor;
    private final long packets;

    /** Contests against the compiled {@code peers}. */
    CardContests(Path peers, Effort effort) throws IOException {
        this.peers = peers.toString();
        packets = PACKETS / effort.haste();
        java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        java.addAll(Machine.javaFlags());
        java.addAll(List.of("-cp", System.getProperty("java.class.path"), CardBenchWorker.class.getName()));
        // The last one: the first is where interrupts usually go.
        processor =
                Integer.toString(Machine.cores(Threads.allowedProcessors(), 2).getLast());
    }

    List<Contest> all() {
        return List.of(
                contest(List.of("ixgbe/forward", "ixgbe/model"), "forward"),
                contest(List.of("ixgbe/macswap"), "macswap"),
                contest(List.of("ixgbe/lookup-1000"), "lookup", "1000"),
                contest(List.of("ixgbe/lookup-60000"), "lookup", "60000"),
                contest(List.of("ixgbe/lookup-1000000"), "lookup", "1000000"),
                contest(List.of("ixgbe/4-outputs"), "flood", "4"),
                contest(List.of("ixgbe/flush-1"), "flush", "1"),
                contest(List.of("ixgbe/flush-2"), "flush", "2"),
                contest(List.of("ixgbe/flush-8"), "flush", "8"),
                contest(List.of("ixgbe/flush-32"), "flush", "32"));
    }

    private Contest contest(List<String> rows, String... load) {
        final Pair pair = new Pair(rows.size(), load);
        return new Contest(SUITE, rows, UNIT, pair::ours, "c", pair::theirs);
    }

    /** Both drivers in turns on one path: the process that has it belongs to the side that starts first. */
    private final class Pair {
        private final int rows;
        private final String[] load;
        private Worker worker;

        private Pair(int rows, String... load) {
            this.rows = rows;
            this.load = load;
        }

        private Subject ours() throws IOException {
            final List<String> command = new ArrayList<>(java);
            command.addAll(List.of(processor, Integer.toString(SLOTS), peers));
            command.addAll(List.of(load));
            worker = new Worker(command, Map.of());
            return new Side("ours", worker);
        }

        private Subject theirs() {
            return new Side("theirs", null);
        }

        private final class Side implements Subject {
            private final String word;
            private final Worker owned;

            private Side(String word, Worker owned) {
                this.word = word;
                this.owned = owned;
            }

            @Override
            public double[] slice() throws IOException, InterruptedException {
                worker.ask(word + " " + packets);
                final double[] figures = worker.answer();
                return Arrays.copyOf(figures, rows);
            }

            @Override
            public void close() {
                if (owned != null) {
                    owned.close();
                }
            }
        }
    }
}
