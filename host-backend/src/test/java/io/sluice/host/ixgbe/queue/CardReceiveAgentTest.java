// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.endpoint.Intake;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.SlotWord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CardReceiveAgentTest {
    private static final int SLOTS = CardRing.SLOTS;

    private final CardRing ring = new CardRing();
    private PlayedReceiver card = ring.receiver(ReceiveFormat.LEGACY);

    @AfterEach
    void close() {
        ring.close();
    }

    /** The last stage gives back {@code count} slots. */
    private void giveBack(int count) {
        ring.forward();
        assertThat(ring.transmitting.look()).isGreaterThanOrEqualTo(count);
        ring.transmitting.advance(count);
        ring.transmitting.publish();
    }

    private long drops(DropReason reason) {
        return ring.receiving.counters().drops(reason);
    }

    @ParameterizedTest
    @EnumSource(ReceiveFormat.class)
    void shouldTurnDescriptorsIntoSlotsOfTheSameBuffers(ReceiveFormat format) {
        card = ring.receiver(format);
        card.agent.doWork();
        for (int round = 0; round < 5 * SLOTS; round++) {
            assertThat(card.receive(60 + round % 1000, round)).isTrue();
            assertThat(card.agent.doWork()).isEqualTo(1);
            final long word = Memory.longOpaque(ring.guest.slotAddress(round));
            assertThat(SlotWord.length(word)).isEqualTo(60 + round % 1000);
            assertThat(SlotWord.offset(word)).isEqualTo(CardRing.HEADROOM);
            assertThat(SlotWord.outputs(word)).isEqualTo(SlotWord.OUTPUT_FORWARD);
            final long packet = ring.guest.bufferAddress(round) + CardRing.HEADROOM;
            assertThat(Memory.byteAt(packet + 59)).isEqualTo((byte) round);
            giveBack(1);
            card.agent.doWork();
        }
        assertThat(ring.receiving.counters().packets()).isEqualTo(5 * SLOTS);
    }

    @Test
    void shouldLeaveTheCardOneDescriptorShortOfTheRing() {
        card.agent.doWork();
        assertThat(card.free()).isEqualTo(SLOTS - 1);
        while (card.receive(60, 1)) {
            card.agent.doWork();
        }
        assertThat(ring.receiving.position()).isEqualTo(SLOTS - 1);
        assertThat(card.free()).isZero();
        // Slots come back in ones and twos; a full ring is filled again at once, and never beyond what came back.
        for (int i = 1; i <= 3 * SLOTS; i++) {
            giveBack(1);
            card.agent.doWork();
            assertThat(card.free()).isEqualTo(1);
            assertThat(card.receive(60, 2)).isTrue();
            assertThat(card.receive(60, 2)).isFalse();
            assertThat(card.agent.doWork()).isEqualTo(1);
            assertThat(ring.receiving.position()).isEqualTo(SLOTS - 1 + i);
        }
    }

    @ParameterizedTest
    @EnumSource(ReceiveFormat.class)
    void shouldDropAFrameOfSeveralBuffersAsOne(ReceiveFormat format) {
        card = ring.receiver(format);
        card.agent.doWork();
        card.receive(60, 1);
        card.write(2048, 2, format.done);
        card.write(2048, 2, format.done);
        card.agent.doWork();
        card.write(100, 2, format.done | format.endOfPacket);
        card.receive(61, 3);
        card.agent.doWork();

        assertThat(ring.guest.look()).isEqualTo(5);
        final int[] lengths = new int[5];
        for (int i = 0; i < 5; i++) {
            final long word = Memory.longOpaque(ring.guest.slotAddress(i));
            lengths[i] = SlotWord.outputs(word) == 0 ? 0 : SlotWord.length(word);
        }
        assertThat(lengths).containsExactly(60, 0, 0, 0, 61);
        assertThat(drops(DropReason.OVERSIZE)).isEqualTo(1);
        assertThat(ring.receiving.counters().packets()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(ReceiveFormat.class)
    void shouldDropWhatNoBufferHoldsAndWhatIsDamaged(ReceiveFormat format) {
        card = ring.receiver(format);
        card.agent.doWork();
        card.write(0, 0, format.done | format.endOfPacket);
        card.write(2049, 0, format.done | format.endOfPacket);
        card.write(0xFFFF, 0, format.done | format.endOfPacket);
        card.write(60, 0, format.done | format.endOfPacket | Long.lowestOneBit(format.frameErrors));
        card.receive(2048, 1);
        assertThat(card.agent.doWork()).isEqualTo(5);

        assertThat(drops(DropReason.OVERSIZE)).isEqualTo(3);
        assertThat(drops(DropReason.MALFORMED)).isEqualTo(1);
        assertThat(ring.receiving.counters().packets()).isEqualTo(1);
        assertThat(ring.receiving.counters().bytes()).isEqualTo(2048);
        assertThat(SlotWord.outputs(Memory.longOpaque(ring.guest.slotAddress(1))))
                .isZero();
    }

    @Test
    void shouldKeepPacketsOutOfSlotsThatALostGuestMayWriteTo() {
        card.agent.doWork();
        ring.receiving.ring().quarantine().add(1, 2);
        card.receive(60, 1);
        card.receive(60, 2);
        card.receive(60, 3);
        card.agent.doWork();
        assertThat(SlotWord.outputs(Memory.longOpaque(ring.guest.slotAddress(1))))
                .isZero();
        assertThat(drops(DropReason.GUEST_LOST)).isEqualTo(1);
        assertThat(ring.receiving.counters().packets()).isEqualTo(2);
    }

    @Test
    void shouldGiveTheCardNothingWhileHeld() {
        card.agent.intake(Intake.HELD);
        card.agent.doWork();
        assertThat(card.free()).isZero();
        card.agent.intake(Intake.OPEN);
        card.agent.doWork();
        assertThat(card.free()).isEqualTo(SLOTS - 1);
    }

    @Test
    void shouldTakeWhatTheCardHasReceivedBeforeItEnds() {
        card.agent.doWork();
        for (int i = 0; i < 5; i++) {
            card.receive(60, i);
        }
        card.agent.intake(Intake.ENDED);
        card.agent.doWork();
        assertThat(card.stopped).isTrue();
        assertThat(ring.receiving.counters().packets()).isEqualTo(5);
        assertThat(card.agent.ended()).isTrue();
    }

    @Test
    void shouldNotEndWhileAFullRingKeepsItFromTakingAll() {
        card.agent.doWork();
        while (card.receive(60, 1)) {
            assertThat(card.agent.ended()).isFalse();
        }
        card.agent.doWork();
        assertThat(ring.receiving.position()).isEqualTo(SLOTS - 1);
        giveBack(10);
        card.agent.doWork();
        for (int i = 0; i < 10; i++) {
            card.receive(60, 1);
        }
        card.agent.intake(Intake.ENDED);
        card.agent.doWork();
        assertThat(card.agent.ended()).isTrue();
        assertThat(ring.receiving.position()).isEqualTo(SLOTS + 9);
    }

    @Test
    void shouldBeginAnewWhereItsRingIsAfterAReset() {
        card.agent.doWork();
        for (int i = 0; i < 20; i++) {
            card.receive(60, i);
        }
        card.agent.doWork();
        giveBack(20);
        card.receive(60, 99); // lost: nobody took it before the reset
        card.gate.pause("reset");
        assertThat(card.gate.paused()).isFalse();
        assertThat(card.agent.doWork()).isZero();
        assertThat(card.gate.paused()).isTrue();
        card.gate.lost();
        assertThat(card.agent.doWork()).isZero();
        card.reset();
        card.gate.resume();
        card.agent.doWork();
        assertThat(card.free()).isEqualTo(SLOTS - 1);
        card.receive(61, 7);
        assertThat(card.agent.doWork()).isEqualTo(1);
        final long packet = ring.guest.bufferAddress(20) + CardRing.HEADROOM;
        assertThat(Memory.byteAt(packet)).isEqualTo((byte) 7);
        assertThat(SlotWord.length(Memory.longOpaque(ring.guest.slotAddress(20))))
                .isEqualTo(61);
    }

    @Test
    void shouldHoldNobodyUpOnceItsThreadHasEnded() {
        card.agent.doWork();
        card.agent.onClose();
        card.gate.pause("reset");
        assertThat(card.gate.paused()).isTrue();
    }

    @Test
    void shouldEndAlsoWhileTheCardIsBeingReset() {
        card.agent.doWork();
        card.gate.pause("reset");
        card.agent.doWork();
        card.agent.intake(Intake.ENDED);
        card.agent.doWork();
        assertThat(card.agent.ended()).isTrue();
    }
}
