// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.function.Direction;
import io.sluice.shared.ring.RegionDescriptor;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PlanTest {
    @Test
    void shouldPlanOneRingForEachDirection() {
        Plan plan = plan("tap:lan <=> guest:fw <=> guest:nat <=> tap:wan");

        assertThat(plan.describe()).isEqualTo("""
            ring 0 forward   tap:lan [host receives] -> guest:fw [party 1] -> \
            guest:nat [party 2] -> tap:wan [host transmits]
            ring 1 backward  tap:wan [host receives] -> guest:nat [party 2] -> \
            guest:fw [party 1] -> tap:lan [host transmits]\
            """);
        assertThat(plan.segments().getFirst().parties())
                .containsExactly(
                        new PartyPlan(0, "host", GuestOptions.DEFAULTS),
                        new PartyPlan(1, "fw", GuestOptions.DEFAULTS),
                        new PartyPlan(2, "nat", GuestOptions.DEFAULTS));
        assertThat(plan.guests()).extracting(PartyPlan::name).containsExactly("fw", "nat");
        assertThat(rings(plan)).extracting(RingPlan::direction).containsExactly(Direction.FORWARD, Direction.BACKWARD);
    }

    @Test
    void shouldPlanOneRingForOneWay() {
        Plan plan = plan("gen:?size=64 => guest:fw => null:");

        assertThat(plan.describe())
                .isEqualTo("ring 0 forward   gen: [host receives] -> guest:fw [party 1] -> null: [host transmits]");
    }

    @Test
    void shouldKeepNeighbouringFunctionsAsStagesOfTheirOwn() {
        Plan plan = plan("pcap:in => vnf:a => vnf:a?x=1 => pcap:out");

        assertThat(plan.describe())
                .isEqualTo("ring 0 forward   pcap:in [host receives] -> vnf:a [host] -> vnf:a [host] -> pcap:out [host"
                        + " transmits]");
        assertThat(rings(plan).getFirst().stages())
                .extracting(StagePlan::role)
                .containsExactly(Role.RECEIVE, Role.FUNCTION, Role.FUNCTION, Role.TRANSMIT);
        assertThat(plan.guests()).isEmpty();
    }

    @Test
    void shouldGiveAGuestAtAnEndTheFirstAndLastStage() {
        Plan plan = plan("guest:app <=> vnf:count <=> tap:wan");

        assertThat(plan.describe()).isEqualTo("""
            ring 0 forward   guest:app [party 1] -> vnf:count [host] -> tap:wan [host transmits]
            ring 1 backward  tap:wan [host receives] -> vnf:count [host] -> guest:app [party 1]\
            """);
        assertThat(plan.endpoints())
                .containsExactly(new EndpointPlan(plan.chain().last(), true, true));
    }

    @Test
    void shouldJoinTwoGuestsWithoutTheHost() {
        Plan plan = plan("guest:a <=> guest:b");

        assertThat(plan.describe()).isEqualTo("""
            ring 0 forward   guest:a [party 1] -> guest:b [party 2]
            ring 1 backward  guest:b [party 2] -> guest:a [party 1]\
            """);
        assertThat(plan.endpoints()).isEmpty();
    }

    @Test
    void shouldOpenAnEndpointOnlyForTheSidesInUse() {
        Plan oneWay = plan("pcap:in => guest:fw => pcap:out");
        Plan bothWays = plan("tap:a <=> tap:b");

        assertThat(oneWay.endpoints())
                .containsExactly(
                        new EndpointPlan(oneWay.chain().first(), true, false),
                        new EndpointPlan(oneWay.chain().last(), false, true));
        assertThat(bothWays.endpoints())
                .containsExactly(
                        new EndpointPlan(bothWays.chain().first(), true, true),
                        new EndpointPlan(bothWays.chain().last(), true, true));
    }

    @Test
    void shouldUseOneHopForBothDirectionsOfAFunction() {
        Plan plan = plan("tap:a <=> vnf:f <=> tap:b");

        assertThat(rings(plan).get(0).stages().get(1).hop())
                .isSameAs(rings(plan).get(1).stages().get(1).hop());
    }

    @Test
    void shouldCopyWhereTheDomainChanges() {
        Plan plan = plan("tap:a <=> guest:x?domain=red <=> guest:y?domain=blue <=> tap:b");

        assertThat(plan.describe()).isEqualTo("""
            segment 1, domain red
            ring 0 forward   tap:a [host receives] -> guest:x [party 1] -> copy [host, to guest:y]
            ring 1 backward  copy [host, from guest:y] -> guest:x [party 1] -> tap:a [host transmits]
            segment 2, domain blue
            ring 0 forward   copy [host, from guest:x] -> guest:y [party 1] -> tap:b [host transmits]
            ring 1 backward  tap:b [host receives] -> guest:y [party 1] -> copy [host, to guest:x]\
            """);
        assertThat(plan.guests()).extracting(PartyPlan::name).containsExactly("x", "y");
        assertThat(plan.endpoints()).hasSize(2);
    }

    @Test
    void shouldNotCopyWithinADomain() {
        assertThat(plan("tap:a <=> guest:x?domain=red <=> vnf:f <=> guest:y?domain=red <=> tap:b")
                        .segments())
                .hasSize(1);
        assertThat(plan("tap:a <=> guest:x <=> guest:y <=> tap:b").segments()).hasSize(1);
        assertThat(plan("tap:a <=> vnf:f <=> tap:b").segments()).hasSize(1);
        assertThat(plan("tap:a <=> guest:x?domain=red <=> tap:b").segments()).hasSize(1);
    }

    @Test
    void shouldCopyOncePerChangeAndDirection() {
        for (String arrow : new String[] {"=>", "<=>"}) {
            for (int changes = 0; changes < 6; changes++) {
                StringBuilder chain = new StringBuilder("gen:");
                for (int guest = 0; guest <= changes; guest++) {
                    String domain = guest % 2 == 0 ? "" : "?domain=d" + guest;
                    chain.append(
                            " %s guest:a%d%s %s guest:b%d%s".formatted(arrow, guest, domain, arrow, guest, domain));
                }
                Plan plan = plan(chain + " " + arrow + " null:");

                int directions = arrow.equals("=>") ? 1 : 2;
                assertThat(plan.segments()).hasSize(changes + 1);
                assertThat(count(plan, Role.COPY_OUT)).isEqualTo(changes * directions);
                assertThat(count(plan, Role.COPY_IN)).isEqualTo(changes * directions);
                assertThat(plan.segments())
                        .allSatisfy(segment -> assertThat(segment.guests()).hasSize(2));
            }
        }
    }

    private static long count(Plan plan, Role role) {
        return plan.segments().stream()
                .flatMap(segment -> segment.rings().stream())
                .flatMap(ring -> ring.stages().stream())
                .filter(stage -> stage.role() == role)
                .count();
    }

    @Test
    void shouldKeepWhatTheHostRunsWithTheGuestBeforeIt() {
        Plan plan = plan("tap:a <=> vnf:f <=> guest:x?domain=red <=> vnf:g <=> guest:y <=> vnf:h <=> tap:b");

        assertThat(plan.describe()).isEqualTo("""
            segment 1, domain red
            ring 0 forward   tap:a [host receives] -> vnf:f [host] -> guest:x [party 1] -> vnf:g [host] -> \
            copy [host, to guest:y]
            ring 1 backward  copy [host, from guest:y] -> vnf:g [host] -> guest:x [party 1] -> vnf:f [host] -> \
            tap:a [host transmits]
            segment 2, no domain named
            ring 0 forward   copy [host, from vnf:g] -> guest:y [party 1] -> vnf:h [host] -> tap:b [host transmits]
            ring 1 backward  tap:b [host receives] -> vnf:h [host] -> guest:y [party 1] -> copy [host, to vnf:g]\
            """);
    }

    @Test
    void shouldGiveADomainThatComesAgainARegionOfItsOwn() {
        Plan plan = plan("guest:x?domain=red <=> guest:y?domain=blue <=> guest:z?domain=red");

        assertThat(plan.segments()).extracting(SegmentPlan::domain).containsExactly("red", "blue", "red");
        assertThat(plan.describe()).isEqualTo("""
            segment 1, domain red
            ring 0 forward   guest:x [party 1] -> copy [host, to guest:y]
            ring 1 backward  copy [host, from guest:y] -> guest:x [party 1]
            segment 2, domain blue
            ring 0 forward   copy [host, from guest:x] -> guest:y [party 1] -> copy [host, to guest:z]
            ring 1 backward  copy [host, from guest:z] -> guest:y [party 1] -> copy [host, to guest:x]
            segment 3, domain red
            ring 0 forward   copy [host, from guest:y] -> guest:z [party 1]
            ring 1 backward  guest:z [party 1] -> copy [host, to guest:y]\
            """);
    }

    @Test
    void shouldMakeNoRingLongerThanARegionAllows() {
        String functions = " <=> vnf:f".repeat(28);
        assertThat(longestRing(plan("guest:x?domain=red <=> guest:y" + functions + " <=> guest:z?domain=red")))
                .isEqualTo(RegionDescriptor.MAX_STAGES);
        assertThat(longestRing(plan("guest:x?domain=red <=> guest:y" + functions + " <=> tap:b")))
                .isEqualTo(RegionDescriptor.MAX_STAGES);
    }

    private static int longestRing(Plan plan) {
        return plan.segments().stream()
                .flatMap(segment -> segment.rings().stream())
                .mapToInt(ring -> ring.stages().size())
                .max()
                .orElseThrow();
    }

    /** The rings of a plan that has one segment. */
    private static List<RingPlan> rings(Plan plan) {
        assertThat(plan.segments()).hasSize(1);
        return plan.segments().getFirst().rings();
    }

    private static Plan plan(String text) {
        return Plan.of(Chain.parse(text));
    }
}
