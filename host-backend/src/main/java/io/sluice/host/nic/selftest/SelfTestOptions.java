// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import java.util.Set;

/**
 * How a card is tested.
 *
 * @param throughputNanos how long its throughput is measured
 * @param linkNanos how long its link may take
 * @param skipped names of checks that are left out
 */
public record SelfTestOptions(long throughputNanos, long linkNanos, Set<String> skipped) {
    private static final Set<String> NEEDED = Set.of("bus", "set-up");

    public SelfTestOptions {
        if (throughputNanos <= 0 || linkNanos < 0) {
            throw new IllegalArgumentException("throughputNanos=" + throughputNanos + " linkNanos=" + linkNanos
                    + ", must be above 0 and not below 0");
        }
        skipped = Set.copyOf(skipped);
        for (String check : skipped) {
            if (!SelfTest.names().contains(check)) {
                throw new IllegalArgumentException(
                        "check '" + check + "': no such check; there are " + String.join(", ", SelfTest.names()));
            }
            if (NEEDED.contains(check)) {
                throw new IllegalArgumentException(
                        "check '" + check + "' cannot be left out, for others need what it does");
            }
        }
    }
}
