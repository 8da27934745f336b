// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/** How often a driver has misused the card, by kind. One thread counts, any thread reads. */
public final class MisuseCounts {
    private final AtomicLongArray counts = new AtomicLongArray(Misuse.count());

    void add(Misuse misuse) {
        final int kind = misuse.ordinal();
        counts.setOpaque(kind, counts.getOpaque(kind) + 1);
    }

    /** How often {@code misuse} was met. */
    public long of(Misuse misuse) {
        return counts.getOpaque(misuse.ordinal());
    }

    /** All that were met at least once, by label. */
    public Map<String, Long> met() {
        final var met = new LinkedHashMap<String, Long>();
        for (Misuse misuse : Misuse.values()) {
            if (of(misuse) != 0) {
                met.put(misuse.label(), of(misuse));
            }
        }
        return met;
    }
}
