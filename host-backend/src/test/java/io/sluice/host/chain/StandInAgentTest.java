// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.attach.HostRegion;
import io.sluice.host.attach.LossPolicy;
import io.sluice.shared.function.Direction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.Bell;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host in a lost guest's place: {@code first => guest => last}. */
class StandInAgentTest {
    private static final int SLOTS = 64;
    private static final long PACKET = SlotWord.pack(60, 128, 0, SlotWord.OUTPUT_FORWARD);
    private static final long ANSWER = SlotWord.pack(60, 128, SlotWord.FLAG_ANSWER, SlotWord.OUTPUT_BACK);
    private static final long BOTH = SlotWord.pack(1500, 64, 0, 0b11);

    @TempDir
    private Path folder;

    private HostRegion region;
    private Stage first;
    private Stage last;

    @BeforeEach
    void open() throws IOException {
        final List<StageSpec> stages =
                List.of(new StageSpec(0, 0, "first"), new StageSpec(1, 0, "guest:fw"), new StageSpec(0, 0, "last"));
        final RingSpec ring = new RingSpec(SLOTS, 2048, 128, SLOTS, Direction.FORWARD, stages);
        region = new HostRegion(
                new RegionSpec("chain1", List.of("host", "fw"), List.of(ring)), folder.resolve("chain1.status"));
        first = new Stage(ring(), 0, Doorbell.NONE);
        last = new Stage(ring(), 2, Doorbell.NONE);
    }

    @AfterEach
    void close() {
        region.close();
    }

    private Ring ring() {
        return region.directory().ring(0);
    }

    private StandInAgent agent(LossPolicy policy) {
        return new StandInAgent("stand-in for fw", 0, 1, 0, policy, region, new HostStages(region, -1, -1));
    }

    private StandInAgent begun(LossPolicy policy, int doubtful) {
        final StandInAgent agent = agent(policy);
        agent.begin(new Stage(ring(), 1, Doorbell.NONE), doubtful);
        return agent;
    }

    private void send(long... words) {
        for (long word : words) {
            Memory.longOpaque(first.slotAddress(first.position()), word);
            first.advance(1);
        }
        first.publish();
    }

    private List<Long> received() {
        final List<Long> words = new ArrayList<>();
        for (int left = last.look(); left > 0; left--) {
            words.add(Memory.longOpaque(last.slotAddress(last.position())));
            last.advance(1);
        }
        last.publish();
        return words;
    }

    private long guestLost() {
        return ring().counters(1).drops(DropReason.GUEST_LOST);
    }

    @Test
    void shouldPassOnWhateverComesUnchangedUnderBypass() {
        final StandInAgent agent = begun(LossPolicy.BYPASS, 0);
        send(PACKET, ANSWER, SlotWord.NO_PACKET, BOTH, -1L);
        assertThat(agent.doWork()).isEqualTo(5);
        assertThat(received()).containsExactly(PACKET, ANSWER, SlotWord.NO_PACKET, BOTH, -1L);
        assertThat(guestLost()).isZero();
        assertThat(agent.doWork()).isZero();
    }

    @Test
    void shouldEmptyAndCountEveryPacketUnderDrop() {
        final StandInAgent agent = begun(LossPolicy.DROP, 0);
        send(PACKET, ANSWER, SlotWord.NO_PACKET, BOTH);
        assertThat(agent.doWork()).isEqualTo(4);
        assertThat(received()).hasSize(4).containsOnly(SlotWord.NO_PACKET);
        assertThat(guestLost()).as("three packets and an empty slot").isEqualTo(3);
        assertThat(ring().counters(1).packets())
                .as("the guest has seen none of them")
                .isZero();
    }

