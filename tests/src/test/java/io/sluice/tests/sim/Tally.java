// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.sim;

import java.util.Map;
import java.util.TreeMap;

/** How often what has happened in all runs together: what never happens is not tested. */
final class Tally {
    private final Map<String, Long> counts = new TreeMap<>();

    void count(String what) {
        add(what, 1);
    }

    void add(String what, long times) {
        counts.merge(what, times, Long::sum);
    }

    long of(String what) {
        return counts.getOrDefault(what, 0L);
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
