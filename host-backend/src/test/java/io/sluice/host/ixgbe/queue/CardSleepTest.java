// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thread that sleeps until a card's interrupt: woken in whatever order things happen, and left alone else. */
class CardSleepTest {
    private static final long MICROSECOND = 1_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldLoseNoWakeUpInWhateverOrderThingsHappen(long seed) throws IOException {
        System.out.println("seed=" + seed);
        try (SleepyPath path = new SleepyPath(RegisterAccess.MAPPED_TAILS, seed)) {
            for (int round = 0; round < 2_000; round++) {
                path.mingle(40);
                path.rest();
                assertThat(path.left()).as("frames that left, round %d", round).isEqualTo(path.came());
                assertThat(path.reported()).as("reports seen, round %d", round).isEqualTo(path.came());
            }
            assertThat(path.sleeps()).isGreaterThan(2_000);
        }
    }

    @Test
    void shouldLoseNoWakeUpWhenCardsAreResetMeanwhile() throws IOException {
        try (SleepyPath path = new SleepyPath(RegisterAccess.MAPPED_TAILS, 9)) {
            for (int round = 0; round < 200; round++) {
                path.mingle(20);
                path.resetOne();
                path.rest();
                // what was on its way is lost; from now on nothing is
                final int before = path.left();
                path.frame();
                path.rest();
                assertThat(path.left()).as("round %d", round).isEqualTo(before + 1);
            }
        }
    }

    @Test
    void shouldWakeAtOnceForAFirstFrameAndNotOftenForMany() throws IOException {
        try (SleepyPath path = new SleepyPath(RegisterAccess.TRAPPED, 1)) {
            path.rest();
            path.advance(1_000 * MICROSECOND);
            long sleeps = path.sleeps();
            path.frame();
            path.modelTurn();
            assertThat(path.rung())
                    .as("rung by the turn in which the frame came")
                    .isTrue();

            path.rest();
            sleeps = path.sleeps();
            // a frame each microsecond, and a thread that goes to sleep whenever it can
            for (int i = 0; i < 10_000; i++) {
                path.frame();
                path.advance(MICROSECOND);
                path.modelTurn();
                path.threadTurn();
                path.threadTurn();
            }
            assertThat(path.sleeps() - sleeps)
                    .as("sleeps in 10 ms, with receive and transmit moderated to one in 16 us each")
                    .isBetween(300L, 2 * 10_000L / 16 + 100);
        }
    }

    @Test
    void shouldStayAsleepWhenNothingHappens() throws IOException {
        try (SleepyPath path = new SleepyPath(RegisterAccess.MAPPED_TAILS, 1)) {
            for (int i = 0; i < 100; i++) {
                path.frame();
                path.modelTurn();
                path.threadTurn();
            }
            path.rest();
            final long sleeps = path.sleeps();
            final long arms = path.arms();
            for (int i = 0; i < 100_000; i++) {
                path.advance(10 * MICROSECOND);
                path.modelTurn();
                path.threadTurn();
            }
            assertThat(path.sleeps()).isEqualTo(sleeps);
            assertThat(path.arms()).isEqualTo(arms);
        }
    }

    @Test
    void shouldLookAgainSoonWhereADoorCarriesNoInterrupts() throws IOException {
        try (SleepyPath path = new SleepyPath(RegisterAccess.MAPPED_TAILS, 1, false)) {
            for (int i = 0; i < 10 && path.sleeps() == 0; i++) {
                path.threadTurn();
            }
            assertThat(path.sleeps()).isEqualTo(1);
            assertThat(path.dueNanos()).isBetween(1L, 500 * MICROSECOND);
        }
        try (SleepyPath path = new SleepyPath(RegisterAccess.MAPPED_TAILS, 1)) {
            path.rest();
            assertThat(path.dueNanos()).as("nothing on its way").isEqualTo(Long.MAX_VALUE);
        }
    }

    /** What a thread that always has work pays for interrupts. */
    @Test
    void shouldTouchNoRegisterWhileThereIsWork() throws IOException {
        try (SleepyPath path = new SleepyPath(RegisterAccess.MAPPED_TAILS, 1)) {
            path.rest();
            path.frame();
            path.modelTurn();
            path.threadTurn();
            final long arms = path.arms();
            for (int i = 0; i < 10_000; i++) {
                path.frame();
                path.modelTurn();
                path.threadTurn();
            }
            assertThat(path.arms()).isEqualTo(arms);
        }
    }
}
