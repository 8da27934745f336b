// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import static io.sluice.shared.ring.RegionDescriptor.*;

import io.sluice.shared.function.Direction;
import io.sluice.shared.memory.Memory;

/** One ring's entry in a {@link Directory}: its geometry, copied once, and who has which stage. */
public final class Ring {
    private final Directory directory;
    private final int index;
    private final long entry;
    private final int slots;
    private final int bufferBytes;
    private final int headroom;
    private final int stageCount;
    private final int headStart;
    private final long slotsOffset;
    private final long buffersOffset;
    private final long sharedBase;
    private final Direction direction;
    private final int[] parties;
    private final Quarantine quarantine;

    Ring(Directory directory, int index, long entry, long sharedBase) {
        this.directory = directory;
        this.index = index;
        this.entry = entry;
        this.sharedBase = sharedBase;
        slots = value(RING_SLOTS_OFFSET, MIN_SLOTS, MAX_SLOTS, "slots");
        bufferBytes = value(RING_BUFFER_BYTES_OFFSET, MIN_BUFFER_BYTES, MAX_BUFFER_BYTES, "bufferBytes");
        headroom = value(RING_HEADROOM_OFFSET, 0, bufferBytes - 1, "headroom");
        stageCount = value(RING_STAGE_COUNT_OFFSET, 2, MAX_STAGES, "stageCount");
        headStart = value(RING_HEAD_START_OFFSET, 1, slots, "headStart");
        slotsOffset = Memory.longAt(entry + RING_SLOTS_OFFSET_OFFSET);
        buffersOffset = Memory.longAt(entry + RING_BUFFERS_OFFSET_OFFSET);
        direction = Directory.direction(value(RING_DIRECTION_OFFSET, 0, 1, "direction"));
        if (Integer.bitCount(slots) != 1) {
            throw damaged("slots", slots);
        }
        if (bufferBytes % BUFFER_ALIGNMENT != 0) {
            throw damaged("bufferBytes", bufferBytes);
        }
        quarantine = new Quarantine(slots);
        parties = new int[stageCount];
        for (int stage = 0; stage < stageCount; stage++) {
            parties[stage] = Memory.intAt(stageEntry(stage) + STAGE_PARTY_OFFSET);
            if (parties[stage] < 0 || parties[stage] >= directory.partyCount()) {
                throw damaged("party", parties[stage]);
            }
        }
    }

    private int value(int offset, int min, int max, String name) {
        final int value = Memory.intAt(entry + offset);
        if (value < min || value > max) {
            throw damaged(name, value);
        }
        return value;
    }

    private RegionFormatException damaged(String name, long value) {
        return new RegionFormatException(
                "the region's directory is damaged: ring=" + index + " " + name + "=" + value + " is out of range");
    }

    void checkFits(long mappedBytes) {
        final long buffersBytes = (long) slots * bufferBytes;
        final long slotsBytes = (long) slots * SlotWord.SLOT_BYTES;
        if (slotsOffset < HEADER_BYTES || slotsOffset % 64 != 0 || slotsOffset > mappedBytes - slotsBytes) {
            throw damaged("slotsOffset", slotsOffset);
        }
        if (buffersOffset < HEADER_BYTES || buffersOffset % 64 != 0 || buffersOffset > mappedBytes - buffersBytes) {
            throw damaged("buffersOffset", buffersOffset);
        }
    }

    /** The slots that the host keeps its stages off; empty in a guest. */
    public Quarantine quarantine() {
        return quarantine;
    }

    public int index() {
        return index;
    }

    public int slots() {
        return slots;
    }

    public int bufferBytes() {
        return bufferBytes;
    }

    /** Offset in a buffer at which a receiving stage puts a packet. */
    public int headroom() {
        return headroom;
    }

    public int stageCount() {
        return stageCount;
    }

    public Direction direction() {
        return direction;
    }

    /** The party that has {@code stage}. */
    public int party(int stage) {
        return parties[stage];
    }

    /** What tables call {@code stage}: {@code tap:lan}. */
    public String label(int stage) {
        return Directory.text(stageEntry(stage) + STAGE_LABEL_OFFSET, STAGE_LABEL_BYTES);
    }

    /** The party's vector that wakes {@code stage}. */
    public int vector(int stage) {
        return Memory.intOpaque(stageEntry(stage) + STAGE_VECTOR_OFFSET);
    }

    /** Which line is {@code stage}'s now, and under which epoch. */
    public long attachmentAcquire(int stage) {
        return Memory.longAcquire(stageEntry(stage) + STAGE_ATTACHMENT_OFFSET);
    }

    /** Address of the line that is {@code stage}'s now, for readers of positions and counters. */
    public long lineAddress(int stage) {
        return lineAddress(stage, attachmentAcquire(stage));
    }

    /** Address of the line that {@code attachment} gives {@code stage}. */
    long lineAddress(int stage, long attachment) {
        final long line = directory.lineAddress(parties[stage], attachmentLine(attachment));
        if (line == 0) {
            throw damaged("attachment", attachment);
        }
        return line;
    }

    /** Slots that {@code stage} has finished, as anyone may read it. */
    public long positionAcquire(int stage) {
        return Memory.longAcquire(lineAddress(stage) + LINE_POSITION_OFFSET);
    }

    /** Whether {@code stage} sleeps until it is woken, as anyone may read it. */
    public boolean asleep(int stage) {
        return Memory.longOpaque(lineAddress(stage) + LINE_WAKE_OFFSET) != NEVER;
    }

    public StageCounters counters(int stage) {
        return new StageCounters(lineAddress(stage) + LINE_COUNTERS_OFFSET);
    }

    public StageGauges gauges(int stage) {
        return new StageGauges(lineAddress(stage) + LINE_GAUGES_OFFSET);
    }

    Directory directory() {
        return directory;
    }

    int headStart() {
        return headStart;
    }

    long slotsAddress() {
        return sharedBase + slotsOffset;
    }

    long buffersAddress() {
        return sharedBase + buffersOffset;
    }

    long attachmentAddress(int stage) {
        return stageEntry(stage) + STAGE_ATTACHMENT_OFFSET;
    }

    private long stageEntry(int stage) {
        return entry + RING_STAGES_OFFSET + (long) stage * STAGE_BYTES;
    }
}
