// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

/**
 * The names of a region's descriptors in a store. A name is printable ASCII without colon or blank, as systemd wants it.
 *
 * <pre>
 *   memory           the region
 *   state            the status file: the host's private copy of the region's control part, and the plan
 *   host-bell-N      wakes the host's thread N
 *   listen-GUEST     the socket at which GUEST attaches
 *   connection-P     the socket of the guest attached as peer P
 *   bell-P           wakes that guest
 *   tap-N            the interface of the chain's end N: 0 the first hop, 1 the last
 * </pre>
 * A card that no IOMMU keeps from memory is a group of its own, whose name begins with {@link #CARD_GROUP}:
 * <pre>
 *   card-config      its configuration space, in which it is taken off its bus; this opening has the right to the card
 *   card-reset       what resets it
 *   card-memory-N    pages at physical address N, which the card may write to until it is off its bus
 * </pre>
 */
public final class KeptItems {
    public static final String MEMORY = "memory";
    public static final String STATE = "state";
    public static final String HOST_BELL = "host-bell-";
    public static final String LISTEN = "listen-";
    public static final String CONNECTION = "connection-";
    public static final String BELL = "bell-";
    public static final String TAP = "tap-";

    public static final String CARD_GROUP = "card~";
    public static final String CARD_CONFIG = "card-config";
    public static final String CARD_RESET = "card-reset";
    public static final String CARD_MEMORY = "card-memory-";

    private KeptItems() {}
}
