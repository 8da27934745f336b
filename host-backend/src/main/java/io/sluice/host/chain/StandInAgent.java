// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.host.attach.HostRegion;
import io.sluice.host.attach.LossPolicy;
import io.sluice.host.attach.StandIn;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.Quarantine;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.StageCounters;

/**
 * Runs one stage of a guest that is not there: passes its slots on, or empties and counts them. Told by the thread that
 * attaches guests when to begin and when to end; in between only the helper thread touches the stage.
 */
public final class StandInAgent implements Agent, StandIn {
    private static final int BUDGET = 256;

    /** What the helper thread works on; {@code doubtful} counts down. */
    private static final class Assignment {
        private final Stage stage;
        private final StageCounters counters;
        private final Quarantine quarantine;
        private final boolean filledByHost;
        private int doubtful;

        private Assignment(Stage stage, int doubtful) {
            this.stage = stage;
            this.counters = stage.counters();
            this.quarantine = stage.ring().quarantine();
            this.filledByHost = stage.ring().party(0) == 0;
            this.doubtful = doubtful;
        }
    }

    private final String roleName;
    private final int ring;
    private final int stage;
    private final int vector;
    private final boolean drops;
    private final HostRegion region;
    private final HostStages stages;
    private volatile Assignment assigned;
    private volatile boolean ending;
    /** The stage that the helper thread's watch knows of, or null. */
    private Stage watched;

    /**
     * Ready for stage {@code stage} of the {@code ring}-th ring.
     *
     * @param vector of the helper thread
     * @param stages of that thread, which watch over what guests do
     */
    public StandInAgent(
            String roleName, int ring, int stage, int vector, LossPolicy policy, HostRegion region, HostStages stages) {
        this.roleName = roleName;
        this.ring = ring;
        this.stage = stage;
        this.vector = vector;
        this.drops = policy == LossPolicy.DROP;
        this.region = region;
        this.stages = stages;
    }

    @Override
    public int ring() {
        return ring;
    }

    @Override
    public int stage() {
        return stage;
    }

    @Override
    public int vector() {
        return vector;
    }

    @Override
    public void begin(Stage place, int doubtful) {
        ending = false;
        assigned = new Assignment(place, doubtful);
    }

    @Override
    public void end() {
        ending = true;
    }

    @Override
    public boolean ended() {
        return assigned == null;
    }

    @Override
    public String roleName() {
        return roleName;
    }

    @Override
    public int doWork() {
        final Assignment now = assigned;
        if (now == null) {
            return 0;
        }
        if (watched != now.stage) {
            watched = now.stage;
            stages.add(watched);
        }
        if (!now.stage.refresh() || ending && now.doubtful == 0) {
            leaveIfAsked(now.stage);
            return 0;
        }
        // The doubtful slots are emptied in any case: nobody behind takes out of them what is still there.
        final int work = Math.min(now.stage.available(), ending ? now.doubtful : BUDGET);
        final boolean guarded = now.quarantine.active();
        if (drops || guarded || now.doubtful > 0) {
            for (int i = 0; i < work; i++) {
                turn(now, now.stage.position() + i, guarded);
            }
        }
        if (work > 0) {
            now.stage.advance(work);
            now.stage.publish();
            if (now.stage.available() == 0) {
                now.stage.settle();
            }
        }
        return work;
    }

    /** All that was done is published: each turn ends with that. Nobody looks after this stage again, so it settles. */
    private void leaveIfAsked(Stage stage) {
        if (ending) {
            stage.settle();
            stages.remove(stage);
            watched = null;
            assigned = null;
        }
    }

    private void turn(Assignment now, long position, boolean guarded) {
        if (now.doubtful > 0) {
            now.doubtful--;
            // Held back from another guest as well, it held no packet before, whatever is stored there.
            empty(now, position, !now.filledByHost || now.quarantine.writers(position) <= 1);
        } else if (guarded && now.quarantine.holds(position)) {
            // What a lost guest has stored late is no packet that anybody has sent, unless a guest fills the ring.
            empty(now, position, !now.filledByHost);
        } else if (drops) {
            empty(now, position, true);
        }
    }

    private static void empty(Assignment now, long position, boolean counted) {
        final long slot = now.stage.slotAddress(position);
        if (SlotWord.outputs(Memory.longOpaque(slot)) != 0) {
            Memory.longOpaque(slot, SlotWord.NO_PACKET);
            if (counted) {
                now.counters.addDrop(DropReason.GUEST_LOST);
            }
        }
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        final Assignment now = assigned;
        if (now == null) {
            return true;
        }
        return !ending && (waitSet.canBeKicked() ? now.stage.arm(1) : now.stage.look() == 0);
    }

    @Override
    public void disarm() {
        final Assignment now = assigned;
        if (now != null) {
            now.stage.disarm();
        }
    }

    /** True once the region is retired. */
    @Override
    public boolean done() {
        return region.retired();
    }
}
