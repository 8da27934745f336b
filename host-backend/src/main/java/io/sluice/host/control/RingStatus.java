// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.control;

import io.sluice.shared.function.Direction;
import java.util.List;

/**
 * One ring of a chain.
 *
 * @param inRing slots that have entered and not left
 * @param stages in the order of the packets' way
 */
public record RingStatus(Direction direction, int slots, long inRing, List<StageStatus> stages) {
    public RingStatus {
        stages = List.copyOf(stages);
    }

    public StageStatus first() {
        return stages.getFirst();
    }

    public StageStatus last() {
        return stages.getLast();
    }
}
