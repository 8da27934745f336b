// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.sim;

/** Who takes steps in a {@link World}: a thread of the host, a guest's program, or the misfortune that befalls them. */
interface Actor {
    /** Whether it can take a step now. */
    boolean runnable();

    /** When it can take one at the latest, by the world's clock; {@link Long#MAX_VALUE} where only others help. */
    long dueNanos();

    /** Takes a step; others may take theirs in the middle of it. */
    void step();
}
