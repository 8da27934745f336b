// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.demo;

import io.sluice.host.control.ChainStatus;
import io.sluice.host.control.RingStatus;
import io.sluice.host.control.StageStatus;
import io.sluice.shared.function.Direction;
import io.sluice.shared.ring.DropReason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became of every packet that entered a chain whose sources have ended.
 *
 * <p>It closes where, for every ring, each packet received has been sent or dropped for a counted reason, none is left in
 * the ring, and the last stage has met exactly as many empty slots as the stages before it have dropped packets. That
 * holds for chains that send each packet to one output.
 */
public record Account(List<Entry> entries) {
    /**
     * One ring's account.
     *
     * @param received packets that the first stage put into the ring
     * @param sent packets that the last stage has sent
     * @param dropped by all later stages
     * @param inRing packets that have not left
     * @param emptySlots that the last stage has met
     * @param droppedBefore packets dropped before they reached the last stage
     */
    public record Entry(
            Direction direction,
            String from,
            String to,
            long received,
            long sent,
            Map<DropReason, Long> dropped,
            long inRing,
            long emptySlots,
            long droppedBefore,
            Optional<StageStatus.Latency> latency) {

        static Entry of(RingStatus ring) {
            final Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
            long droppedBefore = 0;
            // What the first stage counts as dropped has never had a slot.
            for (StageStatus stage : ring.stages().subList(1, ring.stages().size())) {
                stage.drops().forEach((reason, count) -> dropped.merge(reason, count, Long::sum));
                droppedBefore += stage == ring.last() ? 0 : stage.dropped();
            }
            return new Entry(
                    ring.direction(),
                    ring.first().label(),
                    ring.last().label(),
                    ring.first().packets(),
                    ring.last().packets(),
                    dropped,
                    ring.inRing(),
                    ring.last().emptySlots(),
                    droppedBefore,
                    ring.last().latency());
        }

        /** Packets dropped, whatever the reason. */
        public long droppedPackets() {
            return dropped.values().stream().mapToLong(Long::longValue).sum();
        }

        /** What does not add up, in words; nothing where all does. */
        public List<String> faults() {
            final List<String> faults = new ArrayList<>();
            final long missing = received - sent - droppedPackets();
            if (inRing != 0) {
                faults.add(inRing + " packets are still in the ring");
            }
            if (missing != inRing) {
                faults.add("of " + received + " packets received, " + sent + " were sent and " + droppedPackets()
                        + " dropped: " + (missing > 0 ? missing + " are missing" : -missing + " are too many"));
            }
            if (emptySlots != droppedBefore) {
                faults.add(
                        droppedBefore + " packets were dropped on the way and " + emptySlots + " slots arrived empty");
            }
            return faults;
        }
    }

    public Account {
        entries = List.copyOf(entries);
    }

    /** The account of {@code chain}. */
    public static Account of(ChainStatus chain) {
        return new Account(chain.rings().stream().map(Entry::of).toList());
    }

    /** Whether every packet is accounted for. */
    public boolean closes() {
        return entries.stream().allMatch(entry -> entry.faults().isEmpty());
    }

    /** Whether packets have crossed the chain in each direction: an account of nothing closes and shows nothing. */
    public boolean hasPackets() {
        return entries.stream().allMatch(entry -> entry.sent() > 0);
    }
}
