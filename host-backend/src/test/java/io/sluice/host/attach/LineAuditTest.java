// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import static io.sluice.shared.ring.RegionDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.function.Direction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.RegionFormat;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.Violation;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineAuditTest {
    private static final int SLOTS = 512;
    private static final int LINES = 4096;
    private static final int CLAIM = 256;

    private final Arena arena = Arena.ofConfined();
    private long base;
    private Ring ring;
    private LineAudit audit;
    private int freeLine;

    @AfterEach
    void free() {
        arena.close();
    }

    /** A ring whose stages belong to {@code parties}; 0 is the host. */
    private void ringOf(int... parties) {
        final List<StageSpec> stages = new ArrayList<>();
        for (int party : parties) {
            stages.add(new StageSpec(party, 0, "stage" + stages.size()));
        }
        final RingSpec spec = new RingSpec(SLOTS, 256, 64, SLOTS, Direction.FORWARD, stages);
        final RegionFormat format =
                new RegionFormat(new RegionSpec("test", List.of("host", "a", "b", "c"), List.of(spec)), LINES);
        base = arena.allocate(format.regionBytes(), 4096).address();
        format.write(base);
        final Directory directory = Directory.ofHost(base, format.controlBytes(), base);
        ring = directory.ring(0);
        audit = new LineAudit(directory);
        freeLine = parties.length;
    }

    private void positions(long... positions) {
        for (int stage = 0; stage < positions.length; stage++) {
            Memory.longRelease(ring.lineAddress(stage) + LINE_POSITION_OFFSET, positions[stage]);
        }
    }

    /** Gives {@code stage} a new line that begins where its old one is, as the host does. */
    private void reattach(int stage) {
        final long line = base + Memory.intAt(base + LINES_OFFSET_OFFSET) + (long) freeLine * LINE_BYTES;
        RegionFormat.writeLine(line, ring.positionAcquire(stage), 1);
        final long entry = base + Memory.intAt(base + RINGS_OFFSET_OFFSET) + RING_STAGES_OFFSET;
        Memory.longRelease(
                entry + (long) stage * STAGE_BYTES + STAGE_ATTACHMENT_OFFSET, attachment(freeLine++, freeLine));
    }

    private Violation found() {
        return audit.turn().map(LineAudit.Finding::violation).orElse(Violation.NONE);
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 0, -1, Long.MIN_VALUE})
    void shouldNameAGuestThatGoesBackNextToAnother(long backwards) {
        ringOf(0, 1, 2, 0);
        positions(9, 7, 5, 5);
        assertThat(found()).isEqualTo(Violation.NONE);
        positions(9, backwards, 5, 5);
        assertThat(found()).isEqualTo(Violation.POSITION_BACKWARDS);
    }

    @ParameterizedTest
    @ValueSource(longs = {10, 9 + SLOTS, Long.MAX_VALUE})
    void shouldNameAGuestThatPassesTheHost(long beyond) {
        ringOf(0, 1, 2, 0);
        positions(9, beyond, 5, 5);
        final LineAudit.Finding finding = audit.turn().orElseThrow();
        assertThat(finding.violation()).isEqualTo(Violation.POSITION_BEYOND);
        assertThat(finding.culprit()).isEqualTo("stage1");
    }

    @Test
    void shouldNameAGuestThatPassesAGuest() {
        ringOf(0, 1, 2, 0);
        assertThat(found()).isEqualTo(Violation.NONE);
        positions(CLAIM + 9, CLAIM + 7, CLAIM + 7, CLAIM + 5);
        assertThat(found()).isEqualTo(Violation.NONE);
        positions(CLAIM + 9, CLAIM + 7, CLAIM + 8, CLAIM + 5);
        assertThat(found()).isEqualTo(Violation.POSITION_BEYOND);
    }

    @Test
    void shouldBearAGuestAheadOfANewNeighbourUntilThatHasCaughtUp() {
        ringOf(0, 1, 2, 0);
        positions(9, 5, 5, 5);
        reattach(1);
        positions(9, 5, 8, 5);
        assertThat(found()).isEqualTo(Violation.NONE);
        positions(9 + CLAIM - 1, 9 + CLAIM - 1, 9 + CLAIM, 5);
        assertThat(found()).isEqualTo(Violation.POSITION_BEYOND);
    }

    @ParameterizedTest
    @ValueSource(longs = {CLAIM + 1 + SLOTS, Long.MAX_VALUE})
    void shouldNameAFirstGuestThatIsMoreThanARingAhead(long beyond) {
        ringOf(1, 0, 2);
        assertThat(found()).isEqualTo(Violation.NONE);
        positions(CLAIM + SLOTS, CLAIM, CLAIM);
        assertThat(found()).isEqualTo(Violation.NONE);
        positions(beyond, CLAIM, CLAIM);
        assertThat(found()).isEqualTo(Violation.POSITION_BEYOND);
    }

    /** A stage's holder: reads the line of the one before that it knows of, and writes its own, whosever it is by now. */
    private final class Holder {
        private final int stage;
        private final long line;
        private final long attachment;
        private long before;
        private long position;
        private int claimed;

        Holder(int stage) {
            this.stage = stage;
            attachment = ring.attachmentAcquire(stage);
            line = ring.lineAddress(stage);
            position = ring.positionAcquire(stage);
            look();
        }

        void look() {
            before = ring.lineAddress(stage == 0 ? ring.stageCount() - 1 : stage - 1);
        }

        /** One step, with nothing between looking who is where and claiming, or much. */
        void step(SplittableRandom random) {
            if (claimed > 0) {
                final int finished = random.nextInt(claimed) + 1;
                claimed -= finished;
                position += finished;
                Memory.longRelease(line + LINE_POSITION_OFFSET, position);
            } else if (random.nextInt(4) > 0) {
                if (ring.attachmentAcquire(stage) == attachment) {
                    look();
                }
            } else {
                final long limit = Memory.longAcquire(before + LINE_POSITION_OFFSET) + (stage == 0 ? SLOTS : 0);
                claimed = Math.clamp(limit - position, 0, CLAIM);
            }
        }

        boolean stale() {
            return ring.attachmentAcquire(stage) != attachment && claimed == 0;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void shouldNeverAccuseHonestHoldersHoweverTheyComeAndGo(int shape) {
        ringOf(new int[][] {{0, 1, 2, 0}, {0, 1, 2, 3}, {1, 2, 3}, {1, 2}}[shape]);
        final SplittableRandom random = new SplittableRandom(shape);
        final List<Holder> holders = new ArrayList<>();
        for (int stage = 0; stage < ring.stageCount(); stage++) {
            holders.add(new Holder(stage));
        }
        for (int step = 0; step < 400_000; step++) {
            holders.get(random.nextInt(holders.size())).step(random);
            holders.removeIf(Holder::stale);
            final int stage = random.nextInt(ring.stageCount());
            if (step % 100 == 0 && ring.party(stage) != 0 && freeLine < LINES) {
                reattach(stage);
                holders.add(new Holder(stage));
            }
            if (random.nextInt(5) == 0) {
                assertThat(audit.turn()).as("step %d of seed %d", step, shape).isEmpty();
            }
        }
        assertThat(ring.positionAcquire(0)).isGreaterThan(10_000);
    }
}
