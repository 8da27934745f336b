// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Holds contests. A run starts both sides with fresh processes, warms both up, and then measures them slice by slice in
 * turns, so that what else the machine does in the meantime falls on both. A run's figure is the median of its slices;
 * minimum, median and maximum are taken over runs. A peer that is missing leaves its figures not a number.
 */
public final class Harness {
    private final Effort effort;
    private final Consumer<String> progress;

    /** A harness that tells {@code progress} what it is doing. */
    public Harness(Effort effort, Consumer<String> progress) {
        this.effort = effort;
        this.progress = progress;
    }

    /** Rows of {@code contest}. */
    public List<Row> hold(Contest contest) throws IOException, InterruptedException {
        final int rows = contest.rows().size();
        final int runs = effort.runs();
        final double[][] ours = new double[rows][runs];
        final double[][] theirs = new double[rows][runs];
        for (int run = 0; run < runs; run++) {
            progress.accept(String.join(", ", contest.rows()) + " against " + contest.peer() + ": run " + (run + 1)
                    + " of " + runs);
            run(contest, run, ours, theirs);
        }
        final List<Row> table = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            Arrays.sort(ours[i]);
            final double median = median(ours[i]);
            final double peerMedian = median(theirs[i]);
            table.add(new Row(
                    contest.rows().get(i),
                    contest.unit(),
                    ours[i][0],
                    median,
                    ours[i][runs - 1],
                    contest.peer(),
                    peerMedian,
                    median / peerMedian));
        }
        return table;
    }

    private void run(Contest contest, int run, double[][] ours, double[][] theirs)
            throws IOException, InterruptedException {
        try (Subject us = contest.ours().start();
                Subject them = contest.theirs() == null
                        ? new Absent(contest.rows().size())
                        : contest.theirs().start()) {
            for (int i = 0; i < effort.warmUpSlices(); i++) {
                us.slice();
                them.slice();
            }
            final int rows = ours.length;
            final int slices = effort.slices();
            final double[][] ourSlices = new double[rows][slices];
            final double[][] theirSlices = new double[rows][slices];
            for (int slice = 0; slice < slices; slice++) {
                final double[] our = us.slice();
                final double[] their = them.slice();
                for (int row = 0; row < rows; row++) {
                    ourSlices[row][slice] = our[row];
                    theirSlices[row][slice] = their[row];
                }
            }
            for (int row = 0; row < rows; row++) {
                ours[row][run] = median(ourSlices[row]);
                theirs[row][run] = median(theirSlices[row]);
            }
        }
    }

    /** A side that is not there. */
    private record Absent(int rows) implements Subject {
        @Override
        public double[] slice() {
            final double[] figures = new double[rows];
            Arrays.fill(figures, Double.NaN);
            return figures;
        }

        @Override
        public void close() {}
    }

    /** The middle one of {@code values}, or the mean of the middle two. */
    static double median(double[] values) {
        final double[] sorted = values.clone();
        Arrays.sort(sorted);
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
