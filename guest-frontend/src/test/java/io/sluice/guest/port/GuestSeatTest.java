// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.RegionFormatException;
import io.sluice.shared.ring.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuestSeatTest {
    private static final int HOST_PEER = 0;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final SeatHost host = new SeatHost();

    @AfterEach
    void close() {
        host.close();
    }

    private GuestSeat seated() {
        final GuestSeat seat = host.seat();
        seat.ask();
        host.grant();
        assertThat(seat.granted()).isTrue();
        return seat;
    }

    @Test
    void shouldRefuseAConnectionThatTheRegionDoesNotKnow() {
        assertThatThrownBy(() -> new GuestSeat(SeatHost.PEER + 1, Doorbell.NONE, host.directory))
                .isInstanceOf(RegionFormatException.class)
                .hasMessageContaining("peer " + (SeatHost.PEER + 1))
                .hasMessageContaining("start it and this guest again");
    }

    @Test
    void shouldAskAndWakeWhoAttaches() {
        final GuestSeat seat = host.seat();
        assertThat(host.kicked).isEmpty();
        seat.ask();
        assertThat(host.requested()).isNotEqualTo(host.directory.partyGranted(1));
        assertThat(host.kicked).containsExactly(SeatHost.ATTACH_VECTOR);
        assertThat(seat.granted()).isFalse();
        assertThat(seat.stages()).isEmpty();
    }

    @Test
    void shouldWakeTheHostAgainWhereItDoesNotAnswer() {
        final GuestSeat seat = host.seat();
        seat.ask();
        final int asked = host.requested();
        final long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (host.kicked.size() < 3 && System.nanoTime() < deadline) {
            assertThat(seat.granted()).isFalse();
        }
        assertThat(host.kicked).hasSize(3);
        assertThat(host.requested()).as("the same request").isEqualTo(asked);
    }

    @Test
    void shouldTakeItsStagesOfAllRingsOnceItIsGranted() {
        final GuestSeat seat = host.seat();
        seat.ask();
        host.give(SeatHost.PEER);
        assertThat(seat.granted()).isFalse();
        host.grant(host.requested());
        assertThat(seat.granted()).isTrue();
        assertThat(seat.stages()).extracting(stage -> stage.ring().index()).containsExactly(0, 1);
        assertThat(seat.stages()).allMatch(Stage::refresh);
    }

    @Test
    void shouldAskAnewWhereTheHostHasTakenThePlaceBackAlready() {
        final GuestSeat seat = host.seat();
        seat.ask();
        final int asked = host.requested();
        host.grant();
        host.takeBack();
        assertThat(seat.granted()).isFalse();
        assertThat(seat.stages()).isEmpty();
        assertThat(host.requested()).isNotEqualTo(asked);
        host.grant();
        assertThat(seat.granted()).isTrue();
    }

    @Test
    void shouldNotTakeAClosedConnectionForAGrant() {
        final GuestSeat seat = host.seat();
        seat.ask();
        host.connection(RegionDescriptor.NOT_ATTACHED);
        assertThat(seat.granted()).isFalse();
        assertThat(seat.stages()).isEmpty();
    }

    @Test
    void shouldKnowThatItMayAskAgainWhereOnlyTheHostHasThePlace() {
        final GuestSeat seat = seated();
        assertThat(seat.mayAskAgain()).as("it still has it").isFalse();
        host.takeBack();
        assertThat(seat.mayAskAgain()).isTrue();
    }

    @Test
    void shouldNotAskAgainWhereAnotherProgramHasThePlace() {
        final GuestSeat seat = seated();
        host.give(SeatHost.PEER);
        host.grant(host.requested() + 1);
        assertThat(seat.mayAskAgain()).isFalse();
    }

    @Test
    void shouldNotAskAgainOnceTheRegionIsRetired() {
        final GuestSeat seat = seated();
        host.retire();
        assertThat(seat.mayAskAgain()).isFalse();
    }

    @Test
    void shouldSayOnEveryLineThatItHasLeftAndOnNoneThatIsNotItsOwn() {
        final GuestSeat seat = seated();
        final int first = host.line(0);
        final int second = host.line(1);
        host.takeBack();
        assertThat(seat.stages().getFirst().refresh()).isFalse();
        assertThat(host.left(second)).isFalse();
        seat.ask();
        assertThat(host.left(first)).isTrue();
        assertThat(host.left(second)).isTrue();
        assertThat(host.left(host.line(0))).isFalse();
        assertThat(host.left(host.line(1))).isFalse();
        seat.ask();
        assertThat(host.left(host.line(0))).as("not its own yet").isFalse();
    }
}
