// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import static io.sluice.shared.ring.SlotWord.OUTPUT_BACK;
import static io.sluice.shared.ring.SlotWord.OUTPUT_FORWARD;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Violation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CardTransmitAgentTest {
    private static final int SLOTS = CardRing.SLOTS;
    private static final int QUARTER = SLOTS / 4;

    private CardRing ring;
    private PlayedTransmitter forward;
    private PlayedTransmitter back;
    private CardTransmitAgent agent;

    @BeforeEach
    void open() {
        open(new CardRing());
    }

    private void open(CardRing opened) {
        ring = opened;
        forward = ring.transmitter();
        back = ring.transmitter();
        agent = ring.agent(forward, back);
    }

    @AfterEach
    void close() {
        ring.close();
    }

    private static long word(int length, int outputs) {
        return SlotWord.pack(length, CardRing.HEADROOM, 0, outputs);
    }

    private void pass(int count, int outputs) {
        ring.offer(count);
        for (int i = 0; i < count; i++) {
            ring.pass(word(60 + i, outputs));
        }
    }

    private long drops(DropReason reason) {
        return ring.transmitting.counters().drops(reason);
    }

    private long packets() {
        return ring.transmitting.counters().packets();
    }

    /** Turns of agent and cards until nothing moves any more. */
    private void settle() {
        int moved;
        do {
            moved = agent.doWork();
            moved += forward.send(SLOTS) + back.send(SLOTS);
        } while (moved > 0);
    }

    @Test
    void shouldSendEachPacketFromItsSlotsBuffer() {
        for (int round = 0; round < 10 * SLOTS; round++) {
            pass(1, OUTPUT_FORWARD);
            agent.doWork();
            forward.send(1);
            final long buffer = ring.transmitting.bufferAddress(round) + CardRing.HEADROOM;
            assertThat(forward.sent.getLast()).isEqualTo(new PlayedTransmitter.Sent(buffer, 60));
            agent.doWork();
            assertThat(ring.transmitting.position()).isEqualTo(round + 1);
        }
        assertThat(packets()).isEqualTo(10 * SLOTS);
        assertThat(forward.nulls).isZero();
    }

    @Test
    void shouldPublishOnlyWhatIsReportedSent() {
        pass(5, OUTPUT_FORWARD);
        assertThat(agent.doWork()).isEqualTo(5);
        assertThat(ring.transmitting.position()).isZero();
        assertThat(packets()).isZero();
        forward.send(4);
        agent.doWork();
        assertThat(ring.transmitting.position()).isZero();
        forward.send(1);
        agent.doWork();
        assertThat(ring.transmitting.position()).isEqualTo(5);
        assertThat(packets()).isEqualTo(5);
        assertThat(forward.reports).isEqualTo(1);
    }

    @Test
    void shouldAskForAReportEachQuarterOfTheRingAndAtTheEnd() {
        pass(QUARTER * 3 + 5, OUTPUT_FORWARD);
        agent.doWork();
        forward.send(SLOTS);
        assertThat(forward.reports).isEqualTo(4);
    }

    @Test
    void shouldNeverGiveACardAsManyDescriptorsAsThereAre() {
        close();
        open(new CardRing(SLOTS, SLOTS));
        for (int round = 0; round < 5; round++) {
            pass(SLOTS, OUTPUT_FORWARD);
            agent.doWork();
            agent.doWork();
            assertThat(forward.waiting()).isEqualTo(SLOTS - 1);
            settle();
            assertThat(forward.sent).hasSize(SLOTS * (round + 1));
            assertThat(ring.transmitting.position()).isEqualTo((long) SLOTS * (round + 1));
        }
    }

    @Test
    void shouldNotGiveMoreThanThereAreBehindNullDescriptors() {
        for (int round = 1; round <= 5; round++) {
            pass(SLOTS - 24, OUTPUT_BACK);
            settle();
            pass(SLOTS - 4, OUTPUT_FORWARD);
            agent.doWork();
            assertThat(forward.waiting()).isEqualTo(SLOTS - 1);
            settle();
            assertThat(forward.sent).hasSize((SLOTS - 4) * round);
            assertThat(forward.sent.getLast().address())
                    .isEqualTo(ring.transmitting.bufferAddress(ring.transmitting.position() - 1) + CardRing.HEADROOM);
            assertThat(packets()).isEqualTo((2L * SLOTS - 28) * round);
            assertThat(ring.transmitting.position()).isEqualTo((2L * SLOTS - 28) * round);
        }
    }

    @Test
    void shouldSendEachPacketToItsOwnOutputsAfterOneThatHadToWaitForAReset() {
        settle();
        forward.gate.pause("a reset");
        pass(1, OUTPUT_FORWARD);
        agent.doWork();
        forward.gate.lost();
        forward.reset();
        forward.gate.resume();
        settle();
        assertThat(forward.sent).hasSize(1);
        pass(1, OUTPUT_BACK);
        settle();
        assertThat(forward.sent).hasSize(1);
        assertThat(back.sent).hasSize(1);
    }

    @Test
    void shouldAskACardThatRefusesToStartOncePerStallOnly() {
        pass(1, OUTPUT_FORWARD);
        agent.doWork();
        agent.doWork();
        ring.clockNanos += CardRing.STALL_NANOS + 1;
        agent.doWork();
        assertThat(forward.stops).isEqualTo(1);
        forward.startable = false;
        for (int i = 0; i < 300; i++) {
            ring.clockNanos += CardRing.STALL_NANOS / 100;
            agent.doWork();
        }
        assertThat(forward.starts).isBetween(1, 3);
    }

    @Test
    void shouldNotHoldUpAResetOnceItsRegionIsGivenUp() {
        settle();
        ring.transmitting.accuse(Violation.BAD_SLOT);
        agent.doWork();
        assertThat(agent.done()).isTrue();
        forward.gate.pause("a reset");
        assertThat(forward.gate.paused()).isTrue();
    }

    @Test
    void shouldFillTheRingWithTheHeadAtZero() {
        pass(SLOTS - 1, OUTPUT_FORWARD);
        agent.doWork();
        assertThat(forward.waiting()).isEqualTo(SLOTS - 1);
        assertThat(agent.doWork()).isZero();
        forward.send(SLOTS);
        agent.doWork();
        assertThat(ring.transmitting.position()).isEqualTo(SLOTS - 1);
        pass(SLOTS - 1, OUTPUT_FORWARD);
        settle();
        assertThat(packets()).isEqualTo(2 * (SLOTS - 1));
    }

    @Test
    void shouldWaitForTheOutputThatIsFurthestBehind() {
        for (int round = 0; round < 20; round++) {
            final long before = ring.transmitting.position();
            pass(QUARTER, OUTPUT_FORWARD | OUTPUT_BACK);
            agent.doWork();
            forward.send(SLOTS);
            agent.doWork();
            // The first one is done with everything, its head where the tail is; the other one has not begun.
            assertThat(forward.waiting()).isZero();
            assertThat(ring.transmitting.position()).isEqualTo(before);
            back.send(QUARTER - 1);
            agent.doWork();
            assertThat(ring.transmitting.position()).isLessThan(before + QUARTER);
            back.send(1);
            agent.doWork();
            assertThat(ring.transmitting.position()).isEqualTo(before + QUARTER);
        }
        assertThat(packets()).isEqualTo(2L * 20 * QUARTER);
    }

    @Test
    void shouldCostNothingWhereAnOutputHasNothingToSend() {
        for (int i = 0; i < 10; i++) {
            pass(SLOTS / 2, OUTPUT_FORWARD);
            settle();
        }
        assertThat(back.tail()).isZero();
        assertThat(back.nulls).isZero();
    }

    @Test
    void shouldReachTheRightDescriptorAfterAnyPause() {
        for (int gap = 0; gap <= 3 * SLOTS; gap++) {
            pass(1, OUTPUT_BACK);
            settle();
            final long buffer = ring.transmitting.bufferAddress(ring.transmitting.position() - 1) + CardRing.HEADROOM;
            assertThat(back.sent).hasSize(gap + 1);
            assertThat(back.sent.getLast()).isEqualTo(new PlayedTransmitter.Sent(buffer, 60));
            for (int sent = 0; sent < gap; sent++) {
                pass(1, OUTPUT_FORWARD);
                settle();
            }
        }
        assertThat(ring.receiving.position()).isEqualTo(ring.transmitting.position());
    }

    @Test
    void shouldReportTheLastPacketOfAnOutputThatOthersFollow() {
        ring.offer(20);
        for (int i = 0; i < 9; i++) {
            ring.pass(word(60, OUTPUT_BACK));
        }
        for (int i = 9; i < 20; i++) {
            ring.pass(word(60, OUTPUT_FORWARD));
        }
        settle();
        assertThat(ring.transmitting.position()).isEqualTo(20);
        assertThat(packets()).isEqualTo(20);
    }

    @Test
    void shouldSendFromWhereThePacketBegins() {
        final int[] offsets = {CardRing.HEADROOM, 0, 64, CardRing.HEADROOM, 200};
        for (int round = 0; round < 4 * SLOTS; round++) {
            final int offset = offsets[round % offsets.length];
            ring.offer(1);
            ring.pass(SlotWord.pack(100, offset, 0, OUTPUT_FORWARD));
            agent.doWork();
            forward.send(1);
            assertThat(forward.sent.getLast().address()).isEqualTo(ring.transmitting.bufferAddress(round) + offset);
            agent.doWork();
        }
    }

    @Test
    void shouldGiveACardNoLengthThatStopsIt() {
        // What is sent is checked by the played card.
        final int[] lengths = {0, 1, 16, 17, CardRing.MAX_FRAME, CardRing.MAX_FRAME + 1, CardRing.BUFFER_BYTES - 128};
        ring.offer(lengths.length + 1);
        for (int length : lengths) {
            ring.pass(word(length, OUTPUT_FORWARD));
        }
        ring.pass(SlotWord.pack(2, CardRing.BUFFER_BYTES - 2, 0, OUTPUT_FORWARD));
        settle();
        assertThat(forward.sent.stream().map(PlayedTransmitter.Sent::length))
                .containsExactly(17, 17, 17, CardRing.MAX_FRAME);
        assertThat(drops(DropReason.BAD_SLOT)).isEqualTo(1);
        assertThat(drops(DropReason.OVERSIZE)).isEqualTo(2);
        assertThat(drops(DropReason.OUTPUT_ERROR)).isEqualTo(1);
        assertThat(ring.transmitting.position()).isEqualTo(lengths.length + 1);
        assertThat(ring.transmitting.violation()).isEqualTo(Violation.NONE);
    }

    @Test
    void shouldAccuseAGuestWhosePacketLeavesItsBuffer() {
        ring.offer(2);
        ring.pass(SlotWord.pack(CardRing.BUFFER_BYTES, 1, 0, OUTPUT_FORWARD), word(60, OUTPUT_FORWARD));
        agent.doWork();
        assertThat(ring.transmitting.violation()).isEqualTo(Violation.BAD_SLOT);
        assertThat(drops(DropReason.BAD_SLOT)).isEqualTo(1);
    }

    @Test
    void shouldCountSlotsWithoutPackets() {
        ring.offer(3);
        ring.pass(SlotWord.NO_PACKET, word(60, OUTPUT_FORWARD), SlotWord.NO_PACKET);
        settle();
        assertThat(ring.transmitting.gauges().emptySlots()).isEqualTo(2);
        assertThat(ring.transmitting.position()).isEqualTo(3);
        assertThat(forward.sent).hasSize(1);
    }

    @Test
    void shouldCountWhatGoesToAnOutputThatIsNotThere() {
        agent = ring.agent(forward, null);
        ring.offer(1);
        ring.pass(word(60, OUTPUT_FORWARD | OUTPUT_BACK));
        settle();
        assertThat(drops(DropReason.NO_OUTPUT)).isEqualTo(1);
        assertThat(packets()).isEqualTo(1);
    }

    @Test
    void shouldBelieveNoHeadThatCannotBe() {
        pass(10, OUTPUT_FORWARD);
        agent.doWork();
        for (int head : new int[] {11, SLOTS - 1, SLOTS, -1, Integer.MIN_VALUE, 1 << 16}) {
            forward.writeHead(head);
            agent.doWork();
            assertThat(ring.transmitting.position()).isZero();
        }
        forward.send(10);
        agent.doWork();
        assertThat(ring.transmitting.position()).isEqualTo(10);
        forward.writeHead(5);
        agent.doWork();
        pass(3, OUTPUT_FORWARD);
        agent.doWork();
        assertThat(ring.transmitting.position()).isEqualTo(10);
    }

    @Test
    void shouldDropAfterOutputStallAndSendAgainOnceTheLinkIsUp() {
        pass(10, OUTPUT_FORWARD);
        agent.doWork();
        agent.doWork();
        ring.clockNanos += CardRing.STALL_NANOS;
        agent.doWork();
        assertThat(forward.stops).isZero();
        forward.linkUp = false;
        ring.clockNanos += 1;
        agent.doWork();
        assertThat(forward.stops).isEqualTo(1);
        assertThat(drops(DropReason.OUTPUT_STALL)).isEqualTo(10);
        agent.doWork();
        assertThat(ring.transmitting.position()).isEqualTo(10);

        pass(5, OUTPUT_FORWARD);
        agent.doWork();
        assertThat(drops(DropReason.OUTPUT_STALL)).isEqualTo(15);
        assertThat(ring.transmitting.position()).isEqualTo(15);
        ring.clockNanos += 2 * CardRing.STALL_NANOS;
        agent.doWork();
        assertThat(forward.starts).isZero();

        forward.linkUp = true;
        ring.clockNanos += 20_000_000;
        agent.doWork();
        assertThat(forward.starts).isEqualTo(1);
        pass(7, OUTPUT_FORWARD);
        settle();
        assertThat(forward.sent).hasSize(7);
        assertThat(packets()).isEqualTo(7);
    }

    @Test
    void shouldNotBlameAnOutputThatHasNothingToSend() {
        pass(1, OUTPUT_FORWARD);
        settle();
        ring.clockNanos += 10 * CardRing.STALL_NANOS;
        agent.doWork();
        agent.doWork();
        pass(1, OUTPUT_FORWARD);
        agent.doWork();
        agent.doWork();
        assertThat(forward.stops).isZero();
    }

    @Test
    void shouldCloseItsAccountOverAReset() {
        pass(10, OUTPUT_FORWARD);
        agent.doWork();
        forward.send(4);
        forward.gate.pause("stuck");
        agent.doWork();
        assertThat(forward.gate.paused()).isTrue();
        pass(3, OUTPUT_FORWARD);
        agent.doWork();
        assertThat(ring.transmitting.position()).isZero();
        forward.gate.lost();
        agent.doWork();
        assertThat(drops(DropReason.OUTPUT_ERROR)).isEqualTo(10);
        assertThat(ring.transmitting.position()).isEqualTo(10);
        forward.reset();
        forward.gate.resume();
        settle();
        assertThat(packets()).isEqualTo(3);
        assertThat(ring.transmitting.position()).isEqualTo(13);
        assertThat(forward.sent.getLast().address()).isEqualTo(ring.transmitting.bufferAddress(12) + CardRing.HEADROOM);
    }

    @Test
    void shouldNotWaitForEverForACardThatIsGone() {
        agent.doWork();
        forward.gate.pause("gone");
        agent.doWork();
        forward.gate.lost();
        pass(4, OUTPUT_FORWARD);
        agent.doWork();
        assertThat(ring.transmitting.position()).isZero();
        ring.clockNanos += CardRing.STALL_NANOS + 1;
        agent.doWork();
        assertThat(ring.transmitting.position()).isEqualTo(4);
        assertThat(drops(DropReason.OUTPUT_STALL)).isEqualTo(4);
    }
}
