// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.control;

import io.sluice.shared.ring.Violation;
import java.util.List;
import java.util.Optional;

/**
 * What one chain, or one segment of a chain with several trust domains, has done until now.
 *
 * @param segment which part of which chain it is; empty where it is a chain of its own
 * @param retireReason what a guest did that ended its region, or {@link Violation#NONE}
 */
public record ChainStatus(
        String name,
        Optional<Segment> segment,
        State state,
        Violation retireReason,
        List<GuestStatus> guests,
        List<RingStatus> rings) {
    /**
     * A part of a chain that has a region of its own.
     *
     * @param chain the chain's name
     * @param number from 1
     * @param domain of its guests; empty for the domain of those that name none
     */
    public record Segment(String chain, int number, int count, String domain) {}

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
