// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.shared.ring.Stage;

/** The host's readiness to run one stage of a guest that is not there, in the helper thread of the stage's ring. */
public interface StandIn {
    int ring();

    int stage();

    /** The host's vector that wakes the helper thread. */
    int vector();

    /**
     * Lets the helper thread run the stage from its next turn on.
     *
     * @param stage in the place that the directory attaches it to now
     * @param doubtful slots at its beginning that the guest may still write to: they hold no packets any more
     */
    void begin(Stage stage, int doubtful);

    /** Asks the helper thread to leave the stage. */
    void end();

    /** Whether it has left, or never began. */
    boolean ended();
}
