// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.function.Direction;
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

    /** The rings of a plan that has one segment. */
    private static List<RingPlan> rings(Plan plan) {
        assertThat(plan.segments()).hasSize(1);
        return plan.segments().getFirst().rings();
    }

    private static Plan plan(String text) {
        return Plan.of(Chain.parse(text));
    }
}
