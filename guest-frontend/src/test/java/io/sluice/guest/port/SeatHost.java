// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import static io.sluice.shared.ring.RegionDescriptor.*;

import io.sluice.shared.function.Direction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.RegionFormat;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A region in ordinary memory with {@code tap <=> guest:fw <=> tap}, and what its host does to the guest's place. */
final class SeatHost implements AutoCloseable {
    static final int PEER = 7;
    static final int ATTACH_VECTOR = 3;
    private static final int HOST = 0;
    private static final int PARTY = 1;
    private static final int STAGE = 1;
    private static final int LINES = 64;

    final Directory directory;
    final List<Integer> kicked = new ArrayList<>();
    private final Arena arena = Arena.ofShared();
    private final long base;
    private int lines;

    SeatHost() {
        final List<StageSpec> stages = List.of(
                new StageSpec(HOST, 0, "tap:l"), new StageSpec(PARTY, 0, "guest:fw"), new StageSpec(0, 0, "tap:r"));
        final List<RingSpec> rings = Stream.of(Direction.FORWARD, Direction.BACKWARD)
                .map(direction -> new RingSpec(16, 256, 64, 16, direction, stages))
                .toList();
        final RegionFormat format = new RegionFormat(new RegionSpec("chain1", List.of("host", "fw"), rings), LINES);
        base = arena.allocate(format.regionBytes(), 4096).address();
        format.write(base);
        directory = Directory.shared(base, format.regionBytes());
        lines = 2 * stages.size();
        Memory.intRelease(base + ATTACH_VECTOR_OFFSET, ATTACH_VECTOR);
        connection(PEER);
        party(PARTY_PEER_ID_OFFSET, NOT_ATTACHED);
    }

    GuestSeat seat() {
        return new GuestSeat(PEER, (peer, vector) -> kicked.add(peer << 16 | vector), directory);
    }

    private void party(int offset, int value) {
        final long entry = base + Memory.intAt(base + PARTIES_OFFSET_OFFSET) + (long) PARTY * PARTY_BYTES;
        Memory.intRelease(entry + offset, value);
    }

    int requested() {
        return directory.partyRequest(PARTY);
    }

    /** Notes who holds the socket; what was asked for through the last one is void. */
    void connection(int peer) {
        party(PARTY_GRANTED_OFFSET, requested());
        party(PARTY_CONNECTION_OFFSET, peer);
    }

    /** Gives the guest's stages to the program behind {@code peer}, or to the host itself. */
    void give(int peer) {
        party(PARTY_ATTACHMENTS_OFFSET, directory.partyAttachments(PARTY) + 1);
        party(PARTY_PEER_ID_OFFSET, peer);
        for (int ring = 0; ring < 2; ring++) {
            move(ring);
        }
    }

    /** Gives one of its stages to another line. */
    void move(int ring) {
        final long attached = directory.ring(ring).attachmentAcquire(STAGE);
        final long position = directory.ring(ring).positionAcquire(STAGE);
        final int epoch = attachmentEpoch(attached) + 1;
        final int line = lines++;
        RegionFormat.writeLine(lineAddress(line), position, epoch);
        final long entry = base
                + Memory.intAt(base + RINGS_OFFSET_OFFSET)
                + (long) ring * RING_BYTES
                + RING_STAGES_OFFSET
                + (long) STAGE * STAGE_BYTES;
        Memory.longRelease(entry + STAGE_ATTACHMENT_OFFSET, attachment(line, epoch));
    }

    /** Takes the stages back: the guest was silent for too long. */
    void takeBack() {
        give(HOST);
    }

    /** Grants what was asked for last. */
    void grant() {
        give(PEER);
        grant(requested());
    }

    void grant(int number) {
        party(PARTY_GRANTED_OFFSET, number);
    }

    void retire() {
        Memory.intRelease(base + STATE_OFFSET, STATE_RETIRED);
    }

    private long lineAddress(int line) {
        return base + Memory.intAt(base + LINES_OFFSET_OFFSET) + (long) line * LINE_BYTES;
    }

    /** The line that the guest's stage of a ring is attached to now. */
    int line(int ring) {
        return attachmentLine(directory.ring(ring).attachmentAcquire(STAGE));
    }

    boolean left(int line) {
        return Memory.longAcquire(lineAddress(line) + LINE_LEFT_OFFSET) != 0;
    }

    @Override
    public void close() {
        arena.close();
    }
}
