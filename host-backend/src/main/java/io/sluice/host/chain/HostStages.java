// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.host.attach.HostRegion;
import io.sluice.host.attach.KickLimit;
import io.sluice.shared.pacing.Bell;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.Violation;
import java.util.ArrayList;
import java.util.List;

/**
 * The host's stages in one region that one helper thread runs: the bell that their neighbours ring, and the watch over
 * what these do. A stage stops by itself next to a guest that has done wrong; somebody has to say so, or the chain would
 * stand still without a word.
 *
 * <p>Each region has bells of its own, because guests that are processes hold their descriptors: one that emptied a bell
 * which two regions shared would make the host sleep through the other region's kicks. The bell of a retired region wakes
 * nobody any more. By a second bell, which no guest holds, the host wakes itself.
 */
public final class HostStages {
    private final HostRegion region;
    private final Bell bell;
    private final Bell ownBell;
    private final KickLimit kickLimit = new KickLimit(System.nanoTime());
    private long kicks;
    private long armsOfThoseWhoLeft;
    private final List<Stage> stages = new ArrayList<>();
    private boolean told;

    /**
     * Stages of {@code region}.
     *
     * @param bell the eventfd by which guests wake the thread
     * @param ownBell the one by which the host does
     */
    public HostStages(HostRegion region, int bell, int ownBell) {
        this.region = region;
        this.bell = new Bell(bell);
        this.ownBell = new Bell(ownBell);
    }

    /** Adds a stage of this thread's. Guests' kicks are held against what all stages that were added have asked for. */
    public void add(Stage stage) {
        stages.add(stage);
    }

    /** Takes a stage off that this thread no longer runs. */
    void remove(Stage stage) {
        stages.remove(stage);
        armsOfThoseWhoLeft += stage.arms();
    }

    /** Names the bell to a thread that goes to sleep. */
    void await(WaitSet waitSet) {
        if (!region.retired()) {
            waitSet.awaitKick(bell);
            waitSet.awaitKick(ownBell);
        }
    }

    /** Retires the region where a guest next to one of the stages has done wrong; after each turn. */
    void watch() {
        for (int i = 0; i < stages.size(); i++) {
            final Stage stage = stages.get(i);
            if (!told && stage.violation() != Violation.NONE) {
                told = true;
                region.retire(stage.violation(), stage.ring().label(culprit(stage)));
            }
        }
        if (bell.kicks() != kicks) {
            kicks = bell.kicks();
            countKicks();
        }
    }

    private static int culprit(Stage stage) {
        final int stages = stage.ring().stageCount();
        final int step = stage.violation() == Violation.WAKE_BACKWARDS ? 1 : stages - 1;
        return (stage.index() + step) % stages;
    }

    private void countKicks() {
        long arms = armsOfThoseWhoLeft;
        for (int i = 0; i < stages.size(); i++) {
            arms += stages.get(i).arms();
        }
        if (!told && kickLimit.exceeded(kicks, arms, System.nanoTime())) {
            told = true;
            region.retire(Violation.KICK_FLOOD, kicker());
        }
    }

    /** A thread that is there only to stand in for a guest may have no stage now. */
    private String kicker() {
        return stages.isEmpty()
                ? "a guest"
                : "a guest next to "
                        + stages.getFirst().ring().label(stages.getFirst().index());
    }
}
