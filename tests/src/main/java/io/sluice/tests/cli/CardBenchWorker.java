// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.cli;

import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.Threads;
import io.sluice.tests.bench.card.CardBench;
import io.sluice.tests.bench.card.Load;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A benchmark of the way between cards: {@code CardBenchWorker PROCESSOR SLOTS PROGRAM|none LOAD...}. Pins itself, and
 * answers each line {@code ours|theirs PACKETS} with nanoseconds per packet of the driver and of the cards.
 */
public final class CardBenchWorker {
    private CardBenchWorker() {}

    public static void main(String[] args) throws IOException {
        final int processor = Integer.parseInt(args[0]);
        PosixException.check(Threads.pinTo(processor), "sched_setaffinity(" + processor + ")");
        final List<String> program = args[2].equals("none") ? List.of() : List.of(args[2]);
        final Load load = Load.of(Arrays.copyOfRange(args, 3, args.length));
        try (CardBench bench = new CardBench(load, Integer.parseInt(args[1]), program, processor);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                final String[] words = line.split(" ");
                final double[] nanos = bench.slice(words[0].equals("ours"), Long.parseLong(words[1]));
                System.out.println(nanos[0] + " " + nanos[1]);
            }
        }
    }
}
