// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.control;

import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.StageCounters;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * One stage of a ring. Counters go on from one attachment of a guest to the next.
 *
 * @param label what the user wrote for it: {@code tap:lan}
 * @param party whose it is: {@code host} or a guest's name
 * @param atNanos nanoseconds since 1970 at which these values were current
 * @param packets as {@link StageCounters} says
 * @param drops reasons for which a packet was dropped here, and how many; none is zero
 * @param waiting slots that the stage before has finished and this one has not
 * @param asleep whether it sleeps until somebody wakes it; beside waiting slots a sign of a wake-up lost or just under way
 * @param emptySlots at the last stage: slots whose packet an earlier stage had dropped
 * @param latency at the last stage, from reception to transmission, once a packet has been measured
 */
public record StageStatus(
        String label,
        String party,
        long atNanos,
        long packets,
        long bytes,
        Map<DropReason, Long> drops,
        long waiting,
        boolean asleep,
        long emptySlots,
        Optional<Latency> latency) {

    /** Percentiles over all samples, in nanoseconds. */
    public record Latency(long samples, long p50Nanos, long p99Nanos, long p999Nanos, long maxNanos) {}

    /** Per second. Bits are those of frames without check sequence, preamble and gap. */
    public record Rate(double packets, double bits) {}

    public StageStatus {
        final Map<DropReason, Long> copy = new EnumMap<>(DropReason.class);
        copy.putAll(drops);
        drops = Collections.unmodifiableMap(copy);
    }

    /** Packets dropped here, whatever the reason. */
    public long dropped() {
        return drops.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The rate since {@code before}; empty where no time has passed or the counters have begun anew. */
    public Optional<Rate> rateSince(StageStatus before) {
        final double seconds = (atNanos - before.atNanos) / 1e9;
        final long more = packets - before.packets;
        final long moreBytes = bytes - before.bytes;
        return seconds <= 0 || more < 0 || moreBytes < 0
                ? Optional.empty()
                : Optional.of(new Rate(more / seconds, moreBytes * 8 / seconds));
    }
}
