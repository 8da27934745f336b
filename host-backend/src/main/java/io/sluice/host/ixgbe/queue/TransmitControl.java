// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

/** What a transmitting stage asks of a card when its queue does not move: slow, and rare. */
public interface TransmitControl {
    /** Takes the queue from the card, which then reads none of its descriptors and buffers; false where it refuses. */
    boolean stop();

    /** Gives a stopped queue to the card again, head and tail at 0; false where it refuses. */
    boolean start();

    /** Whether the card can send: its link is up. */
    boolean linkUp();
}
