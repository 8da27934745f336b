// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The part of a chain that has one region: guests who trust each other with packet contents, and the host.
 *
 * @param domain of its guests; empty for the domain of those that name none
 * @param parties the host, then the guests in the order of the chain's text
 * @param rings the forward ring, and with {@code <=>} the backward ring
 */
public record SegmentPlan(String domain, List<PartyPlan> parties, List<RingPlan> rings) {
    public SegmentPlan {
        parties = List.copyOf(parties);
        rings = List.copyOf(rings);
    }

    /** The parties without the host. */
    public List<PartyPlan> guests() {
        return parties.subList(1, parties.size());
    }

    /** Draws the rings as text, a line for each. */
    List<String> describe() {
        List<String> lines = new ArrayList<>();
        for (RingPlan ring : rings) {
            String stages = ring.stages().stream().map(StagePlan::describe).collect(joining(" -> "));
            String direction = ring.direction().name().toLowerCase(Locale.ROOT);
            lines.add("ring %d %-8s  %s".formatted(lines.size(), direction, stages));
        }
        return lines;
    }
}
