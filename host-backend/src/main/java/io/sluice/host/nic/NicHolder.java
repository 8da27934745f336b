// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

/**
 * The process that holds a card.
 *
 * @param role what it does with it: {@code run} or {@code nic serve}, as the command is called
 * @param startedNanos nanoseconds since 1970 at which it began to report
 * @param beatNanos nanoseconds since 1970 of its last report
 */
public record NicHolder(long process, String role, Life life, long startedNanos, long beatNanos) {
    /** Whether it still runs. */
    public enum Life {
        /** Its heart beats. */
        RUNNING,
        /** Its process is there and its heart does not beat: it is stopped, or the machine is overloaded. */
        SILENT
    }

    NicHolder in(Life state) {
        return new NicHolder(process, role, state, startedNanos, beatNanos);
    }
}
