// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.io.IOException;
import java.util.List;

/**
 * What is measured of us, and of a peer beside us.
 *
 * @param suite names contests that are run together
 * @param rows names of the figures that a slice yields, in its order
 * @param unit of all of them; less is better
 * @param peer names the peer in tables
 * @param theirs starts the peer, or null where it is missing on this machine: we are then measured alone
 */
public record Contest(String suite, List<String> rows, String unit, Starter ours, String peer, Starter theirs) {
    /** Starts one side with fresh processes. */
    @FunctionalInterface
    public interface Starter {
        Subject start() throws IOException, InterruptedException;
    }

    public Contest {
        rows = List.copyOf(rows);
    }

    /** Whether {@code name} means this contest: its suite, one of its rows, or what stands before a row's slash. */
    public boolean isNamed(String name) {
        return suite.equals(name) || rows.stream().anyMatch(row -> row.equals(name) || row.startsWith(name + "/"));
    }
}
