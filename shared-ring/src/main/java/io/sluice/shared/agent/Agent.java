// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.agent;

import io.sluice.shared.pacing.WaitSet;

/**
 * Work that is done in turns: a thread, or a test, calls {@link #doWork} again and again. All calls come from one
 * thread at a time.
 */
public interface Agent {
    /** What the thread and tables call it. */
    String roleName();

    /** Does some work without waiting, and tells how much: packets handled, 0 when there was nothing to do. */
    int doWork();

    /**
     * Prepares to sleep: names to {@code waitSet} what must wake this agent. {@link #disarm} follows in every case.
     *
     * @return false where there is work already, so that sleeping would be wrong
     */
    boolean arm(WaitSet waitSet);

    /** Takes back what {@link #arm} has arranged. */
    void disarm();

    /** True once the agent will never have work again. */
    default boolean done() {
        return false;
    }

    /** Called once, when no more work will be asked for. */
    default void onClose() {}
}
