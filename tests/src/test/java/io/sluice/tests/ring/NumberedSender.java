// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.Stage;

/** Fills a ring with {@link NumberedPackets}, at first in bursts: each waits until the stage behind has gone to sleep. */
final class NumberedSender implements Agent {
    private static final int FLUSH_PERIOD = 8;
    private static final int BUDGET = 256;
    private static final int BURST = 20;
    private static final long PAUSE_NANOS = 50_000;

    private final Stage stage;
    private final long packets;
    private final long burstPackets;
    private final int headroom;
    private boolean pausing;
    private boolean done;

    /** Sends {@code packets}; the first of them in {@code bursts} bursts. */
    NumberedSender(Stage stage, long packets, int bursts) {
        this.stage = stage;
        this.packets = packets;
        this.burstPackets = (long) bursts * BURST;
        this.headroom = stage.ring().headroom();
    }

    @Override
    public String roleName() {
        return "numbered sender";
    }

    @Override
    public int doWork() {
        if (!stage.refresh()) {
            done = true;
            return 0;
        }
        if (pausing) {
            pausing = !successorSleeps();
            return 0;
        }
        final long allowed = stage.position() < burstPackets ? BURST : BUDGET;
        final int work = (int) Math.min(Math.min(stage.available(), allowed), packets - stage.position());
        for (int i = 0; i < work; i++) {
            final long position = stage.position();
            NumberedPackets.write(stage.slotAddress(position), stage.bufferAddress(position), headroom, position);
            stage.advance(1);
            if ((i + 1) % FLUSH_PERIOD == 0) {
                stage.publish();
            }
        }
        if (work % FLUSH_PERIOD != 0) {
            stage.publish();
        }
        pausing = work > 0 && stage.position() <= burstPackets;
        if (pausing || stage.position() == packets || work > 0 && stage.available() == 0) {
            stage.settle();
        }
        return work;
    }

    private boolean successorSleeps() {
        final long line = stage.ring().lineAddress(stage.index() + 1);
        return stage.ring().positionAcquire(stage.index() + 1) == stage.position()
                && Memory.longOpaque(line + RegionDescriptor.LINE_WAKE_OFFSET) != RegionDescriptor.NEVER;
    }

    Stage stage() {
        return stage;
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        if (pausing) {
            waitSet.dueIn(PAUSE_NANOS);
            return true;
        }
        return stage.position() == packets || stage.arm(1);
    }

    @Override
    public void disarm() {
        stage.disarm();
    }

    @Override
    public boolean done() {
        return done;
    }
}
