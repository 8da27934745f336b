// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

/**
 * One stage of a ring.
 *
 * @param party who runs it: an index into {@link Plan#parties}, 0 for the host
 * @param hop the hop it comes from; the stages of a hop in both directions have the same one; of a copying stage the
 *     next hop, or the one before, in the neighbouring segment
 */
public record StagePlan(int party, Role role, Hop hop) {
    /** What tables call it. */
    String name() {
        return role == Role.COPY_OUT || role == Role.COPY_IN ? "copy" : hop.name();
    }

    /** The stage as a drawing shows it: {@code tap:lan [host receives]}. */
    String describe() {
        return switch (role) {
            case RECEIVE -> hop.name() + " [host receives]";
            case FUNCTION -> hop.name() + " [host]";
            case GUEST -> hop.name() + " [party " + party + "]";
            case TRANSMIT -> hop.name() + " [host transmits]";
            case COPY_OUT -> "copy [host, to " + hop.name() + "]";
            case COPY_IN -> "copy [host, from " + hop.name() + "]";
        };
    }
}
