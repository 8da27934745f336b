// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.function;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.Bell;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.TestRegion;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FunctionAgentTest {
    private static final int OFFSET = 64;
    private static final int LENGTH = 60;

    private final TestRegion region = TestRegion.of(64, 64, 3);
    private final Stage first = region.stage(0);
    private final Stage last = region.stage(2);
    private int calls;

    @AfterEach
    void close() {
        region.close();
    }

    private FunctionAgent agent(PacketFunction function) {
        return new FunctionAgent("fw", region.stage(1), (packet, direction) -> {
            calls++;
            function.process(packet, direction);
        });
    }

    private void send(long word) {
        final long slot = first.slotAddress(first.position());
        Memory.longAt(slot, word);
        Memory.longAt(slot + SlotWord.USER_OFFSET, 1_000 + first.position());
        first.advance(1);
        first.publish();
    }

    private void send(int count) {
        for (int i = 0; i < count; i++) {
            send(SlotWord.pack(LENGTH, OFFSET, 0, SlotWord.OUTPUT_FORWARD));
        }
    }

    private long received() {
        assertThat(last.available()).isPositive();
        final long word = Memory.longAt(last.slotAddress(last.position()));
        last.advance(1);
        last.publish();
        return word;
    }

    @Test
    void shouldForwardWhatTheFunctionLeavesAlone() {
        final FunctionAgent agent = agent((packet, direction) -> {
            assertThat(packet.length()).isEqualTo(LENGTH);
            assertThat(packet.headroom()).isEqualTo(OFFSET);
            assertThat(packet.timestampNanos()).isEqualTo(1_000);
            assertThat(direction).isEqualTo(Direction.FORWARD);
        });
        send(1);
        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(received()).isEqualTo(SlotWord.pack(LENGTH, OFFSET, 0, SlotWord.OUTPUT_FORWARD));
        assertThat(agent.stage().counters().packets()).isEqualTo(1);
        assertThat(agent.stage().counters().bytes()).isEqualTo(LENGTH);
        assertThat(agent.doWork()).isZero();
    }

    @Test
    void shouldEmptyTheSlotOfADroppedPacketAndCountTheReason() {
        final FunctionAgent agent = agent((packet, direction) -> packet.drop(DropReason.DENIED));
        send(2);
        agent.doWork();
        assertThat(SlotWord.outputs(received())).isZero();
        assertThat(agent.stage().counters().drops(DropReason.DENIED)).isEqualTo(2);
        assertThat(agent.stage().counters().packets()).isEqualTo(2);
    }

    @Test
    void shouldCountANamelessDropAsOther() {
        final FunctionAgent agent = agent((packet, direction) -> packet.forward(0));
        send(1);
        agent.doWork();
        assertThat(agent.stage().counters().drops(DropReason.OTHER)).isEqualTo(1);
    }

    @Test
    void shouldPassOnWhatTheFunctionDecided() {
        final FunctionAgent agent = agent((packet, direction) -> {
            packet.growFront(4);
            packet.setInt32(0, 0x8100_0007);
            packet.forward(0b11);
        });
        send(1);
        agent.doWork();
        assertThat(received()).isEqualTo(SlotWord.pack(LENGTH + 4, OFFSET - 4, 0, 0b11));
        assertThat(Memory.intNetwork(last.bufferAddress(0) + OFFSET - 4)).isEqualTo(0x8100_0007);
    }

    @Test
    void shouldSendAnswersPastTheFunctionsThatFollow() {
        final FunctionAgent agent = agent((packet, direction) -> packet.answer());
        final long answer = SlotWord.pack(LENGTH, OFFSET, SlotWord.FLAG_ANSWER, SlotWord.OUTPUT_BACK);
        send(1);
        send(answer);
        agent.doWork();
        assertThat(received()).isEqualTo(answer);
        assertThat(received()).isEqualTo(answer);
        assertThat(calls).isEqualTo(1);
        assertThat(agent.stage().counters().packets()).isEqualTo(1);
    }

    @Test
    void shouldPassEmptySlotsUnseen() {
        final FunctionAgent agent = agent((packet, direction) -> {});
        send(0L);
        agent.doWork();
        assertThat(received()).isZero();
        assertThat(calls).isZero();
        assertThat(agent.stage().counters().packets()).isZero();
    }

    @Test
    void shouldDropASlotThatPointsOutsideItsBuffer() {
        final FunctionAgent agent = agent((packet, direction) -> {});
        send(SlotWord.pack(200, 64, 0, 1));
        send(SlotWord.pack(0xFFFF, 0, 0, 1));
        send(SlotWord.pack(0, 0xFFFF, 0, 1));
        agent.doWork();
        assertThat(calls).isZero();
        assertThat(agent.stage().counters().drops(DropReason.BAD_SLOT)).isEqualTo(3);
        assertThat(received()).isZero();
    }

    @Test
    void shouldDropThePacketOnWhichAFunctionThrowsAndGoOn() {
        final FunctionAgent agent = agent((packet, direction) -> {
            if (packet.timestampNanos() == 1_001) {
                packet.unsignedByte(packet.length());
            }
        });
        send(3);
        assertThat(agent.doWork()).isEqualTo(3);
        assertThat(SlotWord.outputs(received())).isEqualTo(1);
        assertThat(SlotWord.outputs(received())).isZero();
        assertThat(SlotWord.outputs(received())).isEqualTo(1);
        assertThat(agent.stage().counters().drops(DropReason.FAILED)).isEqualTo(1);
        assertThat(agent.lastFailure()).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldPublishEveryEightPacketsAndAtOnceWhenIdle() {
        final List<Integer> seen = new ArrayList<>();
        final FunctionAgent agent = agent((packet, direction) -> seen.add(last.look()));
        send(20);
        agent.doWork();
        assertThat(seen).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 8, 8, 8, 8, 8, 8, 8, 8, 16, 16, 16, 16);
        assertThat(last.look()).isEqualTo(20);
    }

    @Test
    void shouldArmForOnePacketOnlyWhereItCanBeKicked() {
        final FunctionAgent agent = agent((packet, direction) -> {});
        final long wake = RegionDescriptor.LINE_BYTES + RegionDescriptor.LINE_WAKE_OFFSET;
        final long lines = region.base() + Memory.intAt(region.base() + RegionDescriptor.LINES_OFFSET_OFFSET);
        assertThat(agent.arm(new Waits(false))).isTrue();
        assertThat(Memory.longAt(lines + wake)).isEqualTo(RegionDescriptor.NEVER);
        assertThat(agent.arm(new Waits(true))).isTrue();
        assertThat(Memory.longAt(lines + wake)).isEqualTo(1);
        agent.disarm();
        assertThat(Memory.longAt(lines + wake)).isEqualTo(RegionDescriptor.NEVER);
        send(1);
        assertThat(agent.arm(new Waits(false))).isFalse();
        assertThat(agent.arm(new Waits(true))).isFalse();
    }

    @Test
    void shouldBeDoneWhenItsPlaceIsGone() {
        final FunctionAgent agent = agent((packet, direction) -> {});
        send(1);
        region.reattach(1, 0);
        assertThat(agent.doWork()).isZero();
        assertThat(agent.done()).isTrue();
        assertThat(calls).isZero();
    }

    /**
     * Three stages and a function in one thread. The compiler works beside the test, and what it has not compiled yet
     * may allocate: a million packets without a byte from the heap are asked for once it is done.
     */
    @Test
    void shouldAllocateNothing() {
        final FunctionAgent agent = new FunctionAgent("fw", region.stage(1), (packet, direction) -> {
            if (packet.unsignedShort(12) == 1) {
                packet.drop(DropReason.DENIED);
            }
            packet.setByte(0, packet.unsignedByte(0) + 1);
        });
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = Long.MAX_VALUE;
        int rounds = 0;
        while (allocated != 0 && rounds < 10) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            pump(agent, 1_000_000);
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
            rounds++;
        }
        assertThat(allocated).as("bytes allocated over a million packets").isZero();
        assertThat(agent.stage().counters().packets()).isEqualTo(rounds * 1_000_000L);
    }

    private void pump(FunctionAgent agent, int packets) {
        final long end = last.position() + packets;
        while (last.position() < end) {
            final int room = (int) Math.min(first.available(), end - first.position());
            for (int i = 0; i < room; i++) {
                final long slot = first.slotAddress(first.position());
                Memory.longOpaque(slot, SlotWord.pack(LENGTH, OFFSET, 0, SlotWord.OUTPUT_FORWARD));
                Memory.shortNetwork(
                        first.bufferAddress(first.position()) + OFFSET + 12, (short) (first.position() & 1));
                first.advance(1);
            }
            first.publish();
            agent.doWork();
            last.advance(last.available());
            last.publish();
            last.settle();
        }
    }

    /** A wait set that takes no notes. */
    private record Waits(boolean canBeKicked) implements WaitSet {
        @Override
        public void awaitKick(Bell bell) {}

        @Override
        public void awaitReadable(int descriptor) {}

        @Override
        public void awaitWritable(int descriptor) {}

        @Override
        public void dueIn(long nanos) {}
    }
}
