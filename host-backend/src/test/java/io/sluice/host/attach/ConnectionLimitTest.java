// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConnectionLimitTest {
    private static final long TENTH_NANOS = 100_000_000L;

    private final ConnectionLimit limit = new ConnectionLimit();

    @Test
    void shouldBearTenProgramsThatTryAgainForEver() {
        for (int turn = 0; turn < 100_000; turn++) {
            assertThat(limit.exceeded(10, turn * TENTH_NANOS)).isFalse();
        }
    }

    @Test
    void shouldBearHundredsOfStartsAtOnce() {
        assertThat(limit.exceeded(GuestSocket.BACKLOG, 5)).isFalse();
        assertThat(limit.exceeded(GuestSocket.BACKLOG, 5 + TENTH_NANOS)).isFalse();
        assertThat(limit.exceeded(GuestSocket.BACKLOG, 5 + 2 * TENTH_NANOS)).isFalse();
        assertThat(limit.exceeded(GuestSocket.BACKLOG, 5 + 60 * TENTH_NANOS)).isFalse();
    }

    @Test
    void shouldTellAFloodWithinASecond() {
        int turns = 0;
        while (!limit.exceeded(GuestSocket.BACKLOG, -7 + turns * TENTH_NANOS)) {
            assertThat(++turns).isLessThan(6);
        }
    }
}
