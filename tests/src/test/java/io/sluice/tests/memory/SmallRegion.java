// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.memory;

import static io.sluice.shared.ring.RegionDescriptor.*;

import io.sluice.shared.function.Direction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.RegionFormat;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import io.sluice.shared.ring.Stage;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The smallest region there is, for one round of a memory test: a ring of eight slots and two stages, and one spare
 * line for each stage. The harness makes them by the million, so they take turns in the same memory; it holds those of
 * {@link #ROUNDS_AT_ONCE} rounds while it makes the next ones.
 */
final class SmallRegion {
    static final int SLOTS = 8;
    static final int ROUNDS_AT_ONCE = 256;
    private static final int PLACES = 8 * ROUNDS_AT_ONCE;

    private static final RegionFormat FORMAT = new RegionFormat(
            new RegionSpec(
                    "round",
                    List.of("first", "last"),
                    List.of(new RingSpec(
                            SLOTS,
                            MIN_BUFFER_BYTES,
                            0,
                            SLOTS,
                            Direction.FORWARD,
                            List.of(new StageSpec(0, 0, "first"), new StageSpec(1, 1, "last"))))),
            4);

    private static final long PLACES_ADDRESS =
            Arena.global().allocate(PLACES * FORMAT.regionBytes(), 4096).address();
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final long base = PLACES_ADDRESS + (NEXT.getAndIncrement() & PLACES - 1) * FORMAT.regionBytes();
    private final Directory directory;

    SmallRegion() {
        Memory.zero(base, FORMAT.regionBytes());
        FORMAT.write(base);
        directory = Directory.shared(base, FORMAT.regionBytes());
    }

    /** Takes the place of {@code index} as the directory attaches it now. */
    Stage stage(int index) {
        return new Stage(directory.ring(0), index, Doorbell.NONE);
    }

    /** Gives {@code stage} to a new attachment that begins at slot 0, as a host does. */
    void reattach(int stage) {
        final int line = 2 + stage;
        final long lines = base + Memory.intAt(base + LINES_OFFSET_OFFSET);
        final long ring = base + Memory.intAt(base + RINGS_OFFSET_OFFSET);
        final long entry = ring + RING_STAGES_OFFSET + (long) stage * STAGE_BYTES;
        RegionFormat.writeLine(lines + (long) line * LINE_BYTES, 0, 1);
        Memory.longRelease(entry + STAGE_ATTACHMENT_OFFSET, attachment(line, 1));
    }
}
