// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that came of a run of benchmarks.
 *
 * @param machine what it ran on and how, by name, in the order to show
 */
public record Report(Map<String, String> machine, List<Row> rows) {
    public Report {
        machine = Collections.unmodifiableMap(new LinkedHashMap<>(machine));
        rows = List.copyOf(rows);
    }
}
