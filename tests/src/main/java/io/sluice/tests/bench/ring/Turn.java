// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.ring;

/** A stage of a benchmark, worked on in turns. */
interface Turn {
    /** Slots at most that one turn works on. */
    int BUDGET = 256;

    /** Slots after which they are published: TinyNF's figure, and what packet functions do. */
    int FLUSH_PERIOD = 8;

    /** Works on what there is, up to position {@code target}: how many slots. */
    int turn(long target);

    /** Slots finished. */
    long position();
}
