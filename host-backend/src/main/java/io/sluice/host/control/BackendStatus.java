// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.control;

import java.util.List;

/**
 * What one backend's status files say of it.
 *
 * @param startedNanos nanoseconds since 1970
 * @param silentNanos since its last heartbeat
 * @param chains in the order of their names
 */
public record BackendStatus(long processId, Life life, long startedNanos, long silentNanos, List<ChainStatus> chains) {
    /** Whether the backend still runs. */
    public enum Life {
        /** Its heart beats. */
        RUNNING,
        /** Its process is there and its heart does not beat: it is stopped, or the machine is overloaded. */
        SILENT,
        /** Its process is gone, and a keeper holds what is its guests' for another backend. */
        KEPT,
        /** Its process is gone and has left its files behind. */
        GONE
    }

    public BackendStatus {
        chains = List.copyOf(chains);
    }
}
