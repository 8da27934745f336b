// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static java.util.stream.Collectors.joining;

import io.sluice.shared.function.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What is to be built for one chain, as data: its segments, each with a region of its own, who holds that, and which
 * stages its rings have.
 *
 * <pre>
 *   A &lt;=&gt; guest:g1 &lt;=&gt; guest:g2 &lt;=&gt; B
 *
 *   parties        0 host        1 g1       2 g2
 *   ring 0  A [host receives] -&gt; g1 [1] -&gt; g2 [2] -&gt; B [host transmits]
 *   ring 1  B [host receives] -&gt; g2 [2] -&gt; g1 [1] -&gt; A [host transmits]
 * </pre>
 *
 * @param segments in the order of the chain's text
 */
public record Plan(Chain chain, List<SegmentPlan> segments) {
    public Plan {
        segments = List.copyOf(segments);
    }

    public static Plan of(Chain chain) {
        List<PartyPlan> parties = new ArrayList<>();
        parties.add(new PartyPlan(PartyPlan.HOST, "host", GuestOptions.DEFAULTS));
        List<StagePlan> forward = new ArrayList<>();
        List<StagePlan> backward = new ArrayList<>();
        for (Hop hop : chain.hops()) {
            int party = PartyPlan.HOST;
            if (hop.isGuest()) {
                party = parties.size();
                parties.add(new PartyPlan(party, hop.address(), GuestOptions.of(hop)));
            }
            forward.add(new StagePlan(party, role(hop, hop.equals(chain.first())), hop));
            backward.addFirst(new StagePlan(party, role(hop, hop.equals(chain.last())), hop));
        }
        List<RingPlan> rings = new ArrayList<>();
        rings.add(new RingPlan(Direction.FORWARD, forward));
        if (chain.bothWays()) {
            rings.add(new RingPlan(Direction.BACKWARD, backward));
        }
        return new Plan(chain, List.of(new SegmentPlan(parties, rings)));
    }

    private static Role role(Hop hop, boolean begins) {
        if (hop.isGuest()) {
            return Role.GUEST;
        }
        if (hop.isFunction()) {
            return Role.FUNCTION;
        }
        return begins ? Role.RECEIVE : Role.TRANSMIT;
    }

    /** The guests of all segments, in the order of the chain's text. */
    public List<PartyPlan> guests() {
        return segments.stream().flatMap(segment -> segment.guests().stream()).toList();
    }

    /** The endpoints to open: none, one or two, in the order of the chain's text. */
    public List<EndpointPlan> endpoints() {
        return Stream.of(chain.first(), chain.last())
                .filter(Hop::isEndpoint)
                .map(hop -> new EndpointPlan(
                        hop,
                        chain.bothWays() || hop.equals(chain.first()),
                        chain.bothWays() || hop.equals(chain.last())))
                .toList();
    }

    /** Draws the rings as text, one line for each, without a line end after the last. */
    public String describe() {
        List<String> lines = new ArrayList<>();
        for (SegmentPlan segment : segments) {
            for (int r = 0; r < segment.rings().size(); r++) {
                RingPlan ring = segment.rings().get(r);
                String stages = ring.stages().stream().map(StagePlan::describe).collect(joining(" -> "));
                String direction = ring.direction().name().toLowerCase(Locale.ROOT);
                lines.add("ring %d %-8s  %s".formatted(r, direction, stages));
            }
        }
        return String.join("\n", lines);
    }
}
