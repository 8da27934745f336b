// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

/**
 * What is known of a card's link.
 *
 * @param phase where it is
 * @param speedMegabits per second while it is up, else 0
 * @param waitingFor what has to happen next, for the person who waits: "a module in the cage"; empty while up
 */
public record LinkState(Phase phase, int speedMegabits, String waitingFor) {
    /** Where a link can be. */
    public enum Phase {
        /** Not asked for yet, or taken down. */
        DOWN,
        /** The cage is empty, or what is in it does not answer. */
        NO_MODULE,
        /** Asked for; the other end does not agree yet. */
        NEGOTIATING,
        /** Packets go through. */
        UP,
        /** The card no longer answers. */
        GONE
    }

    static final LinkState DOWN = new LinkState(Phase.DOWN, 0, "being brought up");

    /** Whether packets go through. */
    public boolean up() {
        return phase == Phase.UP;
    }
}
