// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.control;

import io.sluice.host.attach.GuestLife;
import io.sluice.host.attach.StatusFile;
import io.sluice.host.control.StageStatus.Latency;
import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.RegionFormatException;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.StageCounters;
import io.sluice.shared.ring.StageGauges;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what a backend's {@linkplain StatusFile status file} tells of a chain, without the backend's taking notice.
 *
 * <p>The host's counters are read as they are now; guests' counters and all positions as they were at the last
 * heartbeat, up to 100 ms ago.
 */
final class StatusReader {
    private StatusReader() {}

    /**
     * The chain that {@code file} tells of.
     *
     * @throws RegionFormatException where it is another release's, or not complete yet
     */
    static ChainStatus read(StatusFile file) {
        final Directory directory = Directory.ofHost(file.address(), file.lengthBytes(), file.address());
        final List<RingStatus> rings = new ArrayList<>();
        for (int r = 0; r < directory.ringCount(); r++) {
            rings.add(ring(directory, directory.ring(r), file.heartbeatNanos()));
        }
        final List<GuestStatus> guests = new ArrayList<>();
        for (int party = 1; party < directory.partyCount(); party++) {
            final GuestLife life = GuestLife.read(file, party);
            final long ageNanos = Math.max(0, EpochClock.nanos() - life.sinceNanos());
            guests.add(new GuestStatus(directory.partyName(party), directory.partyConnection(party), life, ageNanos));
        }
        final ChainStatus.State state =
                directory.state() == RegionDescriptor.STATE_LIVE ? ChainStatus.State.LIVE : ChainStatus.State.RETIRED;
        final String name = directory.name();
        return new ChainStatus(
                name,
                file.segment().map(segment -> segment(name, segment)),
                state,
                directory.retireReason(),
                guests,
                rings);
    }

    /** The chain's name is the region's without the segment's number. */
    private static ChainStatus.Segment segment(String name, StatusFile.Segment segment) {
        final String suffix = "." + segment.number();
        final String chain = name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
        return new ChainStatus.Segment(chain, segment.number(), segment.count(), segment.domain());
    }

    private static RingStatus ring(Directory directory, Ring ring, long beatNanos) {
        final int last = ring.stageCount() - 1;
        final List<StageStatus> stages = new ArrayList<>();
        for (int stage = 0; stage <= last; stage++) {
            final long waiting = stage == 0 ? 0 : between(ring, stage - 1, stage);
            stages.add(stage(directory, ring, stage, waiting, beatNanos));
        }
        return new RingStatus(ring.direction(), ring.slots(), between(ring, 0, last), stages);
    }

    /** Slots between two stages. A guest's position may be any number, as it wrote it. */
    private static long between(Ring ring, int earlier, int later) {
        final long slots = StatusFile.positionAtBeat(ring, earlier) - StatusFile.positionAtBeat(ring, later);
        return Math.clamp(slots, 0, ring.slots());
    }

    private static StageStatus stage(Directory directory, Ring ring, int stage, long waiting, long beatNanos) {
        final int party = ring.party(stage);
        final StageCounters counters = ring.counters(stage);
        final StageGauges gauges = ring.gauges(stage);
        final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            final long count = counters.drops(reason);
            if (count != 0) {
                drops.put(reason, count);
            }
        }
        final Optional<Latency> latency = party != 0 || gauges.latencySamples() == 0
                ? Optional.empty()
                : Optional.of(new Latency(
                        gauges.latencySamples(),
                        gauges.latencyP50Nanos(),
                        gauges.latencyP99Nanos(),
                        gauges.latencyP999Nanos(),
                        gauges.latencyMaxNanos()));
        return new StageStatus(
                ring.label(stage),
                directory.partyName(party),
                party == 0 ? EpochClock.nanos() : beatNanos,
                counters.packets(),
                counters.bytes(),
                drops,
                waiting,
                ring.asleep(stage),
                gauges.emptySlots(),
                latency);
    }
}
