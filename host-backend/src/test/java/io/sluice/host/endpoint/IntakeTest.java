// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.attach.HostRegion;
import io.sluice.shared.function.Direction;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import io.sluice.shared.ring.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntakeTest {
    private static final int SLOTS = 256;

    @TempDir
    private Path folder;

    private HostRegion region;
    private Endpoint endpoint;
    private ReceiveAgent agent;

    @BeforeEach
    void open() throws IOException {
        final List<StageSpec> stages = List.of(new StageSpec(0, 0, "gen:"), new StageSpec(0, 0, "null:"));
        region = new HostRegion(
                new RegionSpec(
                        "intake",
                        List.of("host"),
                        List.of(new RingSpec(SLOTS, 2048, 128, SLOTS, Direction.FORWARD, stages))),
                folder.resolve("intake.status"));
        endpoint = Endpoints.open("gen", "", Map.of(), true, false);
        agent = new ReceiveAgent("gen:", new Stage(region.directory().ring(0), 0, Doorbell.NONE), endpoint.source());
    }

    @AfterEach
    void close() {
        endpoint.close();
        region.close();
    }

    @Test
    void shouldLetPacketsInUnlessToldOtherwise() {
        assertThat(agent.doWork()).isEqualTo(SLOTS);
    }

    @Test
    void shouldHoldASourceBackUntilItIsOpened() {
        agent.intake(Intake.HELD);
        assertThat(agent.doWork()).isZero();
        assertThat(agent.ended()).isFalse();

        agent.intake(Intake.OPEN);
        assertThat(agent.doWork()).isEqualTo(SLOTS);
    }

    @Test
    void shouldEndASourceThatNeverWouldByItself() {
        agent.intake(Intake.ENDED);

        assertThat(agent.doWork()).isZero();
        assertThat(agent.ended()).isTrue();
        agent.intake(Intake.OPEN);
        assertThat(agent.doWork()).as("after the end").isZero();
    }
}
