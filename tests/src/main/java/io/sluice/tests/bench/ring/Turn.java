// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.ring;

/** A stage of a benchmark, worked on in turns. */
interface Turn {
    /** Slots at most that one turn works on. */
    int BUDGET = 256;

    /** Works on what there is, up to position {@code target}: how many slots. */
    int turn(long target);

    /** Slots finished. */
    long position();
}
