// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

/** One frame in the card's packet buffer, and what the card has found out about it. */
final class HeldFrame {
    /** Where it lies: {@link #lengthBytes}, and room for a check sequence behind. */
    long address;

    int lengthBytes;

    /** Status and errors of an advanced descriptor, without those that say how far it is. */
    int status;

    /** RSS type and packet type, the lower half of an advanced descriptor's first word. */
    int types;

    /** The upper half of that word. */
    int hash;

    /** The VLAN tag, where {@link #status} says that there is one. */
    int tag;

    /** Pools that are still to get it; 0 where there are no pools. */
    long pools;

    /** The queue, or where there are pools the index among a pool's queues. */
    int queue;
}
