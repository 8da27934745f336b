// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class QuarantineTest {
    private static final int SLOTS = 32;

    private final Quarantine quarantine = new Quarantine(SLOTS);

    private long[] held() {
        return LongStream.range(0, SLOTS).filter(quarantine::holds).toArray();
    }

    @Test
    void shouldHoldNothingAtFirst() {
        assertThat(quarantine.active()).isFalse();
        assertThat(held()).isEmpty();
        assertThat(quarantine.holds(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void shouldHoldTheSlotsOfItsPositionsInEveryRound() {
        quarantine.add(1_000 * SLOTS + 30, 1_000 * SLOTS + 34);
        assertThat(quarantine.active()).isTrue();
        assertThat(held()).containsExactly(0, 1, 30, 31);
        assertThat(quarantine.holds(7 * SLOTS + 31)).isTrue();
        assertThat(quarantine.holds(7 * SLOTS + 2)).isFalse();
        quarantine.remove(1_000 * SLOTS + 30, 1_000 * SLOTS + 34);
        assertThat(quarantine.active()).isFalse();
        assertThat(held()).isEmpty();
    }

    @Test
    void shouldHoldASlotUntilTheLastThatMayWriteItHasLeft() {
        quarantine.add(0, 10);
        quarantine.add(5, 15);
        quarantine.remove(0, 10);
        assertThat(quarantine.active()).isTrue();
        assertThat(held()).containsExactly(5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
        quarantine.remove(5, 15);
        assertThat(held()).isEmpty();
    }

    @Test
    void shouldBearAGuestThatMayWriteNothing() {
        quarantine.add(40, 40);
        assertThat(held()).isEmpty();
        quarantine.remove(40, 40);
        assertThat(quarantine.active()).isFalse();
    }

    @Test
    void shouldHoldAWholeRing() {
        quarantine.add(8, 8 + SLOTS);
        assertThat(held()).hasSize(SLOTS);
        quarantine.remove(8, 8 + SLOTS);
        assertThat(held()).isEmpty();
    }
}
