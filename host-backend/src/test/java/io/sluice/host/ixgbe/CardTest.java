// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.CardRig.MILLISECOND;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes through a card, and what it counts of that. */
class CardTest {
    private CardRig rig;

    @BeforeEach
    void plug() throws IOException {
        rig = CardRig.of(ModelRig.slow());
    }

    @AfterEach
    void unplug() {
        rig.close();
    }

    private static byte[] frame(int bytes) {
        return TestFrame.of(TestFrame.BROADCAST, bytes);
    }

    @Test
    void shouldSendReceiveAndCount() throws IOException {
        final Card card = Card.open(rig.device(), rig.options());
        try (TestQueues queues = new TestQueues(card, 0)) {
            assertThat(rig.awaitLink(card)).isTrue();
            for (int i = 0; i < 1000; i++) {
                rig.toCard(frame(60));
                queues.send(1);
                rig.clock().sleep(MILLISECOND);
                queues.poll();
            }
            rig.await(queues::poll, () -> queues.received() == 1000 && queues.completed() == 1000);
            rig.await(queues::poll, () -> rig.fromCard() == 1000);
            card.statistics().refresh();

            assertThat(queues.received()).isEqualTo(1000);
            assertThat(queues.completed()).isEqualTo(1000);
            assertThat(rig.fromCard()).isEqualTo(1000);
            assertThat(card.statistics().value(Statistic.RECEIVED_GOOD)).isEqualTo(1000);
            assertThat(card.statistics().value(Statistic.TRANSMITTED_GOOD)).isEqualTo(1000);
            assertThat(card.statistics().value(Statistic.RECEIVED_GOOD_BYTES)).isEqualTo(64_000);
            assertThat(card.statistics().queue(0).receivedPackets()).isEqualTo(1000);
            assertThat(card.statistics().queue(0).transmittedPackets()).isEqualTo(1000);
            assertThat(rig.violations()).isZero();
        }
        card.close();
    }

    @Test
    void shouldDropAndCountFramesThatAreTooLong() throws IOException {
        final Card card = Card.open(rig.device(), rig.options().withMaxFrameBytes(1000));
        try (TestQueues queues = new TestQueues(card, 0)) {
            assertThat(rig.awaitLink(card)).isTrue();
            rig.toCard(frame(1000));
            rig.toCard(frame(1001));
            rig.toCard(frame(1514));
            rig.toCard(frame(61));
            assertThat(rig.await(queues::poll, () -> rig.arrived(card))).isTrue();
            rig.await(queues::poll, () -> queues.received() == 2);
            card.statistics().refresh();

            assertThat(queues.received()).isEqualTo(2);
            assertThat(card.statistics().value(Statistic.OVERSIZE)).isEqualTo(2);
        }
        card.close();
    }

    @Test
    void shouldGoOnAfterAReset() throws IOException {
        final Card card = Card.open(rig.device(), rig.options());
        try (TestQueues queues = new TestQueues(card, 0)) {
            assertThat(rig.awaitLink(card)).isTrue();
            for (int reset = 0; reset < 3; reset++) {
                final long before = queues.received();
                queues.send(10);
                card.health().reset("a test");
                assertThat(rig.await(
                                () -> {
                                    card.maintain();
                                    queues.poll();
                                },
                                () -> card.health().state().phase() == CardHealth.Phase.WORKING && !queues.paused()))
                        .isTrue();
                assertThat(rig.awaitLink(card)).isTrue();
                assertThat(queues.submitted()).isEqualTo(queues.completed() + queues.lostPackets() + queues.inFlight());
                for (int i = 0; i < 10; i++) {
                    rig.toCard(frame(60));
                }
                assertThat(rig.await(queues::poll, () -> rig.arrived(card))).isTrue();
                rig.await(queues::poll, () -> queues.received() == before + 10);
                assertThat(queues.received()).isEqualTo(before + 10);
            }
            assertThat(rig.violations()).isZero();
        }
        card.close();
    }
}
