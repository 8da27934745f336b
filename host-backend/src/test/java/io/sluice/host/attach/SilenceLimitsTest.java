// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SilenceLimitsTest {
    private static final long MILLI = 1_000_000L;

    private static SilenceLimits limits(long suspectMillis, long lostMillis) {
        return new SilenceLimits(suspectMillis * MILLI, lostMillis * MILLI);
    }

    @Test
    void shouldTakeLimitsUpToItsBounds() {
        assertThat(limits(200, 300).lostNanos()).isEqualTo(300 * MILLI);
        assertThat(limits(1_200_000, 3_600_000).suspectNanos()).isEqualTo(1_200_000 * MILLI);
    }

    @Test
    void shouldRefuseOthersAndSayWhatIsRight() {
        for (SilenceLimitsTry wrong : new SilenceLimitsTry[] {
            () -> limits(199, 300),
            () -> limits(200, 299),
            () -> limits(500, 500),
            () -> limits(501, 500),
            () -> limits(1_200_001, 3_600_000),
            () -> limits(1_000, 3_600_001),
            () -> limits(-1, 3_000),
            () -> new SilenceLimits(Long.MIN_VALUE, Long.MAX_VALUE)
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(wrong::make)
                    .withMessageContainingAll("suspect=", "lost=", "200ms to 20min", "300ms to 60min");
        }
    }

    private interface SilenceLimitsTry {
        SilenceLimits make();
    }

    @Test
    void shouldMoveTheOtherLimitWhereOneAloneWouldBeWrong() {
        final SilenceLimits defaults = SilenceLimits.DEFAULTS;
        assertThat(defaults.suspectAfter(2_000 * MILLI))
                .isEqualTo(new SilenceLimits(2_000 * MILLI, 3_000 * MILLI, true, false));
        assertThat(defaults.suspectAfter(3_000 * MILLI))
                .isEqualTo(new SilenceLimits(3_000 * MILLI, 9_000 * MILLI, true, false));
        assertThat(defaults.lostAfter(1_500 * MILLI))
                .isEqualTo(new SilenceLimits(1_000 * MILLI, 1_500 * MILLI, false, true));
        assertThat(defaults.lostAfter(900 * MILLI)).isEqualTo(new SilenceLimits(300 * MILLI, 900 * MILLI, false, true));
        assertThat(defaults.lostAfter(300 * MILLI)).isEqualTo(new SilenceLimits(200 * MILLI, 300 * MILLI, false, true));
    }

    @Test
    void shouldNotMindInWhichOrderBothAreGiven() {
        final SilenceLimits defaults = SilenceLimits.DEFAULTS;
        for (long[] pair : new long[][] {{200, 600}, {5_000, 6_000}, {200, 300}, {1_200_000, 3_600_000}}) {
            final long suspect = pair[0] * MILLI;
            final long lost = pair[1] * MILLI;
            assertThat(defaults.suspectAfter(suspect).lostAfter(lost)).isEqualTo(limits(pair[0], pair[1]));
            assertThat(defaults.lostAfter(lost).suspectAfter(suspect)).isEqualTo(limits(pair[0], pair[1]));
        }
    }
}
