// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.control;

import io.sluice.shared.ring.RegionDescriptor;

/**
 * One guest of a chain.
 *
 * @param peerId its ivshmem id, or {@link RegionDescriptor#NOT_ATTACHED}
 * @param attachments how often it has been attached
 */
public record GuestStatus(String name, int peerId, int attachments) {
    public boolean attached() {
        return peerId != RegionDescriptor.NOT_ATTACHED;
    }
}
