// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import static io.sluice.shared.ring.RegionDescriptor.*;

import io.sluice.shared.function.Direction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Computes where a {@link RegionSpec}'s parts stand and writes a region's directory. The part before the first slot,
 * {@link #controlBytes()}, is what a host also keeps a private copy of.
 */
public final class RegionFormat {
    private static final int PAGE = 4096;

    private final RegionSpec spec;
    private final int lineCount;
    private final long partiesOffset;
    private final long ringsOffset;
    private final long linesOffset;
    private final long controlBytes;
    private final long[] slotsOffsets;
    private final long[] buffersOffsets;
    private final long regionBytes;

    /** Lays out {@code spec} with {@code lineCount} lines, at least one per stage. */
    public RegionFormat(RegionSpec spec, int lineCount) {
        final int stages =
                spec.rings().stream().mapToInt(r -> r.stages().size()).sum();
        if (lineCount < stages || lineCount > MAX_LINES) {
            throw new IllegalArgumentException("lineCount must be " + stages + " to " + MAX_LINES + ": " + lineCount);
        }
        this.spec = spec;
        this.lineCount = lineCount;
        partiesOffset = HEADER_BYTES;
        ringsOffset = align(partiesOffset + (long) spec.parties().size() * PARTY_BYTES, PAGE);
        linesOffset = align(ringsOffset + (long) spec.rings().size() * RING_BYTES, PAGE);
        controlBytes = align(linesOffset + (long) lineCount * LINE_BYTES, PAGE);
        slotsOffsets = new long[spec.rings().size()];
        buffersOffsets = new long[spec.rings().size()];
        long end = controlBytes;
        for (int i = 0; i < slotsOffsets.length; i++) {
            final RingSpec ring = spec.rings().get(i);
            slotsOffsets[i] = end;
            buffersOffsets[i] = align(end + (long) ring.slots() * SlotWord.SLOT_BYTES, PAGE);
            end = align(buffersOffsets[i] + (long) ring.slots() * ring.bufferBytes(), PAGE);
        }
        // QEMU aborts on a shared memory whose size is no power of two.
        regionBytes = Long.highestOneBit(end) == end ? end : Long.highestOneBit(end) << 1;
    }

    /** Bytes of the whole region, a power of two. */
    public long regionBytes() {
        return regionBytes;
    }

    /** Bytes of header, parties, rings and lines. */
    public long controlBytes() {
        return controlBytes;
    }

    public int lineCount() {
        return lineCount;
    }

    public RegionSpec spec() {
        return spec;
    }

    /**
     * Writes the directory to zeroed memory at {@code base}, each stage attached to a line of its own with position 0
     * and epoch 0, and makes the region live.
     */
    public void write(long base) {
        Memory.intAt(base + VERSION_OFFSET, VERSION);
        Memory.intAt(base + HEADER_BYTES_OFFSET, HEADER_BYTES);
        Memory.longAt(base + FEATURES_OFFSET, 0);
        Memory.longAt(base + REGION_BYTES_OFFSET, regionBytes);
        Memory.intAt(base + PARTIES_OFFSET_OFFSET, (int) partiesOffset);
        Memory.intAt(base + PARTY_COUNT_OFFSET, spec.parties().size());
        Memory.intAt(base + RINGS_OFFSET_OFFSET, (int) ringsOffset);
        Memory.intAt(base + RING_COUNT_OFFSET, spec.rings().size());
        Memory.intAt(base + LINES_OFFSET_OFFSET, (int) linesOffset);
        Memory.intAt(base + LINE_COUNT_OFFSET, lineCount);
        writeText(base + NAME_OFFSET, spec.name(), NAME_BYTES);
        for (int i = 0; i < spec.parties().size(); i++) {
            final long party = base + partiesOffset + (long) i * PARTY_BYTES;
            writeText(party, spec.parties().get(i), NAME_BYTES);
            Memory.intAt(party + PARTY_PEER_ID_OFFSET, i == 0 ? 0 : NOT_ATTACHED);
            Memory.intAt(party + PARTY_CONNECTION_OFFSET, NOT_ATTACHED);
        }
        int line = 0;
        for (int i = 0; i < spec.rings().size(); i++) {
            line = writeRing(base, i, line);
        }
        Memory.longRelease(base + MAGIC_OFFSET, MAGIC);
        Memory.intRelease(base + STATE_OFFSET, STATE_LIVE);
    }

    private int writeRing(long base, int index, int firstLine) {
        final RingSpec ring = spec.rings().get(index);
        final long entry = base + ringsOffset + (long) index * RING_BYTES;
        Memory.intAt(entry + RING_SLOTS_OFFSET, ring.slots());
        Memory.intAt(entry + RING_BUFFER_BYTES_OFFSET, ring.bufferBytes());
        Memory.intAt(entry + RING_HEADROOM_OFFSET, ring.headroom());
        Memory.intAt(entry + RING_STAGE_COUNT_OFFSET, ring.stages().size());
        Memory.longAt(entry + RING_SLOTS_OFFSET_OFFSET, slotsOffsets[index]);
        Memory.longAt(entry + RING_BUFFERS_OFFSET_OFFSET, buffersOffsets[index]);
        Memory.intAt(entry + RING_HEAD_START_OFFSET, ring.headStart());
        Memory.intAt(entry + RING_DIRECTION_OFFSET, ring.direction() == Direction.FORWARD ? 0 : 1);
        int line = firstLine;
        final List<StageSpec> stages = ring.stages();
        for (int i = 0; i < stages.size(); i++) {
            final long stage = entry + RING_STAGES_OFFSET + (long) i * STAGE_BYTES;
            Memory.intAt(stage + STAGE_PARTY_OFFSET, stages.get(i).party());
            Memory.intAt(stage + STAGE_VECTOR_OFFSET, stages.get(i).vector());
            writeText(stage + STAGE_LABEL_OFFSET, stages.get(i).label(), STAGE_LABEL_BYTES);
            writeLine(base + linesOffset + (long) line * LINE_BYTES, 0, 0);
            Memory.longRelease(stage + STAGE_ATTACHMENT_OFFSET, attachment(line, 0));
            line++;
        }
        return line;
    }

    /** Makes the line at {@code line} one of an attachment that starts at {@code position}. */
    public static void writeLine(long line, long position, int epoch) {
        Memory.zero(line, LINE_BYTES);
        Memory.longAt(line + LINE_EPOCH_OFFSET, epoch);
        Memory.longRelease(line + LINE_WAKE_OFFSET, NEVER);
        Memory.longRelease(line + LINE_POSITION_OFFSET, position);
    }

    private static void writeText(long address, String text, int capacityBytes) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Memory.copyFromArray(bytes, 0, address, Math.min(bytes.length, capacityBytes - 1));
    }

    private static long align(long value, int alignment) {
        return (value + alignment - 1) & -alignment;
    }
}
