// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.sim;

import static io.sluice.shared.ring.RegionDescriptor.*;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.StageCounters;
import java.util.SplittableRandom;

/** A guest that writes nonsense wherever a guest may write, and where only its neighbours may. */
final class Liar {
    private final SplittableRandom random;
    private final SimRegion region;
    private final int party;

    Liar(SplittableRandom random, SimRegion region, int party) {
        this.random = random;
        this.region = region;
        this.party = party;
    }

    SimRegion region() {
        return region;
    }

    int party() {
        return party;
    }

    private Directory directory() {
        return Directory.shared(
                region.region().memory().address(), region.region().memory().lengthBytes());
    }

    /** Writes one thing that is wrong, or happens to be right. */
    void lie() {
        final Directory directory = directory();
        final Ring ring = directory.ring(random.nextInt(directory.ringCount()));
        final long line = ring.lineAddress(stage(ring));
        switch (random.nextInt(6)) {
            case 0 -> Memory.longRelease(line + LINE_POSITION_OFFSET, position(ring));
            case 1 -> Memory.longOpaque(line + LINE_WAKE_OFFSET, position(ring));
            case 2 -> Memory.longOpaque(slot(ring), random.nextLong());
            case 3 ->
                Memory.longOpaque(
                        slot(ring),
                        SlotWord.pack(
                                random.nextInt(1 << 16),
                                random.nextInt(1 << 10),
                                random.nextInt(4),
                                random.nextInt(4)));
            case 4 ->
                Memory.longOpaque(
                        line + LINE_COUNTERS_OFFSET + 8L * random.nextInt(StageCounters.LENGTH / 4), random.nextLong());
            default -> directory.request(party, random.nextInt());
        }
    }

    /** Says to have finished what nobody has begun: no honest guest can have written that. */
    void lieForCertain() {
        final Ring ring = directory().ring(0);
        final long line = ring.lineAddress(stage(ring));
        Memory.longRelease(line + LINE_POSITION_OFFSET, random.nextLong(1L << 40, Long.MAX_VALUE));
    }

    private int stage(Ring ring) {
        int stage = 0;
        while (ring.party(stage) != party) {
            stage++;
        }
        return stage;
    }

    private long position(Ring ring) {
        return random.nextBoolean()
                ? random.nextLong()
                : ring.positionAcquire(stage(ring)) + random.nextInt(-2 * ring.slots(), 2 * ring.slots());
    }

    private long slot(Ring ring) {
        final long slots = Memory.longAt(region.region().memory().address()
                + Memory.intAt(region.region().memory().address() + RINGS_OFFSET_OFFSET)
                + (long) ring.index() * RING_BYTES
                + RING_SLOTS_OFFSET_OFFSET);
        return region.region().memory().address() + slots + (long) random.nextInt(ring.slots()) * SlotWord.SLOT_BYTES;
    }
}
