// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

/** What the card does to frames in its driver's stead. */
public enum Offload {
    /** A packet was cut into frames (7.2.4). */
    PACKETS_CUT("packets-cut"),
    /** A frame that was cut from one. */
    FRAMES_CUT("frames-cut"),
    /** A frame left with a checksum that the card has put in, be it IPv4's, TCP's, UDP's or SCTP's (7.2.5). */
    CHECKSUMS_INSERTED("checksums-inserted"),
    /** A frame left with a VLAN tag that was in its descriptor (7.4.2). */
    TAGS_INSERTED("tags-inserted"),
    /** A frame was received whose VLAN tag is in its descriptor instead (7.4.1). */
    TAGS_REMOVED("tags-removed");

    private static final Offload[] ALL = values();

    private final String label;

    Offload(String label) {
        this.label = label;
    }

    /** What tables call it. */
    public String label() {
        return label;
    }

    static int count() {
        return ALL.length;
    }
}
