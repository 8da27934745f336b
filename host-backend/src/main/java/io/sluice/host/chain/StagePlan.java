// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

/**
 * One stage of a ring.
 *
 * @param party who runs it: an index into {@link Plan#parties}, 0 for the host
 * @param hop the hop it comes from; the stages of a hop in both directions have the same one
 */
public record StagePlan(int party, Role role, Hop hop) {
    /** The stage as a drawing shows it: {@code tap:lan [host receives]}. */
    String describe() {
        return switch (role) {
            case RECEIVE -> hop.name() + " [host receives]";
            case FUNCTION -> hop.name() + " [host]";
            case GUEST -> hop.name() + " [party " + party + "]";
            case TRANSMIT -> hop.name() + " [host transmits]";
        };
    }
}
