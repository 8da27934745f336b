// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import static io.sluice.shared.ring.RegionDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.SharedMemory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The region is a file and mapped with room behind its end: an access behind it is a SIGBUS, which the JVM throws as an
 * InternalError, so none can go unnoticed.
 */
class DirectoryTest {
    private static final long ROOM_BYTES = 16L << 20;
    private static final int PARTIES = HEADER_BYTES;
    private static final int RINGS = 2 * HEADER_BYTES;
    private static final int STAGES = RINGS + RING_STAGES_OFFSET;

    private final RegionFormat format = new RegionFormat(
            new RegionSpec("chain", List.of("host", "guest"), List.of(TestRegion.spec(8, 8, 0, 1, 0))), 8);
    private final long bytes = format.regionBytes();
    private int descriptor;
    private long base;

    @BeforeEach
    void map() {
        descriptor = PosixException.check(SharedMemory.memfd("directory-test", false), "memfd_create");
        PosixException.check(SharedMemory.allocate(descriptor, bytes), "fallocate");
        base = SharedMemory.map(descriptor, 0, bytes + ROOM_BYTES);
        assertThat(base).isPositive();
        format.write(base);
    }

    @AfterEach
    void unmap() {
        SharedMemory.unmap(base, bytes + ROOM_BYTES);
        Descriptors.close(descriptor);
    }

    private Directory open() {
        return Directory.shared(base, bytes);
    }

    @Test
    void shouldNoticeAnAccessBehindTheRegion() {
        assertThatThrownBy(() -> Memory.longAt(base + bytes)).isInstanceOf(InternalError.class);
    }

    @Test
    void shouldOpenWhatTheFormatWrote() {
        assertThat(open().name()).isEqualTo("chain");
    }

    @Test
    void shouldRefuseForeignMemory() {
        Memory.longAt(base + MAGIC_OFFSET, 0x1122334455667788L);
        assertThatThrownBy(this::open)
                .isInstanceOf(RegionFormatException.class)
                .hasMessageContaining("magic=0x1122334455667788")
                .hasMessageContaining("another program");
    }

    @Test
    void shouldRefuseLessThanAHeader() {
        assertThatThrownBy(() -> Directory.shared(base, HEADER_BYTES - 1))
                .isInstanceOf(RegionFormatException.class)
                .hasMessageContaining("bytes=4095");
    }

    @Test
    void shouldRefuseAPartOfARegion() {
        assertThatThrownBy(() -> Directory.shared(base, bytes / 2))
                .isInstanceOf(RegionFormatException.class)
                .hasMessageContaining("regionBytes=" + bytes);
    }

    @Test
    void shouldRefuseAnotherVersionAndUnknownFeatures() {
        Memory.intAt(base + VERSION_OFFSET, VERSION + 1);
        assertThatThrownBy(this::open)
                .isInstanceOf(RegionFormatException.class)
                .hasMessageContaining("version=" + (VERSION + 1));
        Memory.intAt(base + VERSION_OFFSET, VERSION);
        for (int bit = 0; bit < 64; bit++) {
            Memory.longAt(base + FEATURES_OFFSET, 1L << bit);
            assertThatThrownBy(this::open)
                    .isInstanceOf(RegionFormatException.class)
                    .hasMessageContaining("features=0x" + Long.toHexString(1L << bit));
        }
    }

    @ParameterizedTest(name = "{0} at {1} = {2}")
    @CsvSource({
        "headerBytes, 12, 0",
        "headerBytes, 12, 8192",
        "parties, 40, 0",
        "parties, 40, 4095",
        "parties, 40, 4100",
        "parties, 40, -64",
        "partyCount, 44, 0",
        "partyCount, 44, 32",
        "partyCount, 44, -1",
        "rings, 48, 0",
        "rings, 48, 8200",
        "rings, 48, -4096",
        "ringCount, 52, 0",
        "ringCount, 52, 65",
        "ringCount, 52, -2147483648",
        "lines, 56, 64",
        "lines, 56, 12289",
        "lines, 56, -512",
        "lineCount, 60, 0",
        "lineCount, 60, 65537",
        "lines, 60, 65536",
        "slots, 8192, 0",
        "slots, 8192, 4",
        "slots, 8192, 12",
        "slots, 8192, 131072",
        "slots, 8192, -8",
        "slots, 8192, -2147483648",
        "bufferBytes, 8196, 0",
        "bufferBytes, 8196, 255",
        "bufferBytes, 8196, 257",
        "bufferBytes, 8196, 32832",
        "bufferBytes, 8196, -64",
        "headroom, 8200, -1",
        "headroom, 8200, 256",
        "stageCount, 8204, 1",
        "stageCount, 8204, 32",
        "stageCount, 8204, -3",
        "headStart, 8224, 0",
        "headStart, 8224, 9",
        "headStart, 8224, -1",
        "direction, 8228, 2",
        "direction, 8228, -1",
        "party, 8256, 2",
        "party, 8256, -1",
        "party, 8320, 2147483647",
    })
    void shouldRefuseAFieldOutOfRange(String name, int offset, int value) {
        Memory.intAt(base + offset, value);
        assertThatThrownBy(this::open).isInstanceOf(RegionFormatException.class).hasMessageContaining(name);
    }

