// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.vfio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPlanTest {
    private static final long MEBIBYTE = 1L << 20;
    private static final long FOUR_GIBIBYTES = 1L << 32;

    private final AddressPlan plan = new AddressPlan();

    @Test
    void shouldBeginAboveWhatA32BitDeviceKnowsAndLeaveGaps() {
        plan.allow(0, 0xFEDFFFFFL, 0xFEF00000L, (1L << 39) - 1);

        assertThat(plan.choose(MEBIBYTE)).isEqualTo(FOUR_GIBIBYTES);
        plan.take(FOUR_GIBIBYTES, MEBIBYTE);
        assertThat(plan.choose(6 * MEBIBYTE)).isEqualTo(FOUR_GIBIBYTES + 4 * MEBIBYTE);
        plan.take(FOUR_GIBIBYTES + 4 * MEBIBYTE, 6 * MEBIBYTE);
        assertThat(plan.choose(MEBIBYTE)).isEqualTo(FOUR_GIBIBYTES + 12 * MEBIBYTE);
        assertThat(plan.give(FOUR_GIBIBYTES, MEBIBYTE)).isTrue();
        assertThat(plan.give(FOUR_GIBIBYTES, MEBIBYTE)).isFalse();
        assertThat(plan.choose(MEBIBYTE)).isEqualTo(FOUR_GIBIBYTES);
    }

    @Test
    void shouldStayBelowWhereTheIommuHasNothingAbove() {
        plan.allow(0, 0xFEDFFFFFL, 0xFEF00000L, 0xFFFFFFFFL);

        assertThat(plan.choose(MEBIBYTE)).isEqualTo(2 * MEBIBYTE);
        assertThat(plan.choose(FOUR_GIBIBYTES)).isEqualTo(-1);
        assertThat(plan.words()).isEqualTo("0x0-0xfedfffff 0xfef00000-0xffffffff");
    }

    @Test
    void shouldAllowNothingAcrossAHole() {
        plan.allow(0, 0xFEDFFFFFL, 0xFEF00000L, -1);

        assertThat(plan.allows(0xFEDFF000L, 4096)).isTrue();
        assertThat(plan.allows(0xFEDFF000L, 8192)).isFalse();
        assertThat(plan.allows(0xFEE00000L, 4096)).isFalse();
        assertThat(plan.allows(-4096, 4096)).isTrue();
        assertThat(plan.allows(-4096, 8192)).isFalse();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldNeverChooseWhatIsTakenOrNotAllowed(long seed) {
        final Random random = new Random(seed);
        plan.allow(0, 64 * MEBIBYTE - 1, FOUR_GIBIBYTES, FOUR_GIBIBYTES + 256 * MEBIBYTE - 1);
        final TreeMap<Long, Long> taken = new TreeMap<>();
        for (int turn = 0; turn < 2000; turn++) {
            final long bytes = 4096L * (1 + random.nextInt(4000));
            final long address = plan.choose(bytes);
            if (address >= 0) {
                assertThat(plan.allows(address, bytes)).isTrue();
                final var before = taken.lowerEntry(address + bytes);
                assertThat(before == null || before.getKey() + before.getValue() <= address)
                        .isTrue();
                plan.take(address, bytes);
                taken.put(address, bytes);
            }
            if (!taken.isEmpty() && (address < 0 || random.nextBoolean())) {
                final var given = taken.ceilingEntry(random.nextLong(taken.lastKey() + 1));
                assertThat(plan.give(given.getKey(), given.getValue())).isTrue();
                taken.remove(given.getKey());
            }
        }
    }
}
