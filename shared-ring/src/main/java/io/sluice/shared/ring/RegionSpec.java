// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import io.sluice.shared.function.Direction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a region is to hold: who takes part, and which rings they share.
 *
 * @param name the chain's name, at most 63 bytes of UTF-8
 * @param parties names; the first is the host
 * @param rings the rings, in the order of their entries
 */
public record RegionSpec(String name, List<String> parties, List<RingSpec> rings) {

    /**
     * One ring.
     *
     * @param slots a power of two, {@link RegionDescriptor#MIN_SLOTS} to {@link RegionDescriptor#MAX_SLOTS}
     * @param bufferBytes a multiple of 64
     * @param headroom offset at which a received packet is put, below {@code bufferBytes}
     * @param headStart slots that the first stage may be ahead of the last: {@code slots}, or one less where a card's
     *     receive stage reads equal indices as "no descriptors"
     */
    public record RingSpec(
            int slots, int bufferBytes, int headroom, int headStart, Direction direction, List<StageSpec> stages) {
        public RingSpec {
            stages = List.copyOf(stages);
            check(Integer.bitCount(slots) == 1, "slots must be a power of two: slots=" + slots);
            checkRange("slots", slots, RegionDescriptor.MIN_SLOTS, RegionDescriptor.MAX_SLOTS);
            checkRange(
                    "bufferBytes", bufferBytes, RegionDescriptor.MIN_BUFFER_BYTES, RegionDescriptor.MAX_BUFFER_BYTES);
            check(
                    bufferBytes % RegionDescriptor.BUFFER_ALIGNMENT == 0,
                    "bufferBytes must be a multiple of 64: bufferBytes=" + bufferBytes);
            checkRange("headroom", headroom, 0, bufferBytes - 1);
            checkRange("headStart", headStart, 1, slots);
            checkRange("stages", stages.size(), 2, RegionDescriptor.MAX_STAGES);
        }
    }

    /** One stage: whose it is, which of that party's vectors wakes it, and what to call it in tables. */
    public record StageSpec(int party, int vector, String label) {}

    public RegionSpec {
        parties = List.copyOf(parties);
        rings = List.copyOf(rings);
        checkText(name);
        parties.forEach(RegionSpec::checkText);
        checkRange("parties", parties.size(), 1, RegionDescriptor.MAX_PARTIES);
        checkRange("rings", rings.size(), 1, RegionDescriptor.MAX_RINGS);
        for (RingSpec ring : rings) {
            for (StageSpec stage : ring.stages()) {
                checkRange("stage.party", stage.party(), 0, parties.size() - 1);
            }
        }
    }

    private static void checkText(String text) {
        final int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        check(bytes < RegionDescriptor.NAME_BYTES, "name is longer than 63 bytes: name=" + text);
    }

    private static void checkRange(String name, long value, long min, long max) {
        check(value >= min && value <= max, name + " must be " + min + " to " + max + ": " + name + "=" + value);
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
