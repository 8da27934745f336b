// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import java.util.List;

/**
 * The part of a chain that has one region: guests who trust each other with packet contents, and the host.
 *
 * @param parties the host, then the guests in the order of the chain's text
 * @param rings the forward ring, and with {@code <=>} the backward ring
 */
public record SegmentPlan(List<PartyPlan> parties, List<RingPlan> rings) {
    public SegmentPlan {
        parties = List.copyOf(parties);
        rings = List.copyOf(rings);
    }

    /** The parties without the host. */
    public List<PartyPlan> guests() {
        return parties.subList(1, parties.size());
    }
}
