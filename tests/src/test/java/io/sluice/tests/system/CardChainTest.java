// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * The whole path through cards, with process guests: namespace, TAP, model of an 82599, a chain of two guests, another
 * model, TAP, namespace.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class CardChainTest extends TwoGuests {
    private static final long SEED = 41;
    private static final long BYTES = (Boolean.getBoolean("sluice.long") ? 1024 : 32) << 20;

    @BeforeAll
    void join() {
        joinByProcesses(net.leftCard("model0"), net.rightCard("model1"), "--default", "allow");
    }

    @Test
    @Order(1)
    void shouldAnswerPingsBothWays() {
        pingBothWays();
    }

    @Test
    @Order(2)
    void shouldCarryBytesUnchanged() {
        transferBothWays("two cards and two process guests", BYTES, SEED);
    }

    @Test
    @Order(3)
    void shouldTellOfBothCards() {
        assertThat(CardStatus.all(scratch)).extracting(nic -> nic.name()).containsExactly("model0", "model1");
        for (String card : new String[] {"model0", "model1"}) {
            CardStatus.awaitFrames(scratch, card, BYTES / 1514, LIMIT);
            assertThat(CardStatus.of(scratch, card).link().up()).isTrue();
            assertThat(CardStatus.of(scratch, card).queues())
                    .allSatisfy(queue -> assertThat(queue.user()).isEqualTo("chain1"))
                    .extracting(queue -> queue.receives())
                    .contains(true, false);
            assertThat(CardStatus.of(scratch, card).faults()).isEmpty();
        }
        try (SluiceProcess stats = SluiceProcess.start(scratch, "nic", "stats", "model0")) {
            assertThat(stats.awaitExit(LIMIT)).as(stats::output).isZero();
            assertThat(stats.output()).containsPattern("GPRC +[1-9][0-9,]+ ");
        }
    }

    @Test
    @Order(4)
    void shouldEndWithTheBackend() {
        endWithTheBackend(firewall, nat);
    }
}
