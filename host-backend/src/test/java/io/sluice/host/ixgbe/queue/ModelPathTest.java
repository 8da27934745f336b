// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sluice.host.endpoint.Intake;
import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.SlotWord;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole way of packets through two cards in software, in turns. */
class ModelPathTest {
    private static byte[] frame(int number, int length) {
        final byte[] frame = new byte[length];
        new Random(number).nextBytes(frame);
        frame[0] = 2; // one station
        frame[12] = 0x08;
        frame[13] = 0x01; // no protocol that a card looks into
        return frame;
    }

    @ParameterizedTest
    @CsvSource({"TRAPPED, LEGACY", "MAPPED_TAILS, LEGACY", "TRAPPED, ADVANCED"})
    void shouldCarryEveryFrameInOrder(RegisterAccess access, ReceiveFormat format) throws IOException {
        try (ModelPath path = new ModelPath(access, format)) {
            final Random random = new Random(1);
            int sent = 0;
            while (path.out.wire.fromCard.size() < 5000) {
                for (int i = random.nextInt(40); i > 0; i--) {
                    path.in.wire.toCard.add(frame(sent, 60 + sent % 1455));
                    sent++;
                }
                path.turn();
                assertThat(path.transmitting.position()).isLessThanOrEqualTo(path.out.wire.fromCard.size());
            }
            path.settle(3);
            assertThat(path.out.wire.fromCard.size()).isEqualTo(sent);
            for (int i = 0; i < sent; i++) {
                assertThat(path.out.wire.fromCard.get(i)).as("frame %d", i).isEqualTo(frame(i, 60 + i % 1455));
            }
            assertThat(path.receiving.counters().packets()).isEqualTo(sent);
            assertThat(path.transmitting.counters().packets()).isEqualTo(sent);
            assertThat(path.transmitting.position()).isEqualTo(path.receiving.position());
        }
    }

    /** What the cards read and write is the slots' buffers: a byte that a guest changes there leaves as it is. */
    @Test
    void shouldCopyNoPayload() throws IOException {
        try (ModelPath path = new ModelPath(RegisterAccess.TRAPPED, ReceiveFormat.LEGACY)) {
            for (int i = 0; i < 1000; i++) {
                path.in.wire.toCard.add(frame(i, 100));
                path.in.model.doWork();
                path.receiver.doWork();
                final long packet = path.guest.bufferAddress(i) + ModelPath.HEADROOM;
                final byte[] there = new byte[100];
                Memory.copyToArray(packet, there, 0, 100);
                assertThat(there).isEqualTo(frame(i, 100));
                path.forward();
                path.transmitter.doWork();
                // Everybody is done but the card: what it sends is read now.
                Memory.byteAt(packet + 99, (byte) i);
                path.out.model.doWork();
                path.transmitter.doWork();
                assertThat(path.out.wire.fromCard.getLast()[99]).isEqualTo((byte) i);
            }
        }
    }

    @Test
    void shouldSendAnswersBack() throws IOException {
        try (ModelPath path = new ModelPath(RegisterAccess.MAPPED_TAILS, ReceiveFormat.LEGACY)) {
            for (int i = 0; i < 3000; i++) {
                path.in.wire.toCard.add(frame(i, 64));
                path.in.model.doWork();
                path.receiver.doWork();
                final long slot = path.guest.slotAddress(path.guest.position());
                if (i % 7 == 0 || i > 1000 && i < 1600) {
                    Memory.longOpaque(slot, SlotWord.withOutputs(Memory.longOpaque(slot), SlotWord.OUTPUT_BACK));
                }
                path.settle(2);
            }
            assertThat(path.in.wire.fromCard.size() + path.out.wire.fromCard.size())
                    .isEqualTo(3000);
            assertThat(path.in.wire.fromCard.size()).isGreaterThan(800);
            assertThat(path.transmitting.counters().packets()).isEqualTo(3000);
        }
    }

    @Test
    void shouldCloseTheAccountWhenThePacketsEnd() throws IOException {
        try (ModelPath path = new ModelPath(RegisterAccess.MAPPED_TAILS, ReceiveFormat.LEGACY)) {
            for (int i = 0; i < 5000; i++) {
                path.in.wire.toCard.add(frame(i, 60));
                path.turn();
                if (i == 4000) {
                    path.receiver.intake(Intake.ENDED);
                }
            }
            path.settle(5);
            assertThat(path.receiver.ended()).isTrue();
            assertThat(path.transmitting.position()).isEqualTo(path.receiving.position());
            assertThat(path.out.wire.fromCard.size())
                    .isEqualTo((int) path.receiving.counters().packets());
        }
    }