    @Test
    void shouldEmptyUnderBypassOnlyWhatTheGuestMayStillWriteTo() {
        final StandInAgent agent = begun(LossPolicy.BYPASS, 3);
        send(PACKET, SlotWord.NO_PACKET);
        agent.doWork();
        send(PACKET, PACKET, PACKET);
        agent.doWork();
        assertThat(received())
                .containsExactly(SlotWord.NO_PACKET, SlotWord.NO_PACKET, SlotWord.NO_PACKET, PACKET, PACKET);
        assertThat(guestLost()).isEqualTo(2);
    }

    @Test
    void shouldEmptyAndNotCountWhatIsStoredLateUnderEitherPolicy() {
        for (LossPolicy policy : new LossPolicy[] {LossPolicy.BYPASS, LossPolicy.DROP}) {
            final StandInAgent agent = begun(policy, 0);
            final long position = first.position();
            ring().quarantine().add(position + 1, position + 3);
            send(SlotWord.NO_PACKET, PACKET, SlotWord.NO_PACKET);
            final long before = guestLost();
            agent.doWork();
            assertThat(received())
                    .as("before %s's next guest or end sees it", policy)
                    .containsOnly(SlotWord.NO_PACKET);
            assertThat(guestLost()).isEqualTo(before);
            ring().quarantine().remove(position + 1, position + 3);
        }
    }

    @Test
    void shouldGoRoundTheRingForEver() {
        final StandInAgent agent = begun(LossPolicy.BYPASS, 16);
        long sent = 0;
        long passed = 0;
        for (int round = 0; round < 1_000; round++) {
            while (first.look() > 0) {
                send(PACKET);
                sent++;
            }
            agent.doWork();
            passed += received().stream().filter(word -> word == PACKET).count();
        }
        assertThat(guestLost()).isEqualTo(16);
        assertThat(passed).isEqualTo(sent - 16);
    }

    @Test
    void shouldDoNothingBeforeItBeginsAndAfterItHasEnded() {
        final StandInAgent agent = agent(LossPolicy.DROP);
        send(PACKET);
        assertThat(agent.ended()).isTrue();
        assertThat(agent.doWork()).isZero();
        agent.begin(new Stage(ring(), 1, Doorbell.NONE), 0);
        assertThat(agent.ended()).isFalse();
        agent.end();
        assertThat(agent.ended()).as("only its own thread can leave").isFalse();
        assertThat(agent.arm(new Waits(true)))
                .as("it does not sleep before it has left")
                .isFalse();
        assertThat(agent.doWork()).isZero();
        assertThat(agent.ended()).isTrue();
        assertThat(agent.arm(new Waits(true))).isTrue();
        assertThat(agent.doWork()).isZero();
        assertThat(received()).isEmpty();
        agent.begin(new Stage(ring(), 1, Doorbell.NONE), 0);
        assertThat(agent.doWork()).as("it can begin again").isEqualTo(1);
    }

    @Test
    void shouldSleepUntilAPacketWaits() {
        final StandInAgent agent = begun(LossPolicy.BYPASS, 0);
        assertThat(agent.arm(new Waits(true))).isTrue();
        assertThat(ring().asleep(1)).isTrue();
        agent.disarm();
        assertThat(ring().asleep(1)).isFalse();
        send(PACKET);
        assertThat(agent.arm(new Waits(true))).isFalse();
        assertThat(agent.arm(new Waits(false))).isFalse();
    }

    @Test
    void shouldRetireTheRegionWhereTheGuestMovesTheHostsPosition() {
        final StandInAgent agent = begun(LossPolicy.BYPASS, 0);
        send(PACKET);
        agent.doWork();
        final HostStages watch = new HostStages(region, -1, -1);
        watch.add(last);
        Memory.longRelease(ring().lineAddress(1) + RegionDescriptor.LINE_POSITION_OFFSET, 9);
        last.look();
        watch.watch();
        assertThat(region.retireReason()).isEqualTo(Violation.POSITION_BEYOND);
        assertThat(agent.done()).isTrue();
        assertThat(agent.doWork()).isZero();
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
