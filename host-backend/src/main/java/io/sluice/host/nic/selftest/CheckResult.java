// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import java.util.List;

/**
 * One check's result.
 *
 * @param check its name: {@code loopback}
 * @param words what it found, in a sentence; where something is wrong, what it is and what to do
 * @param facts in the order to show
 * @param nanos how long it took
 */
public record CheckResult(String check, Outcome outcome, String words, List<Fact> facts, long nanos) {
    public CheckResult {
        facts = List.copyOf(facts);
    }
}
