// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import io.sluice.shared.function.Direction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * A region with one ring in ordinary memory, for tests: all parties in one process, each stage woken through a vector
 * of its own number. With a host, party 0 reads a private copy of everything before the first slot.
 */
public final class TestRegion implements AutoCloseable {
    private static final int SPARE_LINES = 64;

    private final Arena arena = Arena.ofShared();
    private final RegionFormat format;
    private final long base;
    private final long privateBase;
    private final Directory directory;
    private final Directory hostDirectory;
    private int lines;

    private TestRegion(RingSpec ring, List<String> parties, boolean withHost) {
        format = new RegionFormat(
                new RegionSpec("test", parties, List.of(ring)), ring.stages().size() + SPARE_LINES);
        base = arena.allocate(format.regionBytes(), 4096).address();
        format.write(base);
        directory = Directory.shared(base, format.regionBytes());
        if (withHost) {
            privateBase = arena.allocate(format.controlBytes(), 4096).address();
            format.write(privateBase);
            hostDirectory = Directory.ofHost(privateBase, format.controlBytes(), base);
        } else {
            privateBase = base;
            hostDirectory = directory;
        }
        lines = ring.stages().size();
    }

    /** A ring whose stage {@code i} belongs to party {@code i}; party 0 trusts the others. */
    public static TestRegion of(int slots, int headStart, int stages) {
        return new TestRegion(spec(slots, headStart, parties(stages)), names(stages), false);
    }

    /** A ring whose stages belong to {@code parties}; 0 is a host that trusts nobody. */
    public static TestRegion withHost(int slots, int headStart, int... parties) {
        int count = 0;
        for (int party : parties) {
            count = Math.max(count, party + 1);
        }
        return new TestRegion(spec(slots, headStart, parties), names(count), true);
    }

    static RingSpec spec(int slots, int headStart, int... parties) {
        final List<StageSpec> stages = new ArrayList<>();
        for (int i = 0; i < parties.length; i++) {
            stages.add(new StageSpec(parties[i], i, "stage" + i));
        }
        return new RingSpec(slots, 256, 64, headStart, Direction.FORWARD, stages);
    }

    private static int[] parties(int stages) {
        final int[] parties = new int[stages];
        for (int i = 0; i < stages; i++) {
            parties[i] = i;
        }
        return parties;
    }

    private static List<String> names(int parties) {
        final List<String> names = new ArrayList<>();
        for (int i = 0; i < parties; i++) {
            names.add("party" + i);
        }
        return names;
    }

    public long base() {
        return base;
    }

    public RegionFormat format() {
        return format;
    }

    public Directory directory() {
        return directory;
    }

    public Directory hostDirectory() {
        return hostDirectory;
    }

    /** Takes {@code index}'s place as its party would: the host by its private copy. */
    public Stage stage(int index, Doorbell doorbell) {
        final Directory own = directory.ring(0).party(index) == 0 ? hostDirectory : directory;
        return new Stage(own.ring(0), index, doorbell);
    }

    public Stage stage(int index) {
        return stage(index, Doorbell.NONE);
    }

    /** Gives {@code stage} to a new attachment that begins at {@code position}, as the host does. */
    public void reattach(int stage, long position) {
        final long attachment = directory.ring(0).attachmentAcquire(stage);
        final int line = lines++;
        final int epoch = RegionDescriptor.attachmentEpoch(attachment) + 1;
        final int party = directory.ring(0).party(stage);
        RegionFormat.writeLine(directory.lineAddress(party, line), position, epoch);
        if (privateBase != base) {
            RegionFormat.writeLine(hostDirectory.lineAddress(party, line), position, epoch);
            Memory.longRelease(
                    hostDirectory.ring(0).attachmentAddress(stage), RegionDescriptor.attachment(line, epoch));
        }
        Memory.longRelease(directory.ring(0).attachmentAddress(stage), RegionDescriptor.attachment(line, epoch));
    }

    /** Makes {@code party} known under {@code peerId}, as the host does before it attaches a stage to it. */
    public void peerId(int party, int peerId) {
        for (long copy : new long[] {base, privateBase}) {
            final long parties = copy + Memory.intAt(copy + RegionDescriptor.PARTIES_OFFSET_OFFSET);
            Memory.intRelease(
                    parties + (long) party * RegionDescriptor.PARTY_BYTES + RegionDescriptor.PARTY_PEER_ID_OFFSET,
                    peerId);
        }
    }

    /** Sets the region's state, as the host does. */
    public void state(int state) {
        Memory.intRelease(base + RegionDescriptor.STATE_OFFSET, state);
        Memory.intRelease(privateBase + RegionDescriptor.STATE_OFFSET, state);
    }

    /** Writes {@code position} into the line that others read as {@code stage}'s: what a dishonest peer does. */
    public void forgePosition(int stage, long position) {
        Memory.longRelease(directory.ring(0).lineAddress(stage) + RegionDescriptor.LINE_POSITION_OFFSET, position);
    }

    @Override
    public void close() {
        arena.close();
    }
}
