// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import static io.sluice.shared.ring.RegionDescriptor.MIN_BUFFER_BYTES;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.agent.AgentRunner;
import io.sluice.shared.function.Direction;
import io.sluice.shared.pacing.Sleeper;
import io.sluice.shared.pacing.WaitMode;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.RegionFormat;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.Stage;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** A ring in this process's memory: each stage a party, a thread and an eventfd of its own. */
final class LocalRing implements AutoCloseable {
    private static final int HEADROOM = 64;

    private final Arena arena = Arena.ofShared();
    private final Ring ring;
    private final int[] bells;
    private final List<Sleeper> sleepers = new ArrayList<>();
    private final List<AgentRunner> runners = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    LocalRing(int slots, int stageCount) {
        final List<String> parties = new ArrayList<>();
        final List<StageSpec> stages = new ArrayList<>();
        bells = new int[stageCount];
        for (int i = 0; i < stageCount; i++) {
            parties.add("party" + i);
            stages.add(new StageSpec(i, i, "stage" + i));
            bells[i] = EventFd.create();
        }
        final RingSpec spec = new RingSpec(slots, MIN_BUFFER_BYTES, HEADROOM, slots, Direction.FORWARD, stages);
        final RegionFormat format = new RegionFormat(new RegionSpec("local", parties, List.of(spec)), stageCount);
        final long base = arena.allocate(format.regionBytes(), 4096).address();
        format.write(base);
        ring = Directory.shared(base, format.regionBytes()).ring(0);
        for (int bell : bells) {
            sleepers.add(new Sleeper(bell));
        }
    }

    Ring ring() {
        return ring;
    }

    /** Takes the place of stage {@code index}. */
    Stage stage(int index) {
        final Doorbell doorbell = (_, vector) -> EventFd.signal(bells[vector]);
        return new Stage(ring, index, doorbell);
    }

    int bell(int index) {
        return bells[index];
    }

    Sleeper sleeper(int index) {
        return sleepers.get(index);
    }

    /** Starts the thread of stage {@code index}. */
    void start(int index, Agent agent, WaitMode mode) {
        runners.add(new AgentRunner(agent, sleepers.get(index), mode, AgentRunner.ANY_PROCESSOR, failure::set).start());
    }

    /** What ended a stage's thread before its time, or null. */
    Throwable failure() {
        return failure.get();
    }

    /** Ends the stages' threads; what they have written may be read from then on. */
    void stop() {
        runners.forEach(AgentRunner::close);
    }

    @Override
    public void close() {
        stop();
        sleepers.forEach(Sleeper::close);
        for (int bell : bells) {
            Descriptors.close(bell);
        }
        arena.close();
    }
}
