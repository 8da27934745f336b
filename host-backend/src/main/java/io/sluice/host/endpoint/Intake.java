// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

/** Whether packets may enter a ring at its receiving stage. */
public enum Intake {
    /** Not yet: what comes waits at the source. */
    HELD,
    /** Yes. */
    OPEN,
    /** Never again: the source counts as ended, and what is in the ring leaves it. */
    ENDED
}
