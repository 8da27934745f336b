// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.control;

import io.sluice.host.attach.HostRegion;
import io.sluice.shared.function.Direction;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import io.sluice.shared.ring.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A region with one ring {@code gen: => guest:fw => null:}, and its three stages, the guest's as the guest has it: by way
 * of the shared memory.
 */
final class TestRegion implements AutoCloseable {
    static final int SLOTS = 256;

    private final HostRegion region;
    final Stage receive;
    final Stage guest;
    final Stage transmit;

    TestRegion(String chain, Path statusPath) throws IOException {
        final List<StageSpec> stages =
                List.of(new StageSpec(0, 0, "gen:"), new StageSpec(1, 0, "guest:fw"), new StageSpec(0, 0, "null:"));
        region = new HostRegion(
                new RegionSpec(
                        chain,
                        List.of("host", "fw"),
                        List.of(new RingSpec(SLOTS, 2048, 128, SLOTS, Direction.FORWARD, stages))),
                statusPath);
        final Directory shared =
                Directory.shared(region.memory().address(), region.memory().lengthBytes());
        receive = new Stage(region.directory().ring(0), 0, Doorbell.NONE);
        guest = new Stage(shared.ring(0), 1, Doorbell.NONE);
        transmit = new Stage(region.directory().ring(0), 2, Doorbell.NONE);
    }

    HostRegion region() {
        return region;
    }

    /** Lets {@code packets} of 100 bytes pass {@code stage}. */
    static void pass(Stage stage, int packets) {
        stage.counters().addPackets(packets, 100L * packets);
        stage.look();
        stage.advance(packets);
        stage.publish();
    }

    @Override
    public void close() {
        region.close();
    }
}
