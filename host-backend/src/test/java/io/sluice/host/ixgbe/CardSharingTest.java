// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.CardRig.MILLISECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One card for many: pools of guests, queues of flows. */
class CardSharingTest {
    private static final MacAddress STRANGER = MacAddress.parse("02:00:00:00:99:99");

    private CardRig rig;
    private final List<TestQueues> queues = new ArrayList<>();
    private Card card;

    @BeforeEach
    void open() throws IOException {
        rig = CardRig.of(ModelOptions.of("model0").with(RegisterAccess.TRAPPED).withMemorySeed(82599));
        card = Card.open(rig.device(), rig.options().withPromiscuous(false));
        assertThat(rig.awaitLink(card)).isTrue();
    }

    @AfterEach
    void close() throws IOException {
        for (TestQueues each : queues) {
            each.close();
        }
        card.close();
        assertThat(rig.violations()).isZero();
        rig.close();
    }

    private TestQueues enable(int queue) throws IOException {
        final TestQueues made = new TestQueues(card, queue);
        queues.add(made);
        return made;
    }

    private void send(byte[] frame, int times) {
        for (int i = 0; i < times; i++) {
            rig.toCard(frame);
        }
        assertThat(rig.await(this::poll, () -> rig.arrived(card))).isTrue();
        turn();
    }

    private void turn() {
        rig.clock().sleep(MILLISECOND);
        poll();
    }

    private void poll() {
        queues.forEach(TestQueues::poll);
    }

    private static MacAddress guest(int number) {
        return new MacAddress(0x0200_0000_0100L + number);
    }

    @Test
    void shouldGiveEachOfFourGuestsExactlyItsOwn() throws IOException {
        card.divide(Pools.Layout.POOLS_64);
        final int[] pools = {0, 7, 33, 63};
        for (int guest = 0; guest < pools.length; guest++) {
            card.pools().open(pools[guest], guest(guest), Pools.NONE);
            enable(pools[guest] * Pools.Layout.POOLS_64.queues());
        }
        for (int guest = 0; guest < pools.length; guest++) {
            send(TestFrame.of(guest(guest), 100), 10 * (guest + 1));
        }
        send(TestFrame.of(STRANGER, 100), 7);
        send(TestFrame.of(TestFrame.BROADCAST, 100), 5);

        for (int guest = 0; guest < pools.length; guest++) {
            assertThat(queues.get(guest).received()).as("guest " + guest).isEqualTo(10 * (guest + 1) + 5);
        }

        card.pools().close(33);
        send(TestFrame.of(guest(2), 100), 3);
        assertThat(queues.get(2).received()).isEqualTo(35);
    }

    @Test
    void shouldKeepGuestsOfDifferentVlansApart() throws IOException {
        card.divide(Pools.Layout.POOLS_32);
        card.pools().open(1, guest(1), 100);
        card.pools().open(2, guest(2), 200);
        enable(4);
        enable(8);
        send(TestFrame.tagged(guest(1), 100), 3);
        send(TestFrame.tagged(guest(2), 100), 5);
        send(TestFrame.tagged(guest(2), 200), 7);
        send(TestFrame.tagged(TestFrame.BROADCAST, 200), 11);
        send(TestFrame.of(guest(1), 100), 13);

        assertThat(queues.get(0).received()).isEqualTo(3);
        assertThat(queues.get(1).received()).isEqualTo(7 + 11);
    }

    @Test
    void shouldGiveWhatIsForNobodyToTheDefaultPool() throws IOException {
        card.addresses().promiscuous(true);
        card.divide(Pools.Layout.POOLS_64);
        card.pools().open(0, card.macAddress(), Pools.NONE);
        card.pools().open(1, guest(1), Pools.NONE);
        card.pools().defaultPool(0);
        enable(0);
        enable(2);
        send(TestFrame.of(STRANGER, 100), 4);
        send(TestFrame.of(guest(1), 100), 2);

        assertThat(queues.get(0).received()).isEqualTo(4);
        assertThat(queues.get(1).received()).isEqualTo(2);
    }

    @Test
    void shouldPassPacketsFromGuestToGuestInsideTheCard() throws IOException {
        card.divide(Pools.Layout.POOLS_64);
        card.pools().open(0, guest(0), Pools.NONE);
        card.pools().open(1, guest(1), Pools.NONE);
        card.pools().loopback(true);
        enable(0);
        enable(2);
        queues.get(0).send(1, TestFrame.of(guest(1), 60));
        rig.await(this::poll, () -> queues.get(1).received() == 1);

        assertThat(queues.get(1).received()).isEqualTo(1);
        assertThat(queues.get(0).received()).isZero();
    }

