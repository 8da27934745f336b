// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/** How often the card has done each {@link Offload}. One thread counts, any thread reads. */
public final class OffloadCounts {
    private final AtomicLongArray counts = new AtomicLongArray(Offload.count());

    void add(Offload offload, long times) {
        final int kind = offload.ordinal();
        counts.setOpaque(kind, counts.getOpaque(kind) + times);
    }

    /** How often {@code offload} was done. */
    public long of(Offload offload) {
        return counts.getOpaque(offload.ordinal());
    }

    /** All of them, by label. */
    public Map<String, Long> all() {
        final var all = new LinkedHashMap<String, Long>();
        for (Offload offload : Offload.values()) {
            all.put(offload.label(), of(offload));
        }
        return all;
    }
}
