// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.demo;

import java.util.List;

/**
 * How the demo has ended.
 *
 * @param trafficNanos for how long packets could enter
 * @param faults what went wrong beside the account: a guest that did not end well
 */
public record DemoResult(Account account, long trafficNanos, List<String> faults) {
    public DemoResult {
        faults = List.copyOf(faults);
    }

    /** Whether packets crossed the chain both ways, all are accounted for, and all guests ended well. */
    public boolean success() {
        return account.closes() && account.hasPackets() && faults.isEmpty();
    }
}
