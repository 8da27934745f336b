// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.CardRig.MILLISECOND;
import static io.sluice.host.ixgbe.CardRig.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.host.ixgbe.CardHealth.Phase;
import io.sluice.host.ixgbe.model.Faults;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.Personality;
import io.sluice.host.pci.PciDevice;
import io.sluice.host.pci.vfiouser.VfioUserDoor;
import io.sluice.host.pci.vfiouser.VfioUserServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CardOnModelTest {
    private ModelRig rig = new ModelRig(ModelRig.slow());

    /** Another model than the usual one. */
    private void plug(ModelOptions options) {
        rig.close();
        rig = new ModelRig(options);
    }

    private Card open() throws CardException {
        return Card.open(rig.device(), rig.options());
    }

    @AfterEach
    void unplug() {
        rig.close();
    }

    private static byte[] frame(int bytes) {
        return TestFrame.of(TestFrame.BROADCAST, bytes);
    }

    @ParameterizedTest
    @EnumSource(
            value = Personality.class,
            names = {"SFP_SR", "SFP_DIRECT_ATTACH", "KX4", "XAUI", "BASE_T"})
    void shouldBringUpTheLinkOfEveryKindOfCard(Personality personality) throws IOException {
        plug(ModelRig.slow().with(personality).withMemorySeed(82599));
        final Card card = open();

        assertThat(card.link().awaitUp(5 * SECOND))
                .as(card.link().state().toString())
                .isTrue();
        assertThat(card.link().state().speedMegabits()).isEqualTo(10_000);
        assertThat(rig.model().registers().unknownWrites()).isEmpty();
        assertThat(rig.model().registers().unknownReads()).isEmpty();
        assertThat(rig.model().oddAccesses()).isZero();
        card.close();
    }

    @Test
    void shouldReadWhatIsInTheCage() throws IOException {
        final Card card = open();

        assertThat(card.link().module()).hasValueSatisfying(module -> {
            assertThat(module.type()).isEqualTo(SfpModule.Type.SHORT_REACH);
            assertThat(module.checksumGood()).isTrue();
            assertThat(module.vendor()).isNotEmpty();
        });
        card.close();
    }

    @Test
    void shouldSayThatTheCageIsEmpty() throws IOException {
        plug(ModelRig.slow().with(Personality.SFP_EMPTY));
        final Card card = open();

        assertThat(card.link().awaitUp(3 * SECOND)).isFalse();
        assertThat(card.link().state().phase()).isEqualTo(LinkState.Phase.NO_MODULE);
        assertThat(card.link().state().waitingFor()).contains("SFP+ cage");
        assertThat(card.link().module()).isEmpty();
        card.close();
    }

    @Test
    void shouldRefuseACardWithoutAnEeprom() throws IOException {
        rig.model().faults().missEeprom(true);

        assertThatThrownBy(() -> open()).hasMessageContaining("EEPROM");
        rig.model().faults().missEeprom(false);
        open().close();
    }

    @Test
    void shouldDriveACardWhoseBusDoesNotGetQuiet() throws IOException {
        rig.model().faults().holdMaster(true);
        final Card card = open();
        rig.model().faults().holdMaster(false);
        assertThat(card.link().awaitUp(5 * SECOND)).isTrue();
        card.close();
    }

    @Test
    void shouldTakeAServerThatEndsForACardThatIsPulled(@TempDir Path folder) throws IOException {
        final Path socket = folder.resolve("card.sock");
        final VfioUserServer server = new VfioUserServer(socket, rig.model());
        try (PciDevice door = VfioUserDoor.connect(socket)) {
            final Card card = Card.open(door, rig.options());
            try (TestQueues queues = new TestQueues(card, 0)) {
                assertThat(card.link().awaitUp(5 * SECOND)).isTrue();
                queues.send(10);
                server.close();
                queues.send(10);
                card.maintain();
                card.maintain();

                assertThat(card.health().state().phase()).isEqualTo(Phase.GONE);
                assertThat(card.link().state().phase()).isEqualTo(LinkState.Phase.GONE);
                assertThat(queues.inFlight()).isZero();
                assertThat(queues.lostPackets()).isEqualTo(20);
            }
            card.close();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void shouldSurviveWhateverTheCardDoes(long seed) throws IOException {
        final Random random = new Random(seed);
        plug(ModelRig.slow()
                .with(seed % 2 == 0 ? Personality.KX4 : Personality.SFP_SR)
                .withMemorySeed(seed));
        final Card card = open();
        try (TestQueues queues = new TestQueues(card, 0)) {
            for (int turn = 0; turn < 400; turn++) {
                misbehave(rig.model().faults(), random);
                for (int i = random.nextInt(4); i > 0; i--) {
                    rig.wire().toCard.add(frame(60 + random.nextInt(1400)));
                }
                queues.send(random.nextInt(10));
                rig.clock().sleep(random.nextInt(20) * MILLISECOND);
                queues.poll();
                card.maintain();
                assertThat(queues.submitted()).isEqualTo(queues.completed() + queues.lostPackets() + queues.inFlight());
            }
            behave(rig.model().faults());
            for (int i = 0; i < 10_000 && !(settled(card) && queues.inFlight() == 0); i++) {
                rig.clock().sleep(MILLISECOND);
                queues.poll();
                card.maintain();
            }

            assertThat(card.health().state().phase())
                    .as(card.health().state().toString())
                    .isEqualTo(Phase.WORKING);
            assertThat(card.link().up()).as(card.link().state().toString()).isTrue();
            assertThat(queues.inFlight()).isZero();
            assertThat(queues.submitted()).isEqualTo(queues.completed() + queues.lostPackets());
            assertThat((long) rig.wire().fromCard.size()).isBetween(queues.completed(), queues.submitted());
            assertThat(rig.model().dma().violations()).isZero();
            moveAgain(queues);
        }
        card.close();
    }

    private static boolean settled(Card card) {
        return card.health().state().phase() == Phase.WORKING && card.link().up();
    }

    private void moveAgain(TestQueues queues) {
        final long completed = queues.completed();
        final long received = queues.received();
        final int waiting = rig.wire().toCard.size();
        for (int i = 0; i < 200; i++) {
            rig.wire().toCard.add(frame(60));
            queues.send(1);
            rig.clock().sleep(MILLISECOND);
            queues.poll();
        }
        assertThat(queues.completed()).isEqualTo(completed + 200);
        assertThat(queues.received()).isBetween(received + 200, received + 200 + waiting + TestQueues.DESCRIPTORS);
    }

    /** What was out of its slot was without power: its registers hold reset values. */
    private void putBack() {
        if (rig.model().faults().gone()) {
            rig.model().faults().remove(false);
            rig.model().reset();
        }
    }

    private void misbehave(Faults faults, Random random) {
        switch (random.nextInt(60)) {
            case 0 -> faults.loseLink(true);
            case 1, 2 -> faults.loseLink(false);
            case 3 -> faults.remove(true);
            case 4, 5, 6 -> putBack();
            case 7 -> faults.resetAfter(1 + random.nextInt(20));
            case 8 -> faults.stickTransmit(0, true);
            case 9, 10 -> faults.stickTransmit(0, false);
            case 11 -> faults.stickReceive(0, true);
            case 12, 13 -> faults.stickReceive(0, false);
            case 14 -> faults.holdSemaphore(true);
            case 15, 16 -> faults.holdSemaphore(false);
            case 17 -> faults.holdMaster(true);
            case 18, 19 -> faults.holdMaster(false);
            case 20 -> faults.missEeprom(true);
            case 21, 22 -> faults.missEeprom(false);
            case 23 -> faults.delayWriteBack(random.nextInt(50) * MILLISECOND);
            case 24 -> faults.delayWriteBack(0);
            default -> {
                // goes on as it is
            }
        }
    }

    private void behave(Faults faults) {
        faults.loseLink(false);
        faults.resetAfter(0);
        putBack();
        faults.stickTransmit(0, false);
        faults.stickReceive(0, false);
        faults.holdSemaphore(false);
        faults.holdMaster(false);
        faults.missEeprom(false);
        faults.delayWriteBack(0);
    }
}
