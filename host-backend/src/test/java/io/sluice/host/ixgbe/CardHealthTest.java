// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.DeviceRegisters.*;
import static io.sluice.host.ixgbe.register.LinkRegisters.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static io.sluice.host.ixgbe.register.StatisticsRegisters.LXOFFRXCNT;
import static io.sluice.host.ixgbe.register.TransmitRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.CardHealth.Phase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CardHealthTest {
    private static final int BACKPLANE = 0x10F7;
    private static final long SECOND = 1_000_000_000L;

    private final ScriptedDevice device = new ScriptedDevice(BACKPLANE);
    private final TestClock clock = new TestClock();
    private final ScriptedOwner owner = new ScriptedOwner();
    private Card card;

    @BeforeEach
    void open() throws CardException {
        device.onReset(() -> device.poke(LINKS, LINKS_UP | LINKS_SPEED_10G));
        card = Card.open(device, CardOptions.defaults().withClock(clock).withStuckNanos(2 * SECOND));
        card.health().add(owner);
        card.enableReceive(0, new ReceiveRing(0x1000, 64, 2, true, false));
        card.enableTransmit(0, new TransmitRing(0x2000, 64, 0x3000));
        card.maintain();
        assertThat(card.link().up()).isTrue();
    }

    private void maintain(int times) {
        for (int i = 0; i < times; i++) {
            card.maintain();
            clock.sleep(SECOND / 10);
        }
    }

    @Test
    void shouldLeaveAHealthyCardAlone() {
        maintain(100);

        assertThat(card.health().state().phase()).isEqualTo(Phase.WORKING);
        assertThat(card.health().resets()).isZero();
        assertThat(owner.calls()).isEmpty();
    }

    @Test
    void shouldResetWhenAskedTo() throws CardException {
        card.rss().spread(4);
        card.addresses().accept(MacAddress.parse("02:00:00:00:00:77"));
        card.health().reset("the user wants it");
        maintain(1);

        assertThat(owner.calls()).containsExactly("pause", "lost", "resume");
        assertThat(card.health().state().phase()).isEqualTo(Phase.WORKING);
        assertThat(card.health().state().reason()).isEqualTo("the user wants it");
        assertThat(device.peek(rxdctl(0)) & RXDCTL_ENABLE).isNotZero();
        assertThat(device.peek(txdctl(0)) & TXDCTL_ENABLE).isNotZero();
        assertThat(device.peek(RXCTRL) & RXCTRL_ENABLE).isNotZero();
        assertThat(device.peek(DMATXCTL) & DMATXCTL_ENABLE).isNotZero();
        assertThat(device.peek(rah(1)) & RAH_VALID).isNotZero();
        assertThat(card.rss().queues()).isEqualTo(4);
        maintain(1);
        assertThat(card.link().up()).isTrue();
        assertThat(card.link().losses()).isEqualTo(1);
    }

    @Test
    void shouldKeepWhatWasCountedBeforeAReset() {
        device.poke(LXOFFRXCNT, 5);
        card.health().reset("a test");
        card.maintain();

        assertThat(card.health().resets()).isEqualTo(1);
        assertThat(card.statistics().value(Statistic.XOFF_RECEIVED)).isEqualTo(5);
    }

    @Test
    void shouldWaitForOwnersToLetGo() {
        owner.willing(false);
        card.health().reset("a test");
        maintain(50);

        assertThat(card.health().state().phase()).isEqualTo(Phase.PAUSING);
        assertThat(card.health().state().reason()).isEqualTo("a test; waits for owner to let go");
        assertThat(owner.calls()).containsExactly("pause");
        assertThat(device.peek(rxdctl(0)) & RXDCTL_ENABLE).isNotZero();
        owner.willing(true);
        maintain(1);
        assertThat(owner.calls()).containsExactly("pause", "lost", "resume");
    }

    @Test
    void shouldHaveAnOwnerThatComesDuringAResetWaitForItsEnd() {
        final ScriptedOwner late = new ScriptedOwner();
        owner.willing(false);
        card.health().reset("a test");
        card.health().add(late);
        assertThat(late.calls()).containsExactly("pause");
        owner.willing(true);
        maintain(1);
        assertThat(late.calls()).containsExactly("pause", "lost", "resume");
    }

    @Test
    void shouldHaveAnOwnerThatComesToACardThatIsGoneWaitForIt() {
        final ScriptedOwner late = new ScriptedOwner();
        device.gone(true);
        maintain(3);
        card.health().add(late);
        assertThat(late.calls()).containsExactly("pause", "lost");
        device.gone(false);
        maintain(12);
        assertThat(late.calls()).containsExactly("pause", "lost", "resume");
    }

    @Test
    void shouldSurviveThatTheCardIsPulledAndPutBack() {
        device.gone(true);
        maintain(25);

        assertThat(card.health().state().phase()).isEqualTo(Phase.GONE);
        assertThat(card.health().state().reason()).contains("no longer answers");
        assertThat(card.link().state().phase()).isEqualTo(LinkState.Phase.GONE);
        assertThat(owner.calls()).containsExactly("pause", "lost");
        final int writes = device.writes();
        maintain(25);
        assertThat(device.writes()).as("writes to a card that is gone").isEqualTo(writes);

        device.gone(false);
        maintain(12);
        assertThat(card.health().state().phase()).isEqualTo(Phase.WORKING);
        assertThat(owner.calls()).containsExactly("pause", "lost", "resume");
        assertThat(card.link().up()).isTrue();
    }

    @Test
    void shouldNotCountOnesOfACardThatIsGone() {
        device.gone(true);
        card.statistics().refresh();

        for (Statistic statistic : Statistic.values()) {
            assertThat(card.statistics().value(statistic)).as(statistic.label()).isZero();
        }
    }

    @Test
    void shouldNotCountOnesOfACardThatGoesWhileItIsRead() {
        device.answer(LXOFFRXCNT, held -> {
            device.gone(true);
            return -1;
        });
        card.statistics().refresh();

        for (Statistic statistic : Statistic.values()) {
            assertThat(card.statistics().value(statistic)).as(statistic.label()).isZero();
        }
        assertThat(card.statistics().queue(0).receivedBytes()).isZero();
    }

    @Test
    void shouldNoticeThatSomeoneElseResetTheCard() {
        device.reset();
        maintain(3);

        assertThat(card.health().state().reason()).contains("reset by something else");
        assertThat(card.health().resets()).isEqualTo(1);
        assertThat(device.peek(rxdctl(0)) & RXDCTL_ENABLE).isNotZero();
    }

    @Test
    void shouldResetAStuckTransmitQueue() {
        device.poke(tdt(0), 5);
        maintain(15);
        assertThat(card.health().state().phase()).isEqualTo(Phase.WORKING);
        maintain(12);

        assertThat(card.health().resets()).isEqualTo(1);
        assertThat(card.health().state().reason()).contains("transmit queue 0 has been stuck at descriptor 0");
        assertThat(device.peek(tdt(0))).isZero();
    }

    @Test
    void shouldGiveAQueueThatIsEnabledLaterItsTimeFromThen() throws CardException {
        maintain(100);
        card.enableTransmit(1, new TransmitRing(0x2000, 64, 0x3000));
        device.poke(tdt(1), 5);
        maintain(15);
        assertThat(card.health().resets()).isZero();
        maintain(12);
        assertThat(card.health().resets()).isEqualTo(1);
    }

    @Test
    void shouldNotResetAQueueThatMoves() {
        for (int i = 0; i < 100; i++) {
            device.poke(tdh(0), i);
            device.poke(tdt(0), i + 5);
            maintain(1);
        }

        assertThat(card.health().resets()).isZero();
    }

    @Test
    void shouldNotResetAQueueThatWaitsForTheLink() {
        device.poke(LINKS, 0);
        device.poke(tdt(0), 5);
        maintain(100);

        assertThat(card.health().resets()).isZero();
    }

    @Test
    void shouldNotResetAQueueThatThePeerPauses() {
        device.poke(tdt(0), 5);
        device.answer(LXOFFRXCNT, held -> 1);
        maintain(100);
        assertThat(card.health().resets()).isZero();
        assertThat(card.statistics().value(Statistic.XOFF_RECEIVED)).isPositive();

        device.answer(LXOFFRXCNT, held -> 0);
        maintain(60);
        assertThat(card.health().resets()).isPositive();
    }

    @Test
    void shouldResetTheFunctionWhereTheCardDoesNotResetItself() {
        device.answer(CTRL, held -> device.functionResets() == 0 ? held | CTRL_RESET : held & ~CTRL_RESET);
        card.health().reset("a test");
        maintain(1);

        assertThat(card.health().state().phase()).isEqualTo(Phase.WORKING);
        assertThat(device.functionResets()).isEqualTo(1);
    }

    @Test
    void shouldTryAgainWhereAResetDoesNotSucceed() {
        device.answer(RDRXCTL, held -> 0);
        card.health().reset("a test");
        maintain(3);

        assertThat(card.health().state().phase()).isEqualTo(Phase.RESETTING);
        assertThat(card.health().state().reason()).contains("DMA initialization");
        device.answer(RDRXCTL, held -> held | RDRXCTL_DMA_INIT_DONE);
        maintain(40);
        assertThat(card.health().state().phase()).isEqualTo(Phase.WORKING);
        assertThat(owner.calls()).containsExactly("pause", "lost", "resume");
    }

    @Test
    void shouldHoldEverythingThatWasAskedForAfterAReset() throws CardException {
        card.disableReceive(0);
        card.disableTransmit(0);
        card.health().reset("nothing of these queues is to be left");
        maintain(1);
        card.divide(Pools.Layout.POOLS_32);
        card.rss().spread(4);
        card.pools().open(3, MacAddress.parse("02:00:00:00:00:03"), 100);
        card.pools().open(31, MacAddress.parse("02:00:00:00:00:31"), Pools.NONE);
        card.pools().loopback(true);
        card.pools().defaultPool(0);
        card.addresses().accept(MacAddress.parse("02:00:00:00:00:77"));
        card.addresses().acceptMulticast(MacAddress.parse("01:00:5e:00:00:fb"));
        card.addresses().promiscuous(false);
        card.addresses().allMulticast(true);
        card.vlans().accept(7);
        card.vlans().filter(true);
        card.flowControl().enable(true);
        card.interrupts().connect(5, -1, 20_000);
        card.interrupts().routeReceive(12, 5);
        card.enableReceive(12, new ReceiveRing(0x1000, 64, 2, true, true));
        card.enableTransmit(12, new TransmitRing(0x2000, 64, 0));
        final int[] before = snapshot();

        card.health().reset("a test");
        maintain(1);

        final int[] after = snapshot();
        for (int i = 0; i < before.length; i++) {
            assertThat(after[i]).as("register 0x%05X", i * 4).isEqualTo(before[i]);
        }
    }

    private int[] snapshot() {
        final int[] registers = new int[BAR_BYTES / 4];
        for (int i = 0; i < registers.length; i++) {
            registers[i] = i * 4 == EERD ? 0 : device.peek(i * 4);
        }
        return registers;
    }
}
