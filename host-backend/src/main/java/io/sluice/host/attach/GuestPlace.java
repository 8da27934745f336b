// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import java.util.List;

/**
 * A guest's place in its region, and what becomes of it while the guest is not there.
 *
 * @param party the guest's number in the region's directory, from 1
 * @param silence after how long the guest is suspect and lost
 * @param standIns for those of its stages that the host can run; none under {@link LossPolicy#HOLD}
 */
public record GuestPlace(int party, LossPolicy policy, SilenceLimits silence, List<? extends StandIn> standIns) {
    public GuestPlace {
        standIns = List.copyOf(standIns);
    }

    /** A place where packets wait for the guest. */
    public static GuestPlace holding(int party) {
        return new GuestPlace(party, LossPolicy.HOLD, SilenceLimits.DEFAULTS, List.of());
    }
}
