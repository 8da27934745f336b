// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.host.attach.GuestAttachments;
import io.sluice.host.ixgbe.port.CardRequest;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What of a plan goes into the directories of its segments' regions, and how many threads run the host's stages.
 *
 * <p>A thread runs all of the host's stages of one direction, in all segments, so that it wakes up for work and not for
 * its own colleague. Each direction has a thread of its own where the user gave processors for them or the machine has
 * enough; a chain with a {@code vnf:} in both directions has one, because a packet function belongs to one thread.
 *
 * @param specs of each segment's region
 * @param threads 1 to the number of directions
 */
record ChainLayout(List<RegionSpec> specs, int threads) {
    /** Room in front of a received packet for encapsulations, two cache lines. */
    private static final int HEADROOM_BYTES = 128;

    private static final int PROCESSORS_FOR_A_THREAD_PER_RING = 4;
    private static final int LABEL_BYTES = 47;

    static ChainLayout of(Plan plan, ConfiguredChain configured) {
        final int threads = threads(plan, configured.options());
        final List<RegionSpec> specs = new ArrayList<>();
        for (SegmentPlan segment : plan.segments()) {
            final String name = configured.regionNames().get(specs.size());
            specs.add(spec(name, segment, configured.options(), threads));
        }
        return new ChainLayout(specs, threads);
    }

    private static RegionSpec spec(String name, SegmentPlan segment, ChainOptions options, int threads) {
        final List<RingSpec> rings = new ArrayList<>();
        for (RingPlan ring : segment.rings()) {
            final int vector = rings.size() % threads;
            final List<StageSpec> stages = ring.stages().stream()
                    .map(stage -> new StageSpec(
                            stage.party(), stage.party() == PartyPlan.HOST ? vector : 0, label(stage.name())))
                    .toList();
            // A card that fills a ring reads equal head and tail as "no descriptors".
            final Optional<CardRequest> card = ChainCards.filling(ring);
            final int bufferBytes =
                    card.map(request -> HEADROOM_BYTES + request.bufferBytes()).orElse(0);
            rings.add(new RingSpec(
                    options.slots(),
                    Math.max(options.bufferBytes(), bufferBytes),
                    HEADROOM_BYTES,
                    card.isPresent() ? options.slots() - 1 : options.slots(),
                    ring.direction(),
                    stages));
        }
        final List<String> parties =
                segment.parties().stream().map(PartyPlan::name).toList();
        return new RegionSpec(name, parties, rings);
    }

    private static int threads(Plan plan, ChainOptions options) {
        final boolean hasFunction = plan.chain().hops().stream().anyMatch(Hop::isFunction);
        if (hasFunction) {
            return 1;
        }
        final int directions = plan.chain().bothWays() ? 2 : 1;
        final boolean roomy = Runtime.getRuntime().availableProcessors() >= PROCESSORS_FOR_A_THREAD_PER_RING;
        final int wanted = options.cpus().isEmpty()
                ? (roomy ? directions : 1)
                : options.cpus().size();
        return Math.min(Math.min(wanted, directions), GuestAttachments.MAX_HOST_VECTORS);
    }

    /** The thread that runs the host's stages of the {@code ring}-th ring of each segment. */
    int thread(int ring) {
        return ring % threads;
    }

    /** {@code name}, or its kind and its end where it is too long: of a file's path that tells more than the beginning. */
    private static String label(String name) {
        if (bytes(name) <= LABEL_BYTES) {
            return name;
        }
        final String kind = name.substring(0, name.indexOf(':') + 1) + "...";
        int from = kind.length();
        while (bytes(name.substring(from)) > LABEL_BYTES - bytes(kind)) {
            from = name.offsetByCodePoints(from, 1);
        }
        return kind + name.substring(from);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
