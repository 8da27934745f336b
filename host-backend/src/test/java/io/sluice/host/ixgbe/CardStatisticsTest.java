// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.StatisticsRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CardStatisticsTest {
    private static final int BACKPLANE = 0x10F7;

    private final ScriptedDevice device = new ScriptedDevice(BACKPLANE);
    private final TracingDevice tracing = new TracingDevice(device);
    private Card card;

    @BeforeEach
    void open() throws CardException {
        device.onReset(() -> device.poke(GPRC, 1_000)); // left by whoever had the card before
        card = Card.open(tracing, CardOptions.defaults().withClock(new TestClock()));
    }

    @Test
    void shouldAddUpWhatClearsWhenItIsRead() {
        device.poke(GPRC, -1);
        card.statistics().refresh();
        card.statistics().refresh();

        assertThat(card.statistics().value(Statistic.RECEIVED_GOOD)).isEqualTo(2 * 0xFFFF_FFFFL);
    }

    @Test
    void shouldReadTheLowerHalfOfAPairFirst() {
        device.poke(GORCL, 0x8000_0001);
        device.poke(GORCH, 0xF);
        card.statistics().refresh();

        assertThat(card.statistics().value(Statistic.RECEIVED_GOOD_BYTES)).isEqualTo(0xF_8000_0001L);
        final List<Integer> read = tracing.trace().accesses().stream()
                .map(RegisterTrace.Access::offset)
                .toList();
        assertThat(read.lastIndexOf(GORCH)).isEqualTo(read.lastIndexOf(GORCL) + 1);
    }

    @Test
    void shouldSumUpCountersOfEightBuffers() {
        for (int buffer = 0; buffer < 8; buffer++) {
            device.poke(rxmpc(buffer), 1 << buffer);
        }
        card.statistics().refresh();

        assertThat(card.statistics().value(Statistic.MISSED)).isEqualTo(255);
    }

    @Test
    void shouldCountEachSetOfQueues() {
        device.poke(qprc(15), 1);
        device.poke(qbrcL(15), 2);
        device.poke(qbrcH(15), 1);
        device.poke(qprdc(15), 3);
        device.poke(qptc(15), 4);
        device.poke(qbtcL(15), 5);
        card.statistics().refresh();

        assertThat(card.statistics().queue(15)).isEqualTo(new QueueCounts(1, 0x1_0000_0002L, 3, 4, 5));
        assertThat(device.peek(rqsmr(3))).isEqualTo(0x0F0E_0D0C);
        assertThat(device.peek(tqsm(31))).isEqualTo(0x0F0E_0D0C);
    }

    @Test
    void shouldReadEveryCounterOnceAtTheStart() {
        final List<Integer> read = tracing.trace().accesses().stream()
                .filter(access -> access.kind() == RegisterTrace.Kind.READ)
                .map(RegisterTrace.Access::offset)
                .toList();

        for (Statistic statistic : Statistic.values()) {
            assertThat(read).as(statistic.register()).containsOnlyOnce(statistic.offset());
        }
        assertThat(card.statistics().value(Statistic.RECEIVED_GOOD)).isZero();
    }
}
