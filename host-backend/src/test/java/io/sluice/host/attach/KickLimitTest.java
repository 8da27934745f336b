// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KickLimitTest {
    private static final long START_NANOS = -5_000_000_000L;
    private static final long MILLISECOND = 1_000_000;

    private final KickLimit limit = new KickLimit(START_NANOS);

    @Test
    void shouldNeverAccuseAStormOfHonestWakeUps() {
        final SplittableRandom random = new SplittableRandom(1);
        long kicks = 0;
        long arms = 0;
        for (int turn = 0; turn < 1_000_000; turn++) {
            final int armed = random.nextInt(300);
            arms += armed;
            kicks = Math.max(kicks, Math.min(arms + 31, kicks + armed + random.nextInt(31)));
            assertThat(limit.exceeded(kicks, arms, START_NANOS + turn)).isFalse();
        }
    }

    @Test
    void shouldTellKicksThatNobodyAskedForWithinAMoment() {
        long kicks = 0;
        int turns = 0;
        while (!limit.exceeded(kicks += 10, 1, START_NANOS + turns * MILLISECOND / 100)) {
            assertThat(++turns).isLessThan(1_000);
        }
    }

    @Test
    void shouldNotLetASpinningThreadsPatienceBeSavedUp() {
        assertThat(limit.exceeded(0, 1_000_000_000, START_NANOS)).isFalse();
        assertThat(limit.exceeded(KickLimit.ROOM + 1, 1_000_000_000, START_NANOS))
                .isTrue();
    }

    @Test
    void shouldForgiveAFewNowAndThen() {
        long kicks = 0;
        for (int turn = 0; turn < 100_000; turn++) {
            kicks += KickLimit.FORGIVEN_PER_SECOND / 1_000;
            assertThat(limit.exceeded(kicks, 0, START_NANOS + turn * MILLISECOND))
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {KickLimit.ROOM + 2, Long.MAX_VALUE / 2 + 1, Long.MAX_VALUE})
    void shouldTellOneHugeNumber(long kicks) {
        assertThat(limit.exceeded(10, 0, START_NANOS)).isFalse();
        assertThat(limit.exceeded(kicks, 0, START_NANOS)).isTrue();
        assertThat(limit.exceeded(Long.MAX_VALUE, 0, START_NANOS)).isTrue();
    }
}
