// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import static io.sluice.shared.ring.RegionDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.function.Direction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegionFormatTest {
    private static final List<StageSpec> STAGES =
            List.of(new StageSpec(0, 2, "tap:lan"), new StageSpec(1, 1, "guest:fw"), new StageSpec(0, 3, "tap:wän"));

    private static RegionFormat format() {
        final RingSpec forward = new RingSpec(256, 2048, 128, 256, Direction.FORWARD, STAGES);
        final RingSpec backward = new RingSpec(8, 256, 0, 7, Direction.BACKWARD, STAGES);
        return new RegionFormat(new RegionSpec("a <=> b", List.of("host", "fw"), List.of(forward, backward)), 20);
    }

    /** The table of docs/ring-format.md, number by number: changing one of these is a new version of the format. */
    @Test
    void shouldKeepTheDocumentedOffsets() {
        assertThat(MAGIC).isEqualTo(0x4752_4543_4955_4C53L);
        assertThat(VERSION).isEqualTo(2);
        assertThat(new int[] {
                    MAGIC_OFFSET, VERSION_OFFSET, HEADER_BYTES_OFFSET, FEATURES_OFFSET, REGION_BYTES_OFFSET,
                    STATE_OFFSET, RETIRE_REASON_OFFSET, PARTIES_OFFSET_OFFSET, PARTY_COUNT_OFFSET, RINGS_OFFSET_OFFSET,
                    RING_COUNT_OFFSET, LINES_OFFSET_OFFSET, LINE_COUNT_OFFSET, NAME_OFFSET, HEADER_BYTES
                })
                .containsExactly(0, 8, 12, 16, 24, 32, 36, 40, 44, 48, 52, 56, 60, 64, 4096);
        assertThat(new int[] {ATTACH_VECTOR_OFFSET, BACKEND_BEAT_OFFSET}).containsExactly(160, 168);
        assertThat(new int[] {
                    PARTY_PEER_ID_OFFSET,
                    PARTY_ATTACHMENTS_OFFSET,
                    PARTY_CONNECTION_OFFSET,
                    PARTY_GRANTED_OFFSET,
                    PARTY_REQUEST_OFFSET,
                    PARTY_BYTES,
                    NAME_BYTES
                })
                .containsExactly(64, 68, 72, 76, 80, 128, 64);
        assertThat(new int[] {CLAIM_SLOTS, STALE_SLOTS}).containsExactly(8, 16);
        assertThat(new int[] {
                    RING_SLOTS_OFFSET,
                    RING_BUFFER_BYTES_OFFSET,
                    RING_HEADROOM_OFFSET,
                    RING_STAGE_COUNT_OFFSET,
                    RING_SLOTS_OFFSET_OFFSET,
                    RING_BUFFERS_OFFSET_OFFSET,
                    RING_HEAD_START_OFFSET,
                    RING_DIRECTION_OFFSET,
                    RING_STAGES_OFFSET,
                    RING_BYTES
                })
                .containsExactly(0, 4, 8, 12, 16, 24, 32, 36, 64, 2048);
        assertThat(new int[] {
                    STAGE_PARTY_OFFSET,
                    STAGE_VECTOR_OFFSET,
                    STAGE_ATTACHMENT_OFFSET,
                    STAGE_LABEL_OFFSET,
                    STAGE_LABEL_BYTES,
                    STAGE_BYTES
                })
                .containsExactly(0, 4, 8, 16, 48, 64);
        assertThat(new int[] {
                    LINE_POSITION_OFFSET,
                    LINE_EPOCH_OFFSET,
                    LINE_WAKE_OFFSET,
                    LINE_COUNTERS_OFFSET,
                    LINE_GAUGES_OFFSET,
                    LINE_BEAT_OFFSET,
                    LINE_LEFT_OFFSET,
                    LINE_BYTES
                })
                .containsExactly(0, 8, 128, 256, 384, 432, 440, 512);
        assertThat(new int[] {STATE_BUILDING, STATE_LIVE, STATE_RETIRED, NOT_ATTACHED})
                .containsExactly(0, 1, 2, -1);
        assertThat(new int[] {
                    StageCounters.PACKETS_OFFSET,
                    StageCounters.BYTES_OFFSET,
                    StageCounters.DROPS_OFFSET,
                    StageCounters.MAX_REASONS,
                    StageCounters.LENGTH
                })
                .containsExactly(0, 8, 16, 14, 128);
        assertThat(RING_STAGES_OFFSET + MAX_STAGES * STAGE_BYTES).isEqualTo(RING_BYTES);
        assertThat(StageCounters.DROPS_OFFSET + 8 * StageCounters.MAX_REASONS).isEqualTo(StageCounters.LENGTH);
        assertThat(DropReason.count()).isLessThanOrEqualTo(StageCounters.MAX_REASONS);
        assertThat(attachment(7, 3)).isEqualTo(0x3_0000_0007L);
        assertThat(attachmentLine(attachment(7, 3))).isEqualTo(7);
        assertThat(attachmentEpoch(attachment(7, -1))).isEqualTo(-1);
    }

    @Test
    void shouldKeepTheOrderOfReasonsAndViolations() {
        assertThat(List.of(DropReason.values()))
                .extracting(DropReason::label)
                .startsWith("denied", "malformed", "table-full", "fragment", "oversize", "no-output", "output-stall")
                .endsWith("output-error", "bad-slot", "failed", "other", "guest-lost");
        assertThat(List.of(Violation.values()))
                .extracting(Violation::label)
                .containsExactly(
                        "none",
                        "position-backwards",
                        "position-beyond",
                        "bad-line",
                        "bad-slot",
                        "bad-output",
                        "wake-backwards",
                        "kick-flood",
                        "socket-data",
                        "connection-flood",
                        "blocking-bell");
        assertThat(DropReason.of(3)).isEqualTo(DropReason.FRAGMENT);
    }

    @Test
    void shouldWriteADirectoryThatReadsBack() {
        final RegionFormat format = format();
        assertThat(Long.bitCount(format.regionBytes())).isEqualTo(1);
        try (Arena arena = Arena.ofConfined()) {
            final long base = arena.allocate(format.regionBytes(), 4096).address();
            format.write(base);
            final Directory directory = Directory.shared(base, format.regionBytes());
            assertThat(directory.name()).isEqualTo("a <=> b");
            assertThat(directory.state()).isEqualTo(STATE_LIVE);
            assertThat(directory.partyCount()).isEqualTo(2);
            assertThat(directory.partyName(1)).isEqualTo("fw");
            assertThat(directory.partyPeerId(0)).isZero();
            assertThat(directory.partyPeerId(1)).isEqualTo(NOT_ATTACHED);
            assertThat(directory.partyConnection(1)).isEqualTo(NOT_ATTACHED);
            assertThat(directory.partyOfConnection(5)).isEqualTo(-1);
            assertThat(directory.partyAttachments(1)).isZero();
            assertThat(directory.ringCount()).isEqualTo(2);
            final Ring ring = directory.ring(1);
            assertThat(ring.slots()).isEqualTo(8);
            assertThat(ring.bufferBytes()).isEqualTo(256);
            assertThat(ring.headStart()).isEqualTo(7);
            assertThat(ring.headroom()).isZero();
            assertThat(ring.direction()).isEqualTo(Direction.BACKWARD);
            assertThat(ring.stageCount()).isEqualTo(3);
            assertThat(ring.party(1)).isEqualTo(1);
            assertThat(ring.vector(2)).isEqualTo(3);
            assertThat(ring.label(2)).isEqualTo("tap:wän");
            assertThat(ring.attachmentAcquire(2)).isEqualTo(attachment(5, 0));
            assertThat(ring.positionAcquire(2)).isZero();
            assertThat(Memory.longAt(ring.lineAddress(2) + LINE_WAKE_OFFSET)).isEqualTo(NEVER);
        }
    }

    @Test
    void shouldKeepEverythingApart() {
        final RegionFormat format = format();
        try (Arena arena = Arena.ofConfined()) {
            final long base = arena.allocate(format.regionBytes(), 4096).address();
            format.write(base);
            final Directory directory = Directory.shared(base, format.regionBytes());
            long end = base + format.controlBytes();
            for (int i = 0; i < 2; i++) {
                final Ring ring = directory.ring(i);
                assertThat(ring.slotsAddress()).isGreaterThanOrEqualTo(end);
                end = ring.slotsAddress() + (long) ring.slots() * SlotWord.SLOT_BYTES;
                assertThat(ring.buffersAddress()).isGreaterThanOrEqualTo(end);
                end = ring.buffersAddress() + (long) ring.slots() * ring.bufferBytes();
                for (int stage = 0; stage < 3; stage++) {
                    assertThat(ring.lineAddress(stage) % Memory.LINE_PAIR_BYTES).isZero();
                    assertThat(ring.lineAddress(stage) + LINE_BYTES).isLessThanOrEqualTo(base + format.controlBytes());
                }
            }
            assertThat(end).isLessThanOrEqualTo(base + format.regionBytes());
        }
    }

    @Test
    void shouldRefuseWhatTheFormatCannotHold() {
        refuse(() -> TestRegion.spec(12, 8, 0, 1), "slots=12");
        refuse(() -> TestRegion.spec(4, 4, 0, 1), "slots=4");
        refuse(() -> TestRegion.spec(1 << 17, 8, 0, 1), "slots=131072");
        refuse(() -> TestRegion.spec(8, 9, 0, 1), "headStart=9");
        refuse(() -> TestRegion.spec(8, 0, 0, 1), "headStart=0");
        refuse(() -> TestRegion.spec(8, 8, 0), "stages=1");
        refuse(() -> TestRegion.spec(8, 8, new int[32]), "stages=32");
        refuse(() -> new RingSpec(8, 300, 0, 8, Direction.FORWARD, STAGES), "bufferBytes=300");
        refuse(() -> new RingSpec(8, 65536, 0, 8, Direction.FORWARD, STAGES), "bufferBytes=65536");
        refuse(() -> new RingSpec(8, 256, 256, 8, Direction.FORWARD, STAGES), "headroom=256");
        final RingSpec ring = TestRegion.spec(8, 8, 0, 1);
        refuse(() -> new RegionSpec("x".repeat(64), List.of("host", "a"), List.of(ring)), "name=x");
        refuse(() -> new RegionSpec("x", List.of("host"), List.of(ring)), "stage.party=1");
        refuse(() -> new RegionSpec("x", List.of("host", "a"), List.of()), "rings=0");
        final RegionSpec spec = new RegionSpec("x", List.of("host", "a"), List.of(ring));
        refuse(() -> new RegionFormat(spec, 1), "lineCount");
        refuse(() -> new RegionFormat(spec, MAX_LINES + 1), "lineCount");
    }

    private static void refuse(Runnable construction, String message) {
        assertThatThrownBy(construction::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
