// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.shared.function.Direction;
import java.util.ArrayList;
import java.util.List;
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
 *
 *   A &lt;=&gt; guest:g1?domain=red &lt;=&gt; guest:g2?domain=blue &lt;=&gt; B
 *
 *   segment 1      0 host        1 g1                  segment 2      0 host        1 g2
 *   ring 0  A [host receives] -&gt; g1 [1] -&gt; copy        ring 0  copy -&gt; g2 [1] -&gt; B [host transmits]
 *   ring 1  copy -&gt; g1 [1] -&gt; A [host transmits]       ring 1  B [host receives] -&gt; g2 [1] -&gt; copy
 * </pre>
 *
 * A segment ends where the next guest is of another domain, so that there are as few copies as the domains allow. What
 * the host runs stands in the segment of the guest before it, or else of the first guest.
 *
 * @param segments in the order of the chain's text
 */
public record Plan(Chain chain, List<SegmentPlan> segments) {
    public Plan {
        segments = List.copyOf(segments);
    }

    public static Plan of(Chain chain) {
        List<SegmentPlan> segments = new ArrayList<>();
        int from = 0;
        while (from < chain.hops().size()) {
            String domain = domainAt(chain, from);
            int to = from + 1;
            while (to < chain.hops().size() && domainAt(chain, to).equals(domain)) {
                to++;
            }
            segments.add(segment(chain, domain, from, to));
            from = to;
        }
        return new Plan(chain, segments);
    }

    /** The domain of the guest at or before {@code hop}, or else of the first guest. */
    private static String domainAt(Chain chain, int hop) {
        List<Hop> hops = chain.hops();
        return hops.subList(0, hop + 1).reversed().stream()
                .filter(Hop::isGuest)
                .findFirst()
                .or(() -> hops.stream().filter(Hop::isGuest).findFirst())
                .map(guest -> GuestOptions.of(guest).domain())
                .orElse("");
    }

    private static SegmentPlan segment(Chain chain, String domain, int from, int to) {
        List<PartyPlan> parties = new ArrayList<>();
        parties.add(new PartyPlan(PartyPlan.HOST, "host", GuestOptions.DEFAULTS));
        List<StagePlan> forward = new ArrayList<>();
        List<StagePlan> backward = new ArrayList<>();
        if (from > 0) {
            Hop before = chain.hops().get(from - 1);
            forward.add(new StagePlan(PartyPlan.HOST, Role.COPY_IN, before));
            backward.add(new StagePlan(PartyPlan.HOST, Role.COPY_OUT, before));
        }
        for (Hop hop : chain.hops().subList(from, to)) {
            int party = PartyPlan.HOST;
            if (hop.isGuest()) {
                party = parties.size();
                parties.add(new PartyPlan(party, hop.address(), GuestOptions.of(hop)));
            }
            forward.add(new StagePlan(party, role(hop, hop.equals(chain.first())), hop));
            backward.addFirst(new StagePlan(party, role(hop, hop.equals(chain.last())), hop));
        }
        if (to < chain.hops().size()) {
            Hop after = chain.hops().get(to);
            forward.add(new StagePlan(PartyPlan.HOST, Role.COPY_OUT, after));
            backward.addFirst(new StagePlan(PartyPlan.HOST, Role.COPY_IN, after));
        }
        List<RingPlan> rings = new ArrayList<>();
        rings.add(new RingPlan(Direction.FORWARD, forward));
        if (chain.bothWays()) {
            rings.add(new RingPlan(Direction.BACKWARD, backward));
        }
        return new SegmentPlan(domain, parties, rings);
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

    /** Where the packets of the {@code ring}-th ring of each segment come from. */
    Hop source(int ring) {
        return ring == 0 ? chain.first() : chain.last();
    }

    /**
     * Draws the rings as text, one line for each, without a line end after the last; where there are several segments,
     * each under a line of its own.
     */
    public String describe() {
        List<String> lines = new ArrayList<>();
        for (SegmentPlan segment : segments) {
            if (segments.size() > 1) {
                String domain = segment.domain().isEmpty() ? "no domain named" : "domain " + segment.domain();
                lines.add("segment %d, %s".formatted(segments.indexOf(segment) + 1, domain));
            }
            lines.addAll(segment.describe());
        }
        return String.join("\n", lines);
    }
}
