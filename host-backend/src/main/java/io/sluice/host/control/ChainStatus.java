// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.control;

import io.sluice.shared.ring.Violation;
import java.util.List;

/**
 * What one chain has done until now.
 *
 * @param retireReason what a guest did that ended the chain's region, or {@link Violation#NONE}
 */
public record ChainStatus(
        String name, State state, Violation retireReason, List<GuestStatus> guests, List<RingStatus> rings) {
    /** Of the chain's region. */
    public enum State {
        LIVE,
        /** Ended, for the reason given or because its backend ends. */
        RETIRED
    }

    public ChainStatus {
        guests = List.copyOf(guests);
        rings = List.copyOf(rings);
    }
}