    @Test
    void shouldKeepBothDirectionsOfEachFlowInOneQueue() throws IOException {
        for (int queue = 0; queue < Rss.MAX_QUEUES; queue++) {
            enable(queue);
        }
        card.rss().spread(Rss.MAX_QUEUES);
        final Random random = new Random(82599);
        final BitSet used = new BitSet();
        for (int flow = 0; flow < 300; flow++) {
            final int protocol = random.nextBoolean() ? 6 : 17;
            final int here = random.nextInt();
            final int there = random.nextInt();
            final int port = random.nextInt(65_536);
            final int service = random.nextInt(65_536);
            final int queue = queueOf(TestFrame.packet(protocol, here, there, port, service));
            assertThat(queueOf(TestFrame.packet(protocol, there, here, service, port)))
                    .as("flow " + flow)
                    .isEqualTo(queue);
            used.set(queue);
        }
        assertThat(used.cardinality()).isEqualTo(Rss.MAX_QUEUES);
    }

    private int queueOf(byte[] frame) {
        final long[] before = queues.stream().mapToLong(TestQueues::received).toArray();
        send(frame, 1);
        for (int queue = 0; queue < before.length; queue++) {
            if (queues.get(queue).received() != before[queue]) {
                return queue;
            }
        }
        throw new AssertionError("no queue received it");
    }

    @Test
    void shouldTakeFramesForTheAddressesAskedFor() throws IOException {
        final MacAddress group = MacAddress.parse("01:00:5e:00:00:fb");
        final MacAddress otherGroup = MacAddress.parse("33:33:00:00:00:02");
        final TestQueues all = enable(0);
        send(TestFrame.of(card.macAddress(), 60), 1);
        send(TestFrame.of(STRANGER, 60), 1);
        send(TestFrame.of(group, 60), 1);
        assertThat(all.received()).isEqualTo(1);

        card.addresses().accept(STRANGER);
        card.addresses().acceptMulticast(group);
        send(TestFrame.of(STRANGER, 60), 1);
        send(TestFrame.of(group, 60), 1);
        send(TestFrame.of(otherGroup, 60), 1);
        assertThat(all.received()).isEqualTo(3);

        card.addresses().allMulticast(true);
        send(TestFrame.of(otherGroup, 60), 1);
        send(TestFrame.of(guest(9), 60), 1);
        assertThat(all.received()).isEqualTo(4);

        card.addresses().promiscuous(true);
        send(TestFrame.of(guest(9), 60), 1);
        assertThat(all.received()).isEqualTo(5);

        card.vlans().accept(5);
        card.vlans().filter(true);
        send(TestFrame.tagged(guest(9), 5), 1);
        send(TestFrame.tagged(guest(9), 6), 1);
        assertThat(all.received()).isEqualTo(6);
    }

    @Test
    void shouldSignalTheVectorOfAQueue() throws IOException {
        enable(0);
        if (rig.device().vectors() == 0) {
            assertThatThrownBy(() -> card.interrupts().connect(9, 0, 0)).hasMessageContaining("the device has 0");
            return;
        }
        final int event = EventFd.create();
        try {
            card.interrupts().routeReceive(0, 9);
            card.interrupts().connect(9, event, 0);
            send(TestFrame.of(card.macAddress(), 60), 1);
            assertThat(EventFd.drain(event)).as("while disabled").isZero();

            card.interrupts().enable(9);
            turn();
            send(TestFrame.of(card.macAddress(), 60), 1);
            assertThat(rig.await(this::poll, () -> EventFd.drain(event) > 0)).isTrue();
            send(TestFrame.of(card.macAddress(), 60), 1);
            assertThat(EventFd.drain(event)).as("while it masks itself").isZero();
            card.interrupts().enable(9);
            send(TestFrame.of(card.macAddress(), 60), 1);
            assertThat(rig.await(this::poll, () -> EventFd.drain(event) > 0)).isTrue();
        } finally {
            card.interrupts().connect(9, -1, 0);
            Descriptors.close(event);
        }
    }

    @Test
    void shouldPauseThePeerWhenTheBufferFillsUp() throws IOException {
        card.flowControl().enable(true);
        final TestQueues slow = new TestQueues(card, 0, false);
        queues.add(slow);
        for (int i = 0; i < 400; i++) {
            rig.toCard(TestFrame.of(card.macAddress(), 1500));
        }
        assertThat(rig.await(() -> {}, () -> counted(Statistic.XOFF_SENT) > 0)).isTrue();

        assertThat(rig.await(this::poll, () -> counted(Statistic.XON_SENT) > 0)).isTrue();
        rig.await(this::poll, () -> slow.received() == 400);
        assertThat(slow.received()).isEqualTo(400);
    }

    private long counted(Statistic statistic) {
        card.statistics().refresh();
        return card.statistics().value(statistic);
    }
}
