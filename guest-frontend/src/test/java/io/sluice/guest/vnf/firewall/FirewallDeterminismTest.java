// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.guest.vnf.Bench;
import io.sluice.guest.vnf.RandomFrames;
import io.sluice.shared.function.Direction;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FirewallDeterminismTest {
    private static final long SEED = Long.getLong("sluice.seed", System.nanoTime());
    private static final String[] OPTIONS = {"deny=proto:udp,dport:53,direction:backward", "default=allow"};

    /** The keys of the two hashes are random, and differ. */
    @Test
    void shouldDecideTheSameInEveryInstance() {
        final Bench one = Bench.firewall(OPTIONS);
        final Bench other = Bench.firewall(OPTIONS);
        final RandomFrames frames = new RandomFrames(SEED);
        for (int i = 0; i < 50_000; i++) {
            frames.next();
            final byte[] frame = Arrays.copyOf(frames.bytes(), frames.length());
            final Direction direction = (i & 1) == 0 ? Direction.FORWARD : Direction.BACKWARD;
            assertThat(other.process(frame, direction))
                    .as("seed=%d frame=%d", SEED, i)
                    .isSameAs(one.process(frame, direction));
            assertThat(one.bytes()).isEqualTo(frame);
            one.advance(i & 1);
            other.advance(i & 1);
        }
    }

    @Test
    void shouldDecideTheSameWithTheSameSeedEvenWhenItsTablesOverflow() {
        final String[] small = {"connections=32", "fragments=16", "seed=0x2a", "default=allow"};
        final Bench one = Bench.firewall(small);
        final Bench other = Bench.firewall(small);
        final RandomFrames frames = new RandomFrames(SEED);
        for (int i = 0; i < 50_000; i++) {
            frames.next();
            final byte[] frame = Arrays.copyOf(frames.bytes(), frames.length());
            assertThat(other.process(frame, Direction.FORWARD))
                    .as("seed=%d frame=%d", SEED, i)
                    .isSameAs(one.process(frame, Direction.FORWARD));
        }
    }
}
