// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.attach.GuestAttachments;
import io.sluice.host.attach.GuestPlace;
import io.sluice.host.attach.HostRegion;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.agent.AgentRunner;
import io.sluice.shared.function.Direction;
import io.sluice.shared.pacing.Sleeper;
import io.sluice.shared.pacing.WaitMode;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** A backend's heart without its endpoints: a region with one ring, whose guest attaches through a socket. */
final class RingHost implements AutoCloseable {
    static final String GUEST = "guest";
    private static final int SLOTS = 512;
    private static final int BUFFER_BYTES = 256;
    private static final int HEADROOM = 64;

    private final Path folder;
    private final HostRegion region;
    private final GuestAttachments attachments;
    private final Deque<AgentRunner> runners = new ArrayDeque<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** A ring whose stages belong to {@code parties}: 0 is this process, 1 the guest. */
    RingHost(Path folder, int... parties) throws IOException {
        this.folder = folder;
        final List<StageSpec> stages = new ArrayList<>();
        int vectors = 0;
        for (int party : parties) {
            stages.add(new StageSpec(party, party == 0 ? vectors++ : 0, "stage " + stages.size()));
        }
        final RingSpec ring = new RingSpec(SLOTS, BUFFER_BYTES, HEADROOM, SLOTS, Direction.FORWARD, stages);
        region = new HostRegion(
                new RegionSpec("test", List.of("host", GUEST), List.of(ring)), folder.resolve("test.status"));
        attachments = new GuestAttachments(vectors);
        attachments.open(region, List.of(GuestPlace.holding(1)), RuntimeDirectory.at(folder), List.of());
    }

    HostRegion region() {
        return region;
    }

    Ring ring() {
        return region.directory().ring(0);
    }

    /** Where the guest attaches. */
    Path socket() {
        return folder.resolve(GUEST + ".sock");
    }

    Stage stage(int index) {
        return new Stage(ring(), index, this::ring);
    }

    /** As in a backend, but for the bell of a thread of this process: each has one here, for everybody. */
    private void ring(int peerId, int vector) {
        if (peerId == 0) {
            EventFd.signal(attachments.hostBell(vector));
        } else {
            attachments.doorbell().ring(peerId, vector);
        }
    }

    /** Starts the thread of a stage of this process. */
    void start(Agent agent, Stage stage) {
        final Sleeper sleeper = new Sleeper(attachments.hostBell(ring().vector(stage.index())));
        runners.push(
                new AgentRunner(agent, sleeper, WaitMode.ADAPTIVE, AgentRunner.ANY_PROCESSOR, failure::set).start());
    }

    /** What ended a stage's thread before its time, or null. */
    Throwable failure() {
        return failure.get();
    }

    /** Waits until {@code stage} has reached {@code position}; fails at the deadline, or when a stage's program ends. */
    void awaitPosition(int stage, long position, OtherProgram guest, long deadlineNanos) throws IOException {
        while (ring().positionAcquire(stage) < position) {
            final boolean fine = guest.alive() && failure() == null && System.nanoTime() < deadlineNanos;
            assertThat(fine)
                    .as("positions %s, failure %s, the guest said: %s", positions(), failure(), guest.output())
                    .isTrue();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private List<Long> positions() {
        return IntStream.range(0, ring().stageCount())
                .mapToObj(ring()::positionAcquire)
                .toList();
    }

    /** Tells all stages that the chain has ended. */
    void retire() {
        region.retire(Violation.NONE, "");
    }

    @Override
    public void close() {
        retire();
        runners.forEach(AgentRunner::close);
        attachments.close();
        region.close();
    }
}
