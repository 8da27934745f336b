// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import static io.sluice.shared.ring.RegionDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.memory.Memory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StageTest {
    /** A doorbell that notes who was woken. */
    private static final class Bells implements Doorbell {
        private final List<String> rung = new ArrayList<>();

        @Override
        public void ring(int peerId, int vector) {
            rung.add(peerId + "/" + vector);
        }
    }

    private static void finish(Stage stage, int count) {
        assertThat(stage.available()).isGreaterThanOrEqualTo(count);
        stage.advance(count);
        stage.publish();
    }

    @Test
    void shouldBeginEmpty() {
        try (TestRegion region = TestRegion.of(8, 8, 3)) {
            assertThat(region.stage(0).available()).isEqualTo(8);
            assertThat(region.stage(1).available()).isZero();
            assertThat(region.stage(2).available()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 7, 1})
    void shouldBeFullAtTheHeadStart(int headStart) {
        try (TestRegion region = TestRegion.of(8, headStart, 2)) {
            final Stage first = region.stage(0);
            final Stage last = region.stage(1);
            for (int round = 0; round < 20; round++) {
                finish(first, headStart);
                assertThat(first.available()).isZero();
                assertThat(last.available()).isEqualTo(headStart);
                finish(last, headStart);
                assertThat(last.available()).isZero();
            }
            assertThat(first.violation()).isEqualTo(Violation.NONE);
            assertThat(last.violation()).isEqualTo(Violation.NONE);
        }
    }

    @Test
    void shouldPublishNothingBeforeItIsAsked() {
        try (TestRegion region = TestRegion.of(8, 8, 2)) {
            final Stage first = region.stage(0);
            final Stage last = region.stage(1);
            first.advance(3);
            assertThat(last.available()).isZero();
            assertThat(first.available()).isEqualTo(5);
            first.publish();
            assertThat(last.available()).isEqualTo(3);
            assertThat(region.directory().ring(0).positionAcquire(0)).isEqualTo(3);
        }
    }

    @Test
    void shouldKeepWorkFoundEarlierWithoutLooking() {
        try (TestRegion region = TestRegion.of(8, 8, 2)) {
            final Stage first = region.stage(0);
            final Stage last = region.stage(1);
            finish(first, 2);
            assertThat(last.available()).isEqualTo(2);
            finish(first, 2);
            assertThat(last.available()).isEqualTo(2);
            assertThat(last.look()).isEqualTo(4);
        }
    }

    @Test
    void shouldWrapTheSlotIndexAndKeepEachSlotsBuffer() {
        try (TestRegion region = TestRegion.of(8, 8, 2)) {
            final Stage stage = region.stage(0);
            final Ring ring = region.directory().ring(0);
            for (long position = (1L << 40) - 3; position < (1L << 40) + 3; position++) {
                final long index = position & 7;
                assertThat(stage.slotAddress(position)).isEqualTo(ring.slotsAddress() + index * 16);
                assertThat(stage.bufferAddress(position)).isEqualTo(ring.buffersAddress() + index * 256);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5})
    void shouldPassSlotsAlongInLockStep(int stages) {
        try (TestRegion region = TestRegion.of(16, 15, stages)) {
            final Stage[] all = new Stage[stages];
            for (int i = 0; i < stages; i++) {
                all[i] = region.stage(i);
            }
            long sent = 0;
            for (int round = 0; round < 1000; round++) {
                final int count = round % 15 + 1;
                for (int i = 0; i < stages; i++) {
                    assertThat(all[i].look()).isEqualTo(i == 0 ? 15 : count);
                    for (int k = 0; k < count; k++) {
                        final long slot = all[i].slotAddress(all[i].position());
                        if (i == 0) {
                            Memory.longAt(slot, sent + k);
                        } else {
                            assertThat(Memory.longAt(slot)).isEqualTo(sent + k + (i - 1) * 1_000_000L);
                            Memory.longAt(slot, sent + k + i * 1_000_000L);
                        }
                        all[i].advance(1);
                    }
                    all[i].publish();
                }
                sent += count;
            }
            assertThat(all[stages - 1].position()).isEqualTo(sent);
        }
    }

    @Test
    void shouldTellWhichWordsFitTheBuffer() {
        try (TestRegion region = TestRegion.of(8, 8, 2)) {
            final Stage stage = region.stage(0);
            assertThat(stage.fits(SlotWord.pack(256, 0, 0, 1))).isTrue();
            assertThat(stage.fits(SlotWord.pack(0, 256, 0, 1))).isTrue();
            assertThat(stage.fits(SlotWord.pack(257, 0, 0, 1))).isFalse();
            assertThat(stage.fits(SlotWord.pack(1, 256, 0, 1))).isFalse();
            assertThat(stage.fits(SlotWord.pack(0xFFFF, 0xFFFF, 0, 1))).isFalse();
        }
    }

    @Test
    void shouldKickASleeperOnceWhenItsPositionIsReached() {
        try (TestRegion region = TestRegion.of(8, 8, 2)) {
            region.peerId(1, 7);
            final Bells bells = new Bells();
            final Stage first = region.stage(0, bells);
            final Stage last = region.stage(1);
            assertThat(last.arm(3)).isTrue();
            finish(first, 2);
            first.settle();
            assertThat(bells.rung).isEmpty();
            finish(first, 1);
            assertThat(bells.rung).containsExactly("7/1");
            finish(first, 2);
            first.settle();
            assertThat(first.kicks()).isEqualTo(1);
            last.disarm();
            finish(last, 5);
            assertThat(last.arm(1)).isTrue();
            finish(first, 1);
            assertThat(first.kicks()).isEqualTo(2);
        }
    }

    @Test
    void shouldKickNobodyWhoIsAwake() {
        try (TestRegion region = TestRegion.of(8, 8, 2)) {
            final Stage first = region.stage(0);
            final Stage last = region.stage(1);
            assertThat(last.arm(1)).isTrue();
            last.disarm();
            for (int i = 0; i < 100; i++) {
                finish(first, 1);
                first.settle();
                finish(last, 1);
                last.settle();
            }
            assertThat(first.kicks()).isZero();
            assertThat(last.kicks()).isZero();
        }
    }

    @Test
    void shouldNotSleepWhereThereIsWork() {
        try (TestRegion region = TestRegion.of(8, 8, 2)) {
            final Stage first = region.stage(0);
            final Stage last = region.stage(1);
            finish(first, 2);
            assertThat(last.arm(1)).isFalse();
            assertThat(last.arm(2)).isFalse();
            assertThat(Memory.longAt(region.directory().ring(0).lineAddress(1) + LINE_WAKE_OFFSET))
                    .isEqualTo(NEVER);
            assertThat(last.arm(3)).isTrue();
        }
    }

    @Test
    void shouldWakeTheFirstStageWhenTheLastMakesRoom() {
        try (TestRegion region = TestRegion.of(8, 7, 2)) {
            final Bells bells = new Bells();
            final Stage first = region.stage(0);
            final Stage last = region.stage(1, bells);
            finish(first, 7);
            assertThat(first.arm(1)).isTrue();
            finish(last, 1);
            assertThat(bells.rung).containsExactly("0/0");
            assertThat(first.available()).isEqualTo(1);
        }
    }

    @Test
    void shouldStopASupersededHolder() {
        try (TestRegion region = TestRegion.of(8, 8, 3)) {
            final Stage first = region.stage(0);
            final Stage old = region.stage(1);
            final Stage last = region.stage(2);
            finish(first, 4);
            finish(old, 2);
            region.reattach(1, 2);
            assertThat(old.arm(3)).isFalse();
            assertThat(old.refresh()).isFalse();
            final Stage now = region.stage(1);
            assertThat(now.refresh()).isTrue();
            assertThat(now.position()).isEqualTo(2);
            assertThat(last.refresh()).isTrue();
            assertThat(last.available()).isEqualTo(2);
            // What the old holder still writes reaches nobody.
            old.advance(1);
            old.publish();
            assertThat(last.look()).isEqualTo(2);
            finish(now, 2);
            assertThat(last.look()).isEqualTo(4);
            assertThat(last.violation()).isEqualTo(Violation.NONE);
        }
    }

    @Test
    void shouldStopWhenTheRegionIsRetired() {
        try (TestRegion region = TestRegion.of(8, 8, 2)) {
            final Stage last = region.stage(1);
            assertThat(last.refresh()).isTrue();
            region.state(STATE_RETIRED);
            assertThat(last.refresh()).isFalse();
            assertThat(last.arm(1)).isFalse();
        }
    }

    @Test
    void shouldFindWhatANewPredecessorPublishedBeforeItSleeps() {
        try (TestRegion region = TestRegion.of(8, 8, 3)) {
            finish(region.stage(0), 4);
            final Stage last = region.stage(2);
            assertThat(last.refresh()).isTrue();
            region.reattach(1, 0);
            finish(region.stage(1), 4);
            assertThat(last.arm(1)).isFalse();
            assertThat(last.available()).isEqualTo(4);
        }
    }

    @Test
    void shouldKickANewSuccessorWhoSleepsAlready() {
        try (TestRegion region = TestRegion.of(8, 8, 3)) {
            region.peerId(1, 5);
            final Bells bells = new Bells();
            final Stage first = region.stage(0, bells);
            first.advance(1);
            region.peerId(1, 6);
            region.reattach(1, 0);
            final Stage middle = region.stage(1);
            assertThat(middle.arm(1)).isTrue();
            first.publish();
            first.settle();
            assertThat(bells.rung).isEmpty();
            assertThat(first.refresh()).isTrue();
            assertThat(bells.rung).containsExactly("6/1");
        }
    }

    @Test
    void shouldWaitForANewHolderThatBeginsFurtherBack() {
        try (TestRegion region = TestRegion.of(8, 8, 3)) {
            final Stage first = region.stage(0);
            final Stage old = region.stage(1);
            final Stage last = region.stage(2);
            finish(first, 8);
            finish(old, 6);
            finish(last, 5);
            region.reattach(1, 3);
            final Stage now = region.stage(1);
            assertThat(last.refresh()).isTrue();
            assertThat(last.available()).isZero();
            assertThat(last.arm(1)).isTrue();
            finish(now, 1);
            assertThat(last.available()).isZero();
            finish(now, 2);
            assertThat(last.available()).isEqualTo(1);
            assertThat(last.violation()).isEqualTo(Violation.NONE);
        }
    }

    @Test
    void shouldNameAPositionThatGoesBackwards() {
        try (TestRegion region = TestRegion.of(8, 8, 2)) {
            final Stage first = region.stage(0);
            final Stage last = region.stage(1);
            finish(first, 4);
            finish(last, 4);
            region.forgePosition(0, 3);
            assertThat(last.available()).isZero();
            assertThat(last.violation()).isEqualTo(Violation.POSITION_BACKWARDS);
            assertThat(last.refresh()).isFalse();
            assertThat(last.arm(1)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {9, 1L << 32, Long.MAX_VALUE})
    void shouldNameAPositionMoreThanARingAhead(long position) {
        try (TestRegion region = TestRegion.of(8, 8, 2)) {
            final Stage last = region.stage(1);
            region.forgePosition(0, position);
            assertThat(last.available()).isZero();
            assertThat(last.violation()).isEqualTo(Violation.POSITION_BEYOND);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 9, Long.MAX_VALUE, Long.MAX_VALUE - 7, Long.MIN_VALUE, -1})
    void shouldRefuseALastStageThatPassesTheFirst(long position) {
        for (int headStart : new int[] {8, 7}) {
            try (TestRegion region = TestRegion.withHost(8, headStart, 0, 1)) {
                final Stage first = region.stage(0);
                assertThat(first.look()).isEqualTo(headStart);
                region.forgePosition(1, position);
                assertThat(first.look()).isEqualTo(headStart);
                assertThat(first.violation()).isNotEqualTo(Violation.NONE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, -9, Long.MIN_VALUE, Long.MIN_VALUE + 1})
    void shouldNotTrustTheFirstPositionOfANewLine(long position) {
        try (TestRegion region = TestRegion.withHost(8, 8, 0, 1, 0)) {
            final Stage last = region.stage(2);
            region.reattach(1, 0);
            region.forgePosition(1, position);
            last.refresh();
            assertThat(last.available()).isZero();
        }
    }

    @Test
    void shouldHoldGuestsToWhatTheHostPutIn() {
        try (TestRegion region = TestRegion.withHost(8, 8, 0, 1, 2, 0)) {
            final Stage first = region.stage(0);
            final Stage guest = region.stage(1);
            final Stage last = region.stage(3);
            finish(first, 3);
            finish(guest, 3);
            region.forgePosition(2, 3);
            assertThat(last.available()).isEqualTo(3);
            region.forgePosition(2, 4);
            assertThat(last.look()).isEqualTo(3);
            assertThat(last.violation()).isEqualTo(Violation.POSITION_BEYOND);
        }
    }

    @Test
    void shouldReadItsOwnPositionsFromTheHostsCopyAlone() {
        try (TestRegion region = TestRegion.withHost(8, 8, 0, 0, 1)) {
            final Stage first = region.stage(0);
            final Stage second = region.stage(1);
            finish(first, 2);
            region.forgePosition(0, 8);
            assertThat(second.available()).isEqualTo(2);
            assertThat(second.violation()).isEqualTo(Violation.NONE);
            finish(second, 2);
            assertThat(region.directory().ring(0).positionAcquire(1)).isEqualTo(2);
            finish(first, 1);
            assertThat(region.directory().ring(0).positionAcquire(0)).isEqualTo(3);
        }
    }

    @Test
    void shouldLetGuestsSeeThatTheHostSleeps() {
        try (TestRegion region = TestRegion.withHost(8, 8, 0, 1, 0)) {
            final Bells bells = new Bells();
            final Stage first = region.stage(0);
            final Stage guest = region.stage(1, bells);
            final Stage last = region.stage(2);
            assertThat(last.arm(1)).isTrue();
            finish(first, 1);
            finish(guest, 1);
            assertThat(bells.rung).containsExactly("0/2");
            last.disarm();
            assertThat(Memory.longAt(region.directory().ring(0).lineAddress(2) + LINE_WAKE_OFFSET))
                    .isEqualTo(NEVER);
        }
    }

    /** Writes {@code value} into the line that others read as the {@code wakeAt} of {@code stage}. */
    private static void forgeWakeAt(TestRegion region, int stage, long value) {
        Memory.longOpaque(region.directory().ring(0).lineAddress(stage) + LINE_WAKE_OFFSET, value);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 0, -1, Long.MIN_VALUE})
    void shouldNameAWakeAtThatGoesBackwards(long backwards) {
        try (TestRegion region = TestRegion.withHost(8, 8, 0, 1, 0)) {
            final Bells bells = new Bells();
            final Stage first = region.stage(0, bells);
            forgeWakeAt(region, 1, 5);
            finish(first, 5);
            assertThat(bells.rung).hasSize(1);
            forgeWakeAt(region, 1, NEVER);
            first.settle();
            forgeWakeAt(region, 1, 5);
            first.settle();
            assertThat(first.violation()).isEqualTo(Violation.NONE);
            forgeWakeAt(region, 1, backwards);
            first.settle();
            assertThat(bells.rung).hasSize(1);
            assertThat(first.violation()).isEqualTo(Violation.WAKE_BACKWARDS);
            assertThat(first.refresh()).isFalse();
        }
    }

    @Test
    void shouldNotHoldAnAttachmentsWakeAtAgainstTheNext() {
        try (TestRegion region = TestRegion.withHost(8, 8, 0, 1, 0)) {
            final Stage first = region.stage(0);
            forgeWakeAt(region, 1, 5);
            finish(first, 5);
            region.reattach(1, 0);
            assertThat(region.stage(1).look()).isEqualTo(5);
            forgeWakeAt(region, 1, 1);
            assertThat(first.refresh()).isTrue();
            assertThat(first.kicks()).isEqualTo(2);
        }
    }

    @Test
    void shouldAccuseAsTheHostAndTrustAsAGuest() {
        try (TestRegion region = TestRegion.withHost(8, 8, 0, 1, 0)) {
            final Stage guest = region.stage(1);
            guest.accuse(Violation.BAD_SLOT);
            assertThat(guest.violation()).isEqualTo(Violation.NONE);
            final Stage last = region.stage(2);
            last.accuse(Violation.BAD_OUTPUT);
            last.accuse(Violation.BAD_SLOT);
            assertThat(last.violation()).isEqualTo(Violation.BAD_OUTPUT);
            assertThat(last.refresh()).isFalse();
        }
    }

    @Test
    void shouldCountForWhichPositionsItWasToBeWoken() {
        try (TestRegion region = TestRegion.of(8, 8, 2)) {
            final Stage first = region.stage(0);
            final Stage last = region.stage(1);
            assertThat(last.arm(1)).isTrue();
            last.disarm();
            assertThat(last.arm(1)).isTrue();
            assertThat(last.arms()).isEqualTo(1);
            finish(first, 1);
            finish(last, 1);
            assertThat(last.arm(1)).isTrue();
            assertThat(last.arms()).isEqualTo(2);
        }
    }
}
