// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000L;

    private long now = -5 * SECOND;

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 1_000, 999_983, 14_880_952})
    void shouldKeepTheRateExactly(long rate) {
        final var bucket = new TokenBucket(rate, rate, () -> now);
        final long start = now;
        final var random = new Random(rate);
        long taken = 0;
        while (now - start < 3 * SECOND) {
            while (bucket.take()) {
                taken++;
            }
            now += 1 + random.nextInt((int) (SECOND / 100));
        }
        now = start + 3 * SECOND - 1;
        assertThat(taken).isBetween(3 * rate - 1 - rate / 100, 3 * rate + 1);
        assertThat(bucket.givenUp()).isZero();
    }

    @Test
    void shouldSayWhenTheNextIsDue() {
        final var bucket = new TokenBucket(3, 1, () -> now);
        assertThat(bucket.take()).isTrue();
        assertThat(bucket.take()).isFalse();
        final long due = bucket.nextDueNanos();
        assertThat(due).isEqualTo(333_333_334);
        now += due - 1;
        assertThat(bucket.take()).isFalse();
        now += 1;
        assertThat(bucket.nextDueNanos()).isZero();
        assertThat(bucket.take()).isTrue();
    }

    @Test
    void shouldCatchUpOnlyByItsDepth() {
        final var bucket = new TokenBucket(1_000, 10, () -> now);
        assertThat(bucket.take()).isTrue();
        now += SECOND;
        int taken = 0;
        while (bucket.take()) {
            taken++;
        }
        assertThat(taken).isEqualTo(10);
        assertThat(bucket.givenUp()).isEqualTo(990);
    }

    @Test
    void shouldNotOverflowAfterALongPause() {
        final var bucket = new TokenBucket(TokenBucket.MAX_RATE, 5, () -> now);
        assertThat(bucket.take()).isTrue();
        now += 365L * 24 * 3600 * SECOND;
        int taken = 0;
        while (bucket.take()) {
            taken++;
        }
        assertThat(taken).isEqualTo(5);
    }
}
