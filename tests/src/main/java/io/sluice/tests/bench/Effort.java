// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

/**
 * How long to measure.
 *
 * @param runs of each contest, with fresh processes each
 * @param warmUpSlices of each run, which do not count
 * @param slices of each run, which do
 * @param haste what the packets of a slice are divided by; above 1 only to see that something runs
 */
public record Effort(int runs, int warmUpSlices, int slices, int haste) {
    public static final int RUNS = 5;
    public static final int QUICK_RUNS = 3;

    /** Everything once, in a moment. */
    public static Effort smoke() {
        return new Effort(1, 1, 1, 20);
    }

    /** For figures worth keeping. */
    public static Effort full(int runs) {
        return new Effort(runs, 25, 25, 1);
    }

    /** For a first look: the figures vary more. */
    public static Effort quick(int runs) {
        return new Effort(runs, 15, 9, 1);
    }
}
