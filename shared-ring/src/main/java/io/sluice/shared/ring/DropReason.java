// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import java.util.Locale;

/**
 * Why a stage did not pass a packet on; the ordinal is the counter's place in {@link StageCounters} and part of the
 * ring format, so reasons are only ever added, up to {@link StageCounters#MAX_REASONS}.
 */
public enum DropReason {
    /** A packet function's rule said so. */
    DENIED,
    /** Headers that contradict themselves or end too early. */
    MALFORMED,
    /** A bounded table of a packet function had no room. */
    TABLE_FULL,
    /** A fragment whose first fragment has not been seen, or that overlaps. */
    FRAGMENT,
    /** Longer than the slot's buffer or the output's MTU. */
    OVERSIZE,
    /** The output mask names an output that this ring does not have. */
    NO_OUTPUT,
    /** The output took nothing for longer than its {@code output-stall}. */
    OUTPUT_STALL,
    /** The output refused the packet, for example because its link is down. */
    OUTPUT_ERROR,
    /** A slot word with an offset or length outside its buffer. */
    BAD_SLOT,
    /** A packet function failed on the packet. */
    FAILED,
    /** Some other decision of a packet function. */
    OTHER,
    /** The guest that it was on its way to is lost, and its policy is to drop, or it was in the guest's hands. */
    GUEST_LOST;

    private static final DropReason[] VALUES = values();

    /** The name used in tables and JSON: lower case with dashes. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The reason whose counter is the {@code index}-th. */
    public static DropReason of(int index) {
        return VALUES[index];
    }

    /** How many reasons this version counts. */
    public static int count() {
        return VALUES.length;
    }
}
