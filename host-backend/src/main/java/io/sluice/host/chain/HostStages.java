// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.host.attach.HostRegion;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.Ring;
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
 * nobody any more.
 */
final class HostStages {
    private final HostRegion region;
    private final int bell;
    private final List<Stage> stages = new ArrayList<>();
    private boolean told;

    HostStages(HostRegion region, int bell) {
        this.region = region;
        this.bell = bell;
    }

    void add(Stage stage) {
        stages.add(stage);
    }

    /** Names the bell to a thread that goes to sleep. */
    void await(WaitSet waitSet) {
        if (!region.retired()) {
            waitSet.awaitKick(bell);
        }
    }

    /** Retires the region where a guest next to one of the stages has done wrong; after each turn. */
    void watch() {
        for (int i = 0; i < stages.size(); i++) {
            watch(stages.get(i));
        }
    }

    /** The same for one stage. */
    void watch(Stage stage) {
        if (!told && stage.violation() != Violation.NONE) {
            told = true;
            final Ring ring = stage.ring();
            final int before = (stage.index() == 0 ? ring.stageCount() : stage.index()) - 1;
            region.retire(stage.violation(), ring.label(before));
        }
    }
}
