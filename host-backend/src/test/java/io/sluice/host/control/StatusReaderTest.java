// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.sluice.host.attach.GuestState;
import io.sluice.host.attach.StatusFile;
import io.sluice.shared.function.Direction;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusReaderTest {
    @TempDir
    private Path folder;

    private TestRegion region;
    private StatusFile file;

    @BeforeEach
    void open() throws IOException {
        final Path path = folder.resolve("backend-1-edge" + StatusFile.SUFFIX);
        region = new TestRegion("edge", path);
        file = StatusFile.open(path);
    }

    @AfterEach
    void close() {
        file.close();
        region.close();
    }

    private RingStatus ring() {
        return StatusReader.read(file).rings().getFirst();
    }

    @Test
    void shouldTellWhatEachStageHasDone() {
        TestRegion.pass(region.receive, 100);
        TestRegion.pass(region.guest, 60);
        region.guest.counters().addDrop(DropReason.DENIED);
        region.guest.counters().addDrop(DropReason.DENIED);
        region.guest.counters().addDrop(DropReason.FRAGMENT);
        TestRegion.pass(region.transmit, 25);
        region.transmit.gauges().addEmptySlot();
        region.transmit.gauges().latency(7, 1_000, 2_000, 3_000, 4_000);
        region.region().mirror();

        final ChainStatus chain = StatusReader.read(file);
        assertThat(chain.name()).isEqualTo("edge");
        assertThat(chain.state()).isEqualTo(ChainStatus.State.LIVE);
        assertThat(chain.guests()).hasSize(1);
        final GuestStatus guest = chain.guests().getFirst();
        assertThat(guest.name()).isEqualTo("fw");
        assertThat(guest.connected()).isFalse();
        assertThat(guest.life().state()).isEqualTo(GuestState.ABSENT);

        final RingStatus ring = chain.rings().getFirst();
        assertThat(ring.direction()).isEqualTo(Direction.FORWARD);
        assertThat(ring.slots()).isEqualTo(TestRegion.SLOTS);
        assertThat(ring.inRing()).isEqualTo(75);
        assertThat(ring.stages()).extracting(StageStatus::label).containsExactly("gen:", "guest:fw", "null:");
        assertThat(ring.stages()).extracting(StageStatus::party).containsExactly("host", "fw", "host");
        assertThat(ring.stages()).extracting(StageStatus::packets).containsExactly(100L, 60L, 25L);
        assertThat(ring.stages()).extracting(StageStatus::bytes).containsExactly(10_000L, 6_000L, 2_500L);
        assertThat(ring.stages()).extracting(StageStatus::waiting).containsExactly(0L, 40L, 35L);
        assertThat(ring.stages().get(1).drops()).isEqualTo(Map.of(DropReason.DENIED, 2L, DropReason.FRAGMENT, 1L));
        assertThat(ring.stages().get(1).dropped()).isEqualTo(3);
        assertThat(ring.last().emptySlots()).isEqualTo(1);
        assertThat(ring.last().latency()).contains(new StageStatus.Latency(7, 1_000, 2_000, 3_000, 4_000));
        assertThat(ring.first().latency()).isEmpty();
    }

    @Test
    void shouldCompareOnlyPositionsOfOneMoment() {
        TestRegion.pass(region.receive, 100);
        region.region().mirror();
        TestRegion.pass(region.guest, 100);
        TestRegion.pass(region.transmit, 100);

        assertThat(ring().stages()).extracting(StageStatus::waiting).containsExactly(0L, 100L, 0L);
        assertThat(ring().last().packets())
                .as("the host's counters as they are")
                .isEqualTo(100);

        region.region().mirror();
        assertThat(ring().stages()).extracting(StageStatus::waiting).containsExactly(0L, 0L, 0L);
        assertThat(ring().inRing()).isZero();
    }

    @Test
    void shouldNotBelieveAPositionThatCannotBe() {
        region.guest.advance(1_000_000);
        region.guest.publish();
        region.region().mirror();

        assertThat(ring().stages()).extracting(StageStatus::waiting).containsExactly(0L, 0L, (long) TestRegion.SLOTS);
    }

    @Test
    void shouldTellWhoSleeps() {
        assertThat(region.guest.arm(1)).isTrue();
        region.region().mirror();

        assertThat(ring().stages()).extracting(StageStatus::asleep).containsExactly(false, true, false);
    }

    @Test
    void shouldTellWhyARegionIsRetired() {
        region.region().retire(Violation.POSITION_BEYOND, "guest:fw");

        final ChainStatus chain = StatusReader.read(file);
        assertThat(chain.state()).isEqualTo(ChainStatus.State.RETIRED);
        assertThat(chain.retireReason()).isEqualTo(Violation.POSITION_BEYOND);
    }

    @Test
    void shouldGiveRatesBetweenTwoReadings() {
        TestRegion.pass(region.receive, 10);
        final StageStatus before = ring().first();
        TestRegion.pass(region.receive, 50);
        final StageStatus after = ring().first();

        final double seconds = (after.atNanos() - before.atNanos()) / 1e9;
        assertThat(after.rateSince(before)).hasValueSatisfying(rate -> {
            assertThat(rate.packets() * seconds).isCloseTo(50, offset(1e-6));
            assertThat(rate.bits() * seconds).isCloseTo(50 * 800, offset(1e-3));
        });
        assertThat(before.rateSince(after)).as("backwards").isEmpty();
    }
}
