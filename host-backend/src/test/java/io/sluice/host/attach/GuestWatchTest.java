// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.attach.WatchedGuest.FakeStandIn;
import io.sluice.host.attach.WatchedGuest.Program;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a guest's place, step by step, on a clock of the test's own. */
class GuestWatchTest {
    private static final SilenceLimits LIMITS = new SilenceLimits(200_000_000, 600_000_000);
    private static final int SUSPECT_MILLIS = 200;
    private static final int LOST_MILLIS = 600;
    private static final int SETTLE_MILLIS = 120;
    private static final int PEER = 5;
    private static final int NEXT_PEER = 6;

    /** What the watch tells its user of each loss; there are hundreds here. Held, because loggers are held weakly. */
    private static final Logger LOG = Logger.getLogger(GuestWatch.class.getName());

    @TempDir
    private Path folder;

    private WatchedGuest fw;

    @BeforeAll
    static void quiet() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        LOG.setLevel(null);
    }

    @AfterEach
    void close() {
        fw.close();
    }

    private void watch(LossPolicy policy) throws IOException {
        fw = new WatchedGuest(folder, policy, LIMITS);
    }

    private FakeStandIn standIn(int ring) {
        return fw.standIns.get(ring);
    }

    /** A guest that fell silent in mid-work: {@code packets} wait for it in the first ring. */
    private Program silent(LossPolicy policy, int packets) throws IOException {
        watch(policy);
        final Program program = fw.attached(PEER);
        fw.receive(0, packets);
        fw.turns(LOST_MILLIS - 1);
        assertThat(fw.state()).isEqualTo(GuestState.SUSPECT);
        return program;
    }

    @Test
    void shouldHoldAnAbsentGuestsPlaceAndGrantItAtOnce() throws IOException {
        watch(LossPolicy.HOLD);
        fw.turns(LOST_MILLIS * 2);
        assertThat(fw.life())
                .extracting(GuestLife::state, GuestLife::stoodIn)
                .containsExactly(GuestState.ABSENT, false);
        final Program program = fw.new Program();
        fw.connect(PEER);
        fw.turns(LOST_MILLIS * 2);
        assertThat(fw.state()).as("connected, but no program has asked").isEqualTo(GuestState.ABSENT);
        program.ask();
        fw.turn();
        assertThat(program.granted()).isTrue();
        assertThat(fw.life()).extracting(GuestLife::state, GuestLife::grants).containsExactly(GuestState.PRESENT, 1);
    }

    @Test
    void shouldCallASilentGuestSuspectThenLostAndPresentAtItsFirstSignOfLife() throws IOException {
        watch(LossPolicy.HOLD);
        final Program program = fw.attached(PEER);
        fw.turns(5 * LOST_MILLIS, program);
        assertThat(fw.state()).isEqualTo(GuestState.PRESENT);
        fw.turns(SUSPECT_MILLIS - 1);
        assertThat(fw.state()).isEqualTo(GuestState.PRESENT);
        fw.turn();
        assertThat(fw.state()).isEqualTo(GuestState.SUSPECT);
        program.beat();
        fw.turn();
        assertThat(fw.state()).isEqualTo(GuestState.PRESENT);
        fw.turns(LOST_MILLIS - 1);
        assertThat(fw.state()).isEqualTo(GuestState.SUSPECT);
        fw.turn();
        assertThat(fw.state()).isEqualTo(GuestState.LOST);
        fw.turns(10 * LOST_MILLIS);
        assertThat(fw.life()).extracting(GuestLife::state, GuestLife::stoodIn).containsExactly(GuestState.LOST, false);
        assertThat(program.beat()).as("under hold its place stays its own").isTrue();
        fw.turn();
        assertThat(fw.life()).extracting(GuestLife::state, GuestLife::grants).containsExactly(GuestState.PRESENT, 1);
    }

    @Test
    void shouldTakeAGuestForAliveThatWorksOnOneOfItsRings() throws IOException {
        watch(LossPolicy.BYPASS);
        final Program program = fw.attached(PEER);
        for (int i = 0; i < 3 * LOST_MILLIS; i++) {
            program.stage(1).refresh();
            fw.turn();
        }
        assertThat(fw.state()).isEqualTo(GuestState.PRESENT);
    }

    @Test
    void shouldStandInForAGuestThatHasNotComeYet() throws IOException {
        watch(LossPolicy.DROP);
        fw.turn();
        assertThat(fw.life()).extracting(GuestLife::state, GuestLife::stoodIn).containsExactly(GuestState.ABSENT, true);
        assertThat(fw.standIns).allMatch(standIn -> standIn.begun == 1 && standIn.doubtful == 0);
        assertThat(fw.bells).as("the helper thread is woken").contains(HostDoorbell.HOST_PEER);
    }

    @Test
    void shouldGrantOnlyWhenTheHostsThreadsHaveLeftAndWakeThemForThat() throws IOException {
        watch(LossPolicy.BYPASS);
        fw.turn();
        fw.receive(0, 10);
        WatchedGuest.pass(standIn(0).stage, 7);
        fw.standIns.forEach(standIn -> standIn.slow = true);
        final Program program = fw.new Program();
        fw.connect(PEER);
        program.ask();
        fw.bells.clear();
        fw.turns(500);
        assertThat(fw.standIns).allMatch(standIn -> standIn.asked);
        assertThat(program.granted()).isFalse();
        assertThat(fw.bells).as("a helper thread that sleeps is woken to leave").contains(HostDoorbell.HOST_PEER);
        standIn(0).leave();
        fw.turn();
        assertThat(program.granted()).isFalse();
        standIn(1).leave();
        fw.turn();
        assertThat(program.granted()).isTrue();
        assertThat(program.stage(0).position()).as("where the stand-in came").isEqualTo(7);
        assertThat(fw.life())
                .extracting(GuestLife::state, GuestLife::stoodIn)
                .containsExactly(GuestState.PRESENT, false);
    }

    @Test
    void shouldGoOnStandingInWhereTheGuestThatAskedIsGoneBeforeTheHostHasLeft() throws IOException {
        watch(LossPolicy.BYPASS);
        fw.turn();
        fw.standIns.forEach(standIn -> standIn.slow = true);
        final Program program = fw.new Program();
        fw.connect(PEER);
        program.ask();
        fw.turns(5);
        fw.watch.disconnected();
        fw.turn();
        fw.standIns.forEach(FakeStandIn::leave);
        fw.turns(5);
        assertThat(program.granted()).isFalse();
        assertThat(fw.standIns).as("somebody must run the stages").allMatch(standIn -> standIn.stage != null);
        assertThat(fw.life()).extracting(GuestLife::state, GuestLife::stoodIn).containsExactly(GuestState.ABSENT, true);
    }

    @Test
    void shouldStandInAtOnceForAGuestThatIsKilled() throws IOException {
        watch(LossPolicy.DROP);
        final Program program = fw.attached(PEER);
        fw.receive(0, 20);
        WatchedGuest.pass(program.stage(0), 8);
        fw.watch.disconnected();
        fw.turn();
        assertThat(standIn(0).doubtful).as("the dead write nothing").isZero();
        assertThat(standIn(0).stage.position()).isEqualTo(8);
        assertThat(fw.ring(0).quarantine().holds(8)).isFalse();
        assertThat(fw.life()).extracting(GuestLife::state, GuestLife::stoodIn).containsExactly(GuestState.ABSENT, true);
    }

    @Test
    void shouldHoldBackWhatASilentGuestMayStillWriteUntilItHasLeft() throws IOException {
        final Program program = silent(LossPolicy.BYPASS, 40);
        fw.turn();
        assertThat(fw.state()).isEqualTo(GuestState.LOST);
        assertThat(standIn(0).stage)
                .as("not before it had time to see that its place is gone")
                .isNull();
        fw.turns(SETTLE_MILLIS);
        assertThat(standIn(0).doubtful).isEqualTo(RegionDescriptor.STALE_SLOTS);
        assertThat(standIn(1).doubtful).as("nothing waits in the other ring").isZero();
        assertThat(fw.life()).extracting(GuestLife::state, GuestLife::stoodIn).containsExactly(GuestState.LOST, true);
        assertThat(held(40)).isEqualTo(RegionDescriptor.STALE_SLOTS);
        fw.turns(1000);
        assertThat(held(40)).isEqualTo(RegionDescriptor.STALE_SLOTS);

        assertThat(program.stage(0).refresh()).isFalse();
        fw.turn();
        assertThat(held(40))
                .as("it may still be about to write to the other ring")
                .isEqualTo(16);
        assertThat(program.stage(1).refresh()).isFalse();
        fw.turns(100);
        assertThat(held(40)).as("what it wrote last may still be on its way").isEqualTo(16);
        fw.goRound(0);
        fw.turn();
        assertThat(held(40)).isZero();
        assertThat(fw.ring(0).quarantine().active()).isFalse();
    }

    private int held(int slots) {
        int held = 0;
        for (int position = 0; position < slots; position++) {
            held += fw.ring(0).quarantine().holds(position) ? 1 : 0;
        }
        return held;
    }

    @Test
    void shouldHoldBackNoSlotsThatTheGuestCannotHaveClaimed() throws IOException {
        silent(LossPolicy.DROP, 5);
        fw.turns(1 + SETTLE_MILLIS);
        assertThat(standIn(0).doubtful).isEqualTo(5);
        assertThat(held(WatchedGuest.SLOTS)).isEqualTo(5);
        fw.receive(0, 10);
        assertThat(held(WatchedGuest.SLOTS)).as("what came later").isEqualTo(5);
    }

    @Test
    void shouldReleaseWhatIsHeldBackWhenTheSocketIsClosed() throws IOException {
        silent(LossPolicy.BYPASS, 40);
        fw.turns(1 + SETTLE_MILLIS);
        assertThat(held(40)).isPositive();
        fw.watch.disconnected();
        fw.turn();
        assertThat(held(40)).isPositive();
        fw.goRound(0);
        fw.turn();
        assertThat(held(40)).isZero();
        assertThat(fw.life()).extracting(GuestLife::state, GuestLife::stoodIn).containsExactly(GuestState.ABSENT, true);
    }

    @Test
    void shouldHoldNothingBackWhereTheSilentGuestHasSeenInTimeThatItsPlaceIsGone() throws IOException {
        final Program program = silent(LossPolicy.BYPASS, 40);
        fw.turns(10);
        WatchedGuest.pass(program.stage(0), 8);
        assertThat(program.beat()).isFalse();
        fw.turn();
        assertThat(standIn(0).doubtful).isZero();
        assertThat(standIn(0).stage.position())
                .as("what it published in between counts")
                .isEqualTo(8);
        assertThat(fw.life()).extracting(GuestLife::state, GuestLife::stoodIn).containsExactly(GuestState.LOST, true);
    }

    @Test
    void shouldGoOnFromWhereASlowGuestCameDuringTheHandover() throws IOException {
        final Program program = silent(LossPolicy.DROP, 40);
        fw.turns(10);
        WatchedGuest.pass(program.stage(0), 8);
        fw.turns(SETTLE_MILLIS);
        assertThat(standIn(0).stage.position()).isEqualTo(8);
        assertThat(fw.ring(0).quarantine().holds(7)).isFalse();
        assertThat(fw.ring(0).quarantine().holds(8)).isTrue();
        assertThat(fw.ring(0).quarantine().holds(23)).isTrue();
        assertThat(fw.ring(0).quarantine().holds(24)).isFalse();
    }

    @Test
    void shouldNotTakeTheHandoverItselfForASignOfLife() throws IOException {
        watch(LossPolicy.BYPASS);
        final Program program = fw.attached(PEER);
        fw.turns(50, program);
        fw.turns(LOST_MILLIS);
        for (int i = 0; i < 2 * SETTLE_MILLIS; i++) {
            fw.turn();
            assertThat(fw.state()).isEqualTo(GuestState.LOST);
        }
        assertThat(fw.life().stoodIn()).isTrue();
    }

    @Test
    void shouldGiveALostGuestThatGoesOnItsPlaceAgain() throws IOException {
        final Program program = silent(LossPolicy.BYPASS, 40);
        fw.turns(1 + SETTLE_MILLIS);
        WatchedGuest.pass(standIn(0).stage, 30);
        assertThat(program.beat()).isFalse();
        final Program again = fw.granted();
        assertThat(again.stage(0).position()).isEqualTo(30);
        assertThat(fw.life())
                .extracting(GuestLife::state, GuestLife::stoodIn, GuestLife::grants)
                .containsExactly(GuestState.PRESENT, false, 2);
        fw.goRound(0);
        fw.turn();
        assertThat(held(40)).isZero();
    }

    @Test
    void shouldHoldSlotsBackFromADeadProgramWhileItsMachineLives() throws IOException {
        silent(LossPolicy.BYPASS, 40);
        fw.turns(1 + SETTLE_MILLIS);
        fw.granted();
        fw.turns(10);
        assertThat(held(40)).as("the last one never said that it has left").isEqualTo(RegionDescriptor.STALE_SLOTS);
        fw.watch.disconnected();
        fw.goRound(0);
        fw.turn();
        assertThat(held(40)).isZero();
    }

    @Test
    void shouldGiveAnotherProgramOfTheSameMachineThePlaceOfOneThatDied() throws IOException {
        watch(LossPolicy.HOLD);
        final Program dead = fw.attached(PEER);
        fw.receive(0, 10);
        WatchedGuest.pass(dead.stage(0), 3);
        fw.turns(50);
        final Program next = fw.new Program();
        next.ask();
        fw.turns(SETTLE_MILLIS);
        assertThat(next.granted()).as("the old one may still live").isFalse();
        fw.turn();
        assertThat(next.granted()).isTrue();
        assertThat(next.stage(0).position()).isEqualTo(3);
        assertThat(fw.life()).extracting(GuestLife::state, GuestLife::grants).containsExactly(GuestState.PRESENT, 2);
        assertThat(dead.beat()).isFalse();
    }

    @Test
    void shouldGrantWhatWasAskedForLast() throws IOException {
        watch(LossPolicy.HOLD);
        fw.attached(PEER);
        final Program second = fw.new Program();
        final Program third = fw.new Program();
        second.ask();
        fw.turns(SETTLE_MILLIS / 2);
        third.ask();
        fw.turns(3 * SETTLE_MILLIS);
        assertThat(third.granted()).isTrue();
        assertThat(second.granted()).isFalse();
    }

    @Test
    void shouldStandInWhereTheGuestGoesDuringTheHandoverToIt() throws IOException {
        watch(LossPolicy.BYPASS);
        fw.attached(PEER);
        final Program next = fw.new Program();
        next.ask();
        fw.turns(SETTLE_MILLIS / 2);
        fw.watch.disconnected();
        fw.turns(3);
        assertThat(next.granted()).isFalse();
        assertThat(fw.standIns).allMatch(standIn -> standIn.stage != null && standIn.doubtful == 0);
        assertThat(fw.life()).extracting(GuestLife::state, GuestLife::stoodIn).containsExactly(GuestState.ABSENT, true);
    }

    @Test
    void shouldStandInAtOnceWhereTheGuestGoesDuringTheHandoverToTheHost() throws IOException {
        silent(LossPolicy.BYPASS, 40);
        fw.turns(20);
        assertThat(standIn(0).stage).isNull();
        fw.watch.disconnected();
        fw.turn();
        assertThat(standIn(0).stage).isNotNull();
        assertThat(standIn(0).doubtful).isZero();
        assertThat(held(40)).isZero();
        assertThat(fw.life()).extracting(GuestLife::state, GuestLife::stoodIn).containsExactly(GuestState.ABSENT, true);
    }

    @Test
    void shouldGiveThePlaceToTheNextConnectionAndNotToTheOneBefore() throws IOException {
        watch(LossPolicy.BYPASS);
        fw.attached(PEER);
        final Program left = fw.new Program();
        left.ask();
        fw.turns(SETTLE_MILLIS / 2);
        fw.watch.disconnected();
        fw.connect(NEXT_PEER);
        fw.turns(100);
        assertThat(left.granted())
                .as("asked for through a socket that is closed")
                .isFalse();
        assertThat(fw.region.directory().partyPeerId(1)).isEqualTo(HostDoorbell.HOST_PEER);
        fw.granted();
        assertThat(fw.region.directory().partyPeerId(1)).isEqualTo(NEXT_PEER);
    }

    @Test
    void shouldNotGrantWhatNobodyIsThereFor() throws IOException {
        watch(LossPolicy.HOLD);
        final Program program = fw.new Program();
        program.ask();
        fw.turns(100);
        assertThat(fw.life().grants()).isZero();
        fw.connect(PEER);
        fw.turns(100);
        assertThat(fw.life().grants()).as("what the last one asked for is void").isZero();
        assertThat(fw.state()).isEqualTo(GuestState.ABSENT);
    }

    @Test
    void shouldGrantAStormOfRequestsSlowly() throws IOException {
        watch(LossPolicy.BYPASS);
        fw.connect(PEER);
        for (int i = 0; i < 10_000; i++) {
            fw.new Program().ask();
            fw.turn();
        }
        assertThat(fw.life().grants()).isBetween(5, 500);
        assertThat(fw.region.retired()).isFalse();
    }

    @Test
    void shouldRunOutOfNothingWhereProgramsDieAgainAndAgain() throws IOException {
        watch(LossPolicy.DROP);
        fw.connect(PEER);
        fw.receive(0, WatchedGuest.SLOTS);
        for (int i = 0; i < 300; i++) {
            fw.granted();
            fw.turns(LOST_MILLIS + SETTLE_MILLIS + 2);
            assertThat(fw.life())
                    .extracting(GuestLife::state, GuestLife::stoodIn)
                    .containsExactly(GuestState.LOST, true);
        }
        assertThat(fw.life().grants()).isEqualTo(300);
        fw.watch.disconnected();
        fw.goRound(0);
        fw.turn();
        assertThat(held(WatchedGuest.SLOTS)).isZero();
        assertThat(fw.ring(0).quarantine().active()).isFalse();
    }

    @Test
    void shouldRetireTheRegionOfAGuestThatLeftAPositionThatCannotBe() throws IOException {
        watch(LossPolicy.DROP);
        fw.attached(PEER);
        fw.receive(0, 10);
        forge(11);
        fw.watch.disconnected();
        fw.turn();
        assertThat(fw.region.retireReason()).isEqualTo(Violation.POSITION_BEYOND);
        assertThat(standIn(0).stage).isNull();
    }

    @Test
    void shouldRetireTheRegionOfAGuestThatGoesBackDuringTheHandover() throws IOException {
        watch(LossPolicy.BYPASS);
        final Program program = fw.attached(PEER);
        fw.receive(0, 10);
        WatchedGuest.pass(program.stage(0), 8);
        final long line = fw.ring(0).lineAddress(1);
        fw.turns(LOST_MILLIS + 10);
        Memory.longRelease(line + RegionDescriptor.LINE_POSITION_OFFSET, 3);
        fw.turns(SETTLE_MILLIS);
        assertThat(fw.region.retireReason()).isEqualTo(Violation.POSITION_BEYOND);
        fw.turns(10);
    }

    private void forge(long position) {
        Memory.longRelease(fw.ring(0).lineAddress(1) + RegionDescriptor.LINE_POSITION_OFFSET, position);
    }

    @Test
    void shouldKeepAGuestsCountersThroughAllItsHolders() throws IOException {
        watch(LossPolicy.DROP);
        final Program program = fw.attached(PEER);
        program.stage(0).counters().addPackets(8, 800);
        fw.watch.disconnected();
        fw.turn();
        assertThat(standIn(0).stage.counters().packets()).isEqualTo(8);
        standIn(0).stage.counters().addPackets(2, 200);
        final Program next = fw.attached(NEXT_PEER);
        assertThat(next.stage(0).counters().packets()).isEqualTo(10);
        assertThat(next.stage(0).counters().bytes()).isEqualTo(1_000);
    }
}
