// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

import static io.sluice.guest.vnf.Frame.ACK;
import static io.sluice.guest.vnf.Frame.SYN;
import static io.sluice.shared.ring.DropReason.TABLE_FULL;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.guest.vnf.Bench;
import io.sluice.guest.vnf.Frame;
import io.sluice.shared.ring.DropReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirewallTableTest {
    private static String host(int i) {
        return "10.1." + (i >>> 8) + "." + (i & 0xFF);
    }

    private static DropReason open(Bench bench, int i) {
        return bench.forward(Frame.ip(host(i), "192.0.2.1").tcp(1000, 80, SYN));
    }

    private static DropReason establish(Bench bench, int i) {
        final DropReason reason = open(bench, i);
        bench.backward(Frame.ip("192.0.2.1", host(i)).tcp(80, 1000, SYN | ACK));
        bench.forward(Frame.ip(host(i), "192.0.2.1").tcp(1000, 80, ACK));
        return reason;
    }

    private static DropReason answer(Bench bench, int i) {
        return bench.backward(Frame.ip("192.0.2.1", host(i)).tcp(80, 1000, ACK));
    }

    @Test
    void shouldHoldNineTenthsOfItsPlacesBeforeAnyoneIsRefused() {
        for (int seed = 0; seed < 10; seed++) {
            final Bench bench = Bench.firewall("connections=1024", "seed=" + seed);
            for (int i = 0; i < 922; i++) {
                assertThat(establish(bench, i)).as("seed=%d i=%d", seed, i).isNull();
            }
            for (int i = 0; i < 922; i++) {
                assertThat(answer(bench, i)).as("seed=%d i=%d", seed, i).isNull();
            }
        }
    }

    @Test
    void shouldRefuseNewConnectionsRatherThanBreakEstablishedOnes() {
        final Bench bench = Bench.firewall("connections=64", "seed=1");
        final List<Integer> accepted = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            final DropReason reason = establish(bench, i);
            assertThat(reason).isIn(null, TABLE_FULL);
            if (reason == null) {
                accepted.add(i);
            }
        }
        assertThat(accepted).hasSize(64);
        for (final int i : accepted) {
            assertThat(answer(bench, i)).isNull();
        }
    }

    @Test
    void shouldGiveUpTheOldestConnectionThatIsNotEstablished() {
        final Bench bench = Bench.firewall("connections=16", "seed=1");
        for (int i = 0; i < 5; i++) {
            establish(bench, i);
        }
        for (int i = 5; i < 200; i++) {
            assertThat(open(bench.advance(1), i)).isNull();
            assertThat(answer(bench, i)).as("the newest").isNull();
        }
        assertThat(answer(bench, 5)).as("the oldest").isEqualTo(DropReason.DENIED);
        for (int i = 0; i < 5; i++) {
            assertThat(answer(bench, i)).as("an established one").isNull();
        }
    }

    @Test
    void shouldSurviveAFloodOfHandshakes() {
        final Bench bench = Bench.firewall("connections=1024", "seed=1");
        for (int i = 0; i < 500; i++) {
            establish(bench, i);
        }
        for (int i = 1000; i < 60_000; i++) {
            assertThat(open(bench, i)).isNull();
        }
        for (int i = 0; i < 500; i++) {
            assertThat(answer(bench, i)).isNull();
        }
    }

    @Test
    void shouldReuseThePlacesOfConnectionsThatTimedOut() {
        final Bench bench = Bench.firewall("connections=64", "seed=1");
        for (int i = 0; i < 1000; i++) {
            establish(bench, i);
        }
        bench.advance(7441);
        for (int i = 1000; i < 1050; i++) {
            assertThat(establish(bench, i)).isNull();
        }
    }

    @Test
    void shouldSpreadFlowsThatDifferInOneFieldOnly() {
        final Bench bench = Bench.firewall("connections=65536", "seed=1");
        for (int port = 0; port < 50_000; port++) {
            assertThat(bench.forward(Frame.ip("10.0.0.1", "192.0.2.1").udp(port, 53)))
                    .isNull();
            assertThat(bench.backward(Frame.ip("192.0.2.1", "10.0.0.1").udp(53, port)))
                    .isNull();
        }
        for (int port = 0; port < 50_000; port++) {
            assertThat(bench.backward(Frame.ip("192.0.2.1", "10.0.0.1").udp(53, port)))
                    .isNull();
        }
    }
}
