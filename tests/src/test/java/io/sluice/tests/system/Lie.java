// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import io.sluice.shared.ring.Violation;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One thing that no honest guest does.
 *
 * @param shape where the guest stands that does it
 * @param expected what its region is to be retired for
 */
record Lie(String name, LieShape shape, Set<Violation> expected, Deed deed) {
    /** Does it, with values by chance; returns when it is done, or the region retired. */
    interface Deed {
        void by(RawGuest guest, SplittableRandom random) throws Exception;
    }

    @Override
    public String toString() {
        return shape + " " + name;
    }
}
