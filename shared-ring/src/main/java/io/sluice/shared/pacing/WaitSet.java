// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.pacing;

/** What a sleeping thread is to be woken by, collected from its agents before each sleep. */
public interface WaitSet {
    /**
     * Whether a peer's kick can end this sleep. Where it cannot (a guest that receives no interrupts), agents do not
     * arm {@code wakeAt}, and the sleep is short.
     */
    boolean canBeKicked();

    /** Ends the sleep when {@code bell} is rung, and takes what it has counted. */
    void awaitKick(Bell bell);

    /** Ends the sleep when {@code descriptor} polls readable. */
    void awaitReadable(int descriptor);

    /** Ends the sleep when {@code descriptor} polls writable. */
    void awaitWritable(int descriptor);

    /** Ends the sleep {@code nanos} from now at the latest. */
    void dueIn(long nanos);
}
