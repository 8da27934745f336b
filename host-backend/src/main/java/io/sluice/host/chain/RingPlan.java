// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.shared.function.Direction;
import java.util.List;

/** One ring: its stages in the order in which packets meet them. */
public record RingPlan(Direction direction, List<StagePlan> stages) {
    public RingPlan {
        stages = List.copyOf(stages);
    }
}