    @Test
    void shouldDropWhatWaitsForALinkThatIsDownAndGoOnAfterwards() throws IOException {
        try (ModelPath path = new ModelPath(RegisterAccess.MAPPED_TAILS, ReceiveFormat.LEGACY)) {
            path.out.wire.carrier = false;
            path.out.model.doWork();
            path.maintain();
            for (int i = 0; i < 100; i++) {
                path.in.wire.toCard.add(frame(i, 60));
                path.turn();
            }
            path.settle(3);
            path.clockNanos += ModelPath.STALL_NANOS + 1;
            path.settle(10);
            assertThat(path.transmitting.counters().drops(DropReason.OUTPUT_STALL))
                    .isEqualTo(100);
            assertThat(path.transmitting.position()).isEqualTo(100);

            path.out.wire.carrier = true;
            for (int i = 0; i < 1000 && !path.out.card.link().state().up(); i++) {
                path.maintain();
            }
            path.clockNanos += ModelPath.STALL_NANOS + 1;
            path.turn();
            path.in.wire.toCard.add(frame(1000, 60));
            path.settle(10);
            assertThat(path.out.wire.fromCard.size()).isEqualTo(1);
            assertThat(path.transmitting.counters().packets()).isEqualTo(1);
        }
    }

    /** Whatever the cards do wrong, every packet that has entered the ring is counted once where it leaves it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldCloseTheAccountWhateverTheCardsDo(long seed) throws IOException {
        try (ModelPath path = new ModelPath(RegisterAccess.MAPPED_TAILS, ReceiveFormat.LEGACY)) {
            final Random random = new Random(seed);
            for (int round = 0; round < 3000; round++) {
                for (int i = random.nextInt(12); i > 0; i--) {
                    path.in.wire.toCard.add(frame(round, 60 + random.nextInt(1450)));
                }
                final ModelPath.Side side = random.nextBoolean() ? path.in : path.out;
                switch (random.nextInt(200)) {
                    case 0 -> side.model.faults().delayWriteBack(random.nextInt(1_000_000));
                    case 1 -> side.model.faults().loseLink(random.nextInt(3) == 0);
                    case 2 -> side.model.faults().resetAfter(random.nextInt(300));
                    case 3 -> side.model.faults().stickTransmit(0, random.nextInt(3) == 0);
                    case 4 -> side.model.faults().remove(random.nextInt(3) == 0);
                    case 5 -> path.clockNanos += ModelPath.STALL_NANOS / 2;
                    default -> path.maintainNow();
                }
                path.turn();
            }
            for (ModelPath.Side side : List.of(path.in, path.out)) {
                side.model.faults().delayWriteBack(0);
                side.model.faults().loseLink(false);
                side.model.faults().stickTransmit(0, false);
                side.model.faults().remove(false);
            }
            for (int i = 0; i < 3000; i++) {
                path.maintain();
                path.turn();
            }
            path.receiver.intake(Intake.ENDED);
            path.settle(20);

            assertThat(path.receiver.ended()).isTrue();
            assertThat(path.transmitting.position()).isEqualTo(path.receiving.position());
            long left = path.transmitting.counters().packets();
            for (DropReason reason : DropReason.values()) {
                left += path.transmitting.counters().drops(reason);
            }
            assertThat(left).isEqualTo(path.receiving.counters().packets());
            // What was lost in a reset may have left before, unreported.
            assertThat((long) path.out.wire.fromCard.size())
                    .isBetween(
                            path.transmitting.counters().packets(),
                            path.receiving.counters().packets());
            assertThat(path.transmitting.counters().packets()).isPositive();
        }
    }

    @Test
    void shouldAllocateNothingForAPacket() throws IOException {
        try (ModelPath path = new ModelPath(RegisterAccess.MAPPED_TAILS, ReceiveFormat.LEGACY)) {
            final var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            final byte[] frame = frame(1, 60);
            long allocated = 0;
            for (int round = 0; round < 30_000; round++) {
                for (int i = 0; i < 8; i++) {
                    path.in.wire.toCard.add(frame);
                }
                path.in.model.doWork();
                final long before = threads.getCurrentThreadAllocatedBytes();
                path.receiver.doWork();
                path.forward();
                path.transmitter.doWork();
                final long now = threads.getCurrentThreadAllocatedBytes();
                // At first the clock and the histogram are made.
                allocated += round < 10_000 ? 0 : now - before;
                path.out.model.doWork();
                path.out.wire.fromCard.clear();
            }
            assertThat(path.transmitting.counters().packets()).isGreaterThan(200_000);
            assertThat(allocated).isZero();
        }
    }
}
