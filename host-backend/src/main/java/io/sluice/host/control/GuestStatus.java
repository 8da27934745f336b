// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.control;

import io.sluice.host.attach.GuestLife;
import io.sluice.host.attach.GuestState;
import io.sluice.shared.ring.RegionDescriptor;

/**
 * One guest of a chain.
 *
 * @param peerId the ivshmem id of who holds its socket, or {@link RegionDescriptor#NOT_ATTACHED}
 * @param life whether its program is there, and what becomes of its packets
 * @param ageNanos for how long it has been in its state
 */
public record GuestStatus(String name, int peerId, GuestLife life, long ageNanos) {
    /** Whether its program has its place, silent or not. */
    public boolean attached() {
        return life.state() != GuestState.ABSENT;
    }

    public boolean connected() {
        return peerId != RegionDescriptor.NOT_ATTACHED;
    }
}