    @ParameterizedTest(name = "{0} at {1} = {2}")
    @CsvSource({
        "slotsOffset, 8208, 0",
        "slotsOffset, 8208, 65537",
        "slotsOffset, 8208, -64",
        "slotsOffset, 8208, 4611686018427387904",
        "slotsOffset, 8208, 9223372036854775744",
        "slotsOffset, 8208, -9223372036854775808",
        "buffersOffset, 8216, 0",
        "buffersOffset, 8216, 65544",
        "buffersOffset, 8216, -64",
        "buffersOffset, 8216, 9223372036854775744",
        "regionBytes, 24, 0",
        "regionBytes, 24, -1",
        "regionBytes, 24, 9223372036854775807",
    })
    void shouldRefuseAnOffsetOutsideTheRegion(String name, int offset, long value) {
        Memory.longAt(base + offset, value);
        assertThatThrownBy(this::open).isInstanceOf(RegionFormatException.class).hasMessageContaining(name);
    }

    @Test
    void shouldTakeSlotsAndBuffersThatJustFit() {
        final long slots = bytes - 8 * SlotWord.SLOT_BYTES;
        Memory.longAt(base + RINGS + RING_SLOTS_OFFSET_OFFSET, slots);
        assertThat(open().ring(0).slotsAddress()).isEqualTo(base + slots);
        Memory.longAt(base + RINGS + RING_SLOTS_OFFSET_OFFSET, slots + 64);
        assertThatThrownBy(this::open).isInstanceOf(RegionFormatException.class);
    }

    @Test
    void shouldRefuseALineThatTheRegionDoesNotHave() {
        Memory.longAt(base + STAGES + STAGE_ATTACHMENT_OFFSET, attachment(8, 0));
        final Ring ring = open().ring(0);
        assertThatThrownBy(() -> ring.lineAddress(0))
                .isInstanceOf(RegionFormatException.class)
                .hasMessageContaining("attachment=8");
        Memory.longAt(base + STAGES + STAGE_ATTACHMENT_OFFSET, attachment(-1, 0));
        assertThatThrownBy(() -> new Stage(ring, 0, Doorbell.NONE)).isInstanceOf(RegionFormatException.class);
        assertThatThrownBy(() -> new Stage(ring, 1, Doorbell.NONE))
                .isInstanceOf(RegionFormatException.class)
                .hasMessageContaining("neighbour");
    }

    /** Every word of the directory in turn becomes something else; what is still accepted is used to its bounds. */
    @Test
    void shouldNeverLookOutsideWhateverADirectorySays() {
        final long seed = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("sluice.seed=" + seed);
        final Random random = new Random(seed);
        final int[] areas = {0, 128, PARTIES, PARTIES + 256, RINGS, RINGS + 64 + 3 * 64};
        int accepted = 0;
        for (int area = 0; area < areas.length; area += 2) {
            for (int offset = areas[area]; offset < areas[area + 1]; offset += 4) {
                for (int i = 0; i < 40; i++) {
                    format.write(base);
                    final int old = Memory.intAt(base + offset);
                    Memory.intAt(base + offset, damaged(old, i, random));
                    if (usedIfAccepted(base, bytes)) {
                        accepted++;
                    }
                }
            }
        }
        assertThat(accepted).isPositive();
    }

    private static int damaged(int old, int kind, Random random) {
        return switch (kind) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> Integer.MIN_VALUE;
            case 3 -> Integer.MAX_VALUE;
            case 4 -> old + 1;
            case 5 -> old - 1;
            case 6 -> old * 2;
            case 7 -> old / 2;
            case 8 -> -old;
            case 9 -> old + 64;
            default -> random.nextInt() & (int) (-1L >>> random.nextInt(64)) & -1 << random.nextInt(10);
        };
    }

    /** Uses the region at {@code base} to its bounds, where its directory is accepted. */
    static boolean usedIfAccepted(long base, long bytes) {
        try {
            final Directory directory = Directory.shared(base, bytes);
            directory.name();
            for (int party = 0; party < directory.partyCount(); party++) {
                directory.partyName(party);
                directory.partyAttachments(party);
            }
            for (int i = 0; i < directory.ringCount(); i++) {
                useToItsBounds(directory.ring(i));
            }
            return true;
        } catch (RegionFormatException e) {
            assertThat(e.getMessage()).isNotBlank();
            return false;
        }
    }

    private static void useToItsBounds(Ring ring) {
        for (int index = 0; index < ring.stageCount(); index++) {
            ring.label(index);
            final Stage stage = new Stage(ring, index, Doorbell.NONE);
            stage.refresh();
            stage.available();
            stage.arm(1);
            stage.publish();
            stage.counters().addDrop(DropReason.OTHER);
            stage.gauges().addEmptySlot();
            for (long position : new long[] {0, ring.slots() - 1, -1}) {
                Memory.longAt(stage.slotAddress(position) + SlotWord.USER_OFFSET, 1);
                Memory.byteAt(stage.bufferAddress(position), (byte) 1);
                Memory.byteAt(stage.bufferAddress(position) + stage.bufferBytes() - 1, (byte) 1);
            }
        }
    }
}
