// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.host.attach.HostRegion;
import io.sluice.shared.function.Direction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Regions of one ring each, one behind the other, in this process:
 *
 * <pre>
 *   region 0   host first -&gt; guests -&gt; host copy        vectors count on from one region to the next: first 0,
 *   region 1   host copy  -&gt; guests -&gt; host copy        its guests 1, the copying stages 2, guests 3, ... last
 *   region n   host copy  -&gt; guests -&gt; host last
 * </pre>
 */
final class JoinedRegions implements AutoCloseable {
    static final int BUFFER_BYTES = 256;
    static final int HEADROOM = 64;

    private final List<HostRegion> regions = new ArrayList<>();
    private final int guests;
    private final Doorbell doorbell;

    JoinedRegions(Path folder, int count, int guests, int slots, Doorbell doorbell) {
        this.guests = guests;
        this.doorbell = doorbell;
        int vector = 0;
        for (int region = 0; region < count; region++) {
            final List<String> parties = new ArrayList<>(List.of("host"));
            final List<StageSpec> stages = new ArrayList<>();
            stages.add(new StageSpec(0, vector++, "first"));
            for (int guest = 1; guest <= guests; guest++) {
                parties.add("g" + guest);
                stages.add(new StageSpec(guest, vector++, "guest:g" + guest));
            }
            // The copying stage behind it is the same agent.
            stages.add(new StageSpec(0, vector, "last"));
            final RingSpec ring = new RingSpec(slots, BUFFER_BYTES, HEADROOM, slots, Direction.FORWARD, stages);
            try {
                regions.add(new HostRegion(
                        new RegionSpec("r" + region, parties, List.of(ring)), folder.resolve("r" + region)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    HostRegion region(int index) {
        return regions.get(index);
    }

    Ring ring(int region) {
        return region(region).directory().ring(0);
    }

    Stage first() {
        return new Stage(ring(0), 0, doorbell);
    }

    Stage last() {
        return new Stage(ring(regions.size() - 1), guests + 1, doorbell);
    }

    /** The {@code guest}-th guest's place, from 1, by way of the shared memory as the guest has it. */
    Stage guest(int region, int guest) {
        final var memory = region(region).memory();
        return new Stage(
                Directory.shared(memory.address(), memory.lengthBytes()).ring(0), guest, doorbell);
    }

    /** What copies out of {@code region}. */
    CopyAgent copy(int region, long outputStallNanos) {
        final Stage from = new Stage(ring(region), guests + 1, doorbell);
        return new CopyAgent("copy", from, new Stage(ring(region + 1), 0, doorbell), outputStallNanos);
    }

    /** What a guest forges: its position as others read it. */
    void forge(int region, int guest, long position) {
        final var memory = region(region).memory();
        final Ring shared =
                Directory.shared(memory.address(), memory.lengthBytes()).ring(0);
        Memory.longRelease(shared.lineAddress(guest) + RegionDescriptor.LINE_POSITION_OFFSET, position);
    }

    /** Puts a packet that holds {@code mark} and zeros into the next slot. */
    static void fill(Stage stage, int lengthBytes, int flags, int outputs, long user, long mark) {
        final long packet = stage.bufferAddress(stage.position()) + HEADROOM;
        Memory.zero(packet, lengthBytes);
        Memory.longAt(packet, mark);
        word(stage, SlotWord.pack(lengthBytes, HEADROOM, flags, outputs), user);
        stage.advance(1);
    }

    /** Writes the slot at {@code stage}'s position. */
    static void word(Stage stage, long word, long user) {
        final long slot = stage.slotAddress(stage.position());
        Memory.longOpaque(slot + SlotWord.USER_OFFSET, user);
        Memory.longOpaque(slot, word);
    }

    /** Lets {@code stage} pass on all that it may. */
    static int passAll(Stage stage) {
        stage.refresh();
        final int available = stage.look();
        stage.advance(available);
        stage.publish();
        return available;
    }

    /** In how many places of {@code region}'s memory {@code mark} stands. */
    int places(int region, long mark) {
        final var memory = region(region).memory();
        int places = 0;
        for (long offset = 0; offset <= memory.lengthBytes() - Long.BYTES; offset++) {
            places += Memory.longAt(memory.address() + offset) == mark ? 1 : 0;
        }
        return places;
    }

    @Override
    public void close() {
        regions.forEach(HostRegion::close);
    }
}
