// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static io.sluice.host.chain.JoinedRegions.BUFFER_BYTES;
import static io.sluice.host.chain.JoinedRegions.HEADROOM;
import static io.sluice.host.chain.JoinedRegions.fill;
import static io.sluice.host.chain.JoinedRegions.passAll;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.Bell;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.Violation;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyAgentTest {
    private static final int SLOTS = 16;
    private static final long NEVER = Long.MAX_VALUE / 2;
    private static final long MARK = 0x1122_3344_5566_7788L;

    @TempDir
    private Path folder;

    private JoinedRegions regions;
    private Stage first;
    private Stage x;
    private Stage y;
    private Stage last;
    private CopyAgent copy;

    /** A wait set that keeps what it is told. */
    private static final class Notes implements WaitSet {
        final List<Long> dueNanos = new ArrayList<>();

        @Override
        public boolean canBeKicked() {
            return true;
        }

        @Override
        public void awaitKick(Bell bell) {}

        @Override
        public void awaitReadable(int descriptor) {}

        @Override
        public void awaitWritable(int descriptor) {}

        @Override
        public void dueIn(long nanos) {
            dueNanos.add(nanos);
        }
    }

    @BeforeEach
    void join() {
        regions = new JoinedRegions(folder, 2, 1, SLOTS, Doorbell.NONE);
        first = regions.first();
        x = regions.guest(0, 1);
        y = regions.guest(1, 1);
        last = regions.last();
        copy = regions.copy(0, NEVER);
    }

    @AfterEach
    void close() {
        regions.close();
    }

    private void send(int packets, long from) {
        for (int i = 0; i < packets; i++) {
            fill(first, 60, 0, SlotWord.OUTPUT_FORWARD, from + i, from + i);
        }
        first.publish();
        passAll(x);
    }

    /** What the last stage would send now, by the marks in the packets; an empty slot counts as none. */
    private List<Long> arrived() {
        passAll(y);
        last.refresh();
        final List<Long> marks = new ArrayList<>();
        for (int left = last.look(); left > 0; left--) {
            final long word = Memory.longOpaque(last.slotAddress(last.position()));
            assertThat(SlotWord.outputs(word)).isNotZero();
            marks.add(Memory.longAt(last.bufferAddress(last.position()) + SlotWord.offset(word)));
            last.advance(1);
        }
        last.publish();
        return marks;
    }

    private long dropped(DropReason reason) {
        return regions.ring(0).counters(2).drops(reason);
    }

    @Test
    void shouldCopyInOrderAndGiveTheSlotsBack() {
        for (int round = 0; round < 5; round++) {
            send(SLOTS, 100 * round);
            assertThat(first.look()).isZero();
            assertThat(copy.doWork()).isEqualTo(SLOTS);
            assertThat(first.look()).isEqualTo(SLOTS);
            final List<Long> arrived = arrived();
            assertThat(arrived).hasSize(SLOTS).isSorted().startsWith(100L * round);
        }
        assertThat(copy.doWork()).isZero();
        assertThat(regions.ring(0).counters(2).packets()).isEqualTo(5 * SLOTS);
        assertThat(regions.ring(1).counters(0).packets()).isEqualTo(5 * SLOTS);
        assertThat(regions.ring(1).counters(0).bytes()).isEqualTo(5 * SLOTS * 60);
    }

    @Test
    void shouldPassOnFlagsOutputsAndTheTimeOfReception() {
        fill(first, 100, SlotWord.FLAG_ANSWER, SlotWord.OUTPUT_BACK, 7, MARK);
        fill(first, 60, SlotWord.FLAG_LIVE_TIMESTAMP, 3, 8, MARK);
        first.publish();
        passAll(x);
        copy.doWork();

        final long slot = last.slotAddress(0);
        assertThat(Memory.longAt(slot))
                .isEqualTo(SlotWord.pack(100, HEADROOM, SlotWord.FLAG_ANSWER, SlotWord.OUTPUT_BACK));
        assertThat(Memory.longAt(slot + SlotWord.USER_OFFSET)).isEqualTo(7);
        assertThat(Memory.longAt(last.slotAddress(1)))
                .isEqualTo(SlotWord.pack(60, HEADROOM, SlotWord.FLAG_LIVE_TIMESTAMP, 3));
        assertThat(Memory.longAt(last.slotAddress(1) + SlotWord.USER_OFFSET)).isEqualTo(8);
    }

    @Test
    void shouldCopyTheBytesOfThePacketAndNoOthers() {
        final long buffer = first.bufferAddress(0);
        for (int i = 0; i < BUFFER_BYTES; i++) {
            Memory.byteAt(buffer + i, (byte) 0x55);
        }
        JoinedRegions.word(first, SlotWord.pack(10, 3, 0, SlotWord.OUTPUT_FORWARD), 0);
        first.advance(1);
        first.publish();
        passAll(x);
        copy.doWork();

        final byte[] copied = new byte[BUFFER_BYTES];
        Memory.copyToArray(y.bufferAddress(0), copied, 0, BUFFER_BYTES);
        for (int i = 0; i < BUFFER_BYTES; i++) {
            assertThat(copied[i]).as("byte %d", i).isEqualTo((byte) (i >= HEADROOM && i < HEADROOM + 10 ? 0x55 : 0));
        }
    }

    @Test
    void shouldTakeAPacketThatHasGrownIntoItsHeadroom() {
        JoinedRegions.word(first, SlotWord.pack(BUFFER_BYTES, 0, 0, SlotWord.OUTPUT_FORWARD), 0);
        Memory.longAt(first.bufferAddress(0), MARK);
        first.advance(1);
        first.publish();
        passAll(x);
        copy.doWork();

        assertThat(Memory.longAt(y.slotAddress(0)))
                .isEqualTo(SlotWord.pack(BUFFER_BYTES, 0, 0, SlotWord.OUTPUT_FORWARD));
        assertThat(arrived()).containsExactly(MARK);
    }

    @Test
    void shouldDropSlotsThatPointOutsideTheirBuffer() {
        JoinedRegions.word(first, SlotWord.pack(2, BUFFER_BYTES - 1, 0, SlotWord.OUTPUT_FORWARD), 0);
        first.advance(1);
        JoinedRegions.word(first, SlotWord.pack(0xFFFF, 0xFFFF, 0, SlotWord.OUTPUT_FORWARD), 0);
        first.advance(1);
        JoinedRegions.word(first, SlotWord.pack(0, HEADROOM, 0, SlotWord.OUTPUT_FORWARD), 0);
        first.advance(1);
        fill(first, 60, 0, SlotWord.OUTPUT_FORWARD, 0, MARK);
        first.publish();
        passAll(x);

        assertThat(copy.doWork()).isEqualTo(4);
        assertThat(dropped(DropReason.BAD_SLOT)).isEqualTo(3);
        assertThat(arrived()).containsExactly(MARK);
    }

    @Test
    void shouldNotPassOnOutputsThatNoRingHas() {
        fill(first, 60, 0, SlotWord.OUTPUT_FORWARD | 4, 0, 1);
        fill(first, 60, 0, 0x8000, 0, 2);
        fill(first, 60, 0, SlotWord.OUTPUT_FORWARD | SlotWord.OUTPUT_BACK, 0, 3);
        first.publish();
        passAll(x);

        assertThat(copy.doWork()).isEqualTo(3);
        assertThat(dropped(DropReason.NO_OUTPUT)).isEqualTo(2);
        assertThat(arrived()).containsExactly(3L);
    }

    @Test
    void shouldNotPassOnWhatWasDroppedBefore() {
        send(1, 1);
        fill(first, 60, 0, 0, 0, 2);
        first.publish();
        passAll(x);
        send(1, 3);

        assertThat(copy.doWork()).isEqualTo(3);
        assertThat(regions.ring(0).gauges(2).emptySlots()).isEqualTo(1);
        assertThat(arrived()).containsExactly(1L, 3L);
    }

    @Test
    void shouldHoldItsRingWhileTheNextIsFull() {
        send(SLOTS, 0);
        copy.doWork();
        send(4, 100);

        assertThat(copy.doWork()).isZero();
        assertThat(first.look()).isEqualTo(SLOTS - 4);
        final Notes notes = new Notes();
        assertThat(copy.arm(notes)).isTrue();
        assertThat(notes.dueNanos).hasSize(1);
        copy.disarm();
        assertThat(arrived()).hasSize(SLOTS);
        assertThat(copy.arm(notes)).as("room again").isFalse();
        assertThat(copy.doWork()).isEqualTo(4);
        assertThat(arrived()).containsExactly(100L, 101L, 102L, 103L);
        assertThat(regions.ring(0).counters(2).packets()).isEqualTo(SLOTS + 4);
    }

    @Test
    void shouldDropWhatAStalledNextRingDoesNotTake() {
        final CopyAgent impatient = regions.copy(0, 1);
        send(SLOTS, 0);
        assertThat(impatient.doWork()).isEqualTo(SLOTS);
        send(4, 100);
        int work = 0;
        while (work < 4) {
            work += impatient.doWork();
        }
        assertThat(dropped(DropReason.OUTPUT_STALL)).isEqualTo(4);
        send(2, 200);
        assertThat(impatient.doWork()).isEqualTo(2);
        assertThat(dropped(DropReason.OUTPUT_STALL)).isEqualTo(6);

        assertThat(arrived()).hasSize(SLOTS);
        send(3, 300);
        assertThat(impatient.doWork()).isEqualTo(3);
        assertThat(arrived()).containsExactly(300L, 301L, 302L);
        assertThat(dropped(DropReason.OUTPUT_STALL)).isEqualTo(6);
    }

    @Test
    void shouldTakeNothingOutOfSlotsThatALostGuestMayWriteTo() {
        send(4, 0);
        regions.ring(0).quarantine().add(1, 3);

        assertThat(copy.doWork()).isEqualTo(4);
        assertThat(arrived()).containsExactly(0L, 3L);
        assertThat(regions.ring(0).gauges(2).emptySlots()).isEqualTo(2);
        regions.ring(0).quarantine().remove(1, 3);
        send(SLOTS, 10);
        copy.doWork();
        assertThat(arrived()).hasSize(SLOTS);
    }

    @Test
    void shouldPutNothingIntoSlotsThatALostGuestMayWriteTo() {
        regions.ring(1).quarantine().add(1, 3);
        send(3, 0);

        assertThat(copy.doWork()).isEqualTo(3);
        assertThat(passAll(y)).isEqualTo(5);
        assertThat(last.look()).isEqualTo(5);
        for (int position = 0; position < 5; position++) {
            final long word = Memory.longOpaque(last.slotAddress(position));
            final boolean kept = position == 1 || position == 2;
            assertThat(SlotWord.outputs(word)).isEqualTo(kept ? 0 : SlotWord.OUTPUT_FORWARD);
        }
    }

    @Test
    void shouldGoOnBehindARingOfWhichALostGuestMayWriteToEverySlot() {
        regions.ring(1).quarantine().add(0, SLOTS);
        send(2, 0);

        assertThat(copy.doWork()).isZero();
        assertThat(passAll(y)).isEqualTo(SLOTS);
        regions.ring(1).quarantine().remove(0, SLOTS);
        passAll(last);
        assertThat(copy.doWork()).isEqualTo(2);
        assertThat(arrived()).containsExactly(0L, 1L);
    }

    @Test
    void shouldNotFreezeTheRingBeforeARetiredRegion() {
        send(3, 0);
        copy.doWork();
        regions.region(1).retire(Violation.POSITION_BEYOND, "guest:y");
        for (int round = 0; round < 10; round++) {
            send(SLOTS, 0);
            assertThat(copy.doWork()).isEqualTo(SLOTS);
        }
        assertThat(dropped(DropReason.OUTPUT_ERROR)).isEqualTo(10 * SLOTS);
        assertThat(x.refresh()).isTrue();
        assertThat(copy.done()).isFalse();
    }

    @Test
    void shouldBringNothingMoreFromARetiredRegion() {
        send(3, 0);
        copy.doWork();
        send(3, 10);
        regions.region(0).retire(Violation.POSITION_BACKWARDS, "guest:x");

        assertThat(copy.doWork()).isZero();
        assertThat(copy.done()).isFalse();
        assertThat(copy.arm(new Notes())).isTrue();
        copy.disarm();
        assertThat(arrived()).containsExactly(0L, 1L, 2L);
        assertThat(y.refresh()).isTrue();
        regions.region(1).retire(Violation.NONE, "");
        copy.doWork();
        assertThat(copy.done()).isTrue();
    }

    @Test
    void shouldStopAtAForgedPositionAndAccuseOnlyItsRegion() {
        final Stage from = new Stage(regions.ring(0), 2, Doorbell.NONE);
        final Stage to = new Stage(regions.ring(1), 0, Doorbell.NONE);
        final CopyAgent watched = new CopyAgent("copy", from, to, NEVER);
        send(3, 0);
        watched.doWork();
        regions.forge(0, 1, 1_000_000);
        watched.doWork();
        watched.doWork();

        assertThat(from.violation()).isEqualTo(Violation.POSITION_BEYOND);
        assertThat(to.violation()).isEqualTo(Violation.NONE);
        assertThat(arrived()).containsExactly(0L, 1L, 2L);
    }

    @Test
    void shouldCopyAPacketOncePerChangeOfDomainAndNowhereElse() {
        try (JoinedRegions three = new JoinedRegions(folder, 3, 2, SLOTS, Doorbell.NONE)) {
            final Stage begin = three.first();
            fill(begin, 60, 0, SlotWord.OUTPUT_FORWARD, 0, MARK);
            begin.publish();
            for (int region = 0; region < 3; region++) {
                passAll(three.guest(region, 1));
                passAll(three.guest(region, 2));
                if (region < 2) {
                    assertThat(three.copy(region, NEVER).doWork()).isEqualTo(1);
                }
            }
            assertThat(three.last().look()).isEqualTo(1);
            for (int region = 0; region < 3; region++) {
                assertThat(three.places(region, MARK)).as("region %d", region).isEqualTo(1);
            }
        }
    }

    @Test
    void shouldCopyAMillionPacketsWithoutAllocating() {
        final int rounds = 1_000_000 / SLOTS;
        final var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        carry(rounds / 4);
        threads.getCurrentThreadAllocatedBytes();
        final long before = threads.getCurrentThreadAllocatedBytes();
        carry(rounds);
        // What the VM itself may put down to this thread while it compiles: far below a byte for each packet.
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
        assertThat(regions.ring(1).counters(0).packets()).isEqualTo((long) SLOTS * (rounds + rounds / 4));
    }

    private void carry(int rounds) {
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < SLOTS; i++) {
                JoinedRegions.word(first, SlotWord.pack(60, HEADROOM, 0, SlotWord.OUTPUT_FORWARD), 0);
                first.advance(1);
            }
            first.publish();
            passAll(x);
            copy.doWork();
            passAll(y);
            passAll(last);
            first.look();
        }
    }
}
