// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

/**
 * What a driver does that a card cannot act on, and the one thing that only the model does not act on. A card may hang on
 * some of them; the model counts and goes on.
 */
public enum Misuse {
    /** A ring was enabled with a length below one descriptor, or above what RDLEN and TDLEN can say. */
    RING_LENGTH("ring-length"),
    /** A ring's memory is not mapped, or not where a descriptor can lie. The ring rests until it is enabled again. */
    RING_UNMAPPED("ring-unmapped"),
    /** A tail points behind its ring's end. */
    TAIL_BEYOND_RING("tail-beyond-ring"),
    /** A receive buffer is not mapped: the frame for it is dropped. */
    RECEIVE_BUFFER_UNMAPPED("receive-buffer-unmapped"),
    /** SRRCTL gives receive buffers no size. */
    RECEIVE_BUFFER_SIZE("receive-buffer-size"),
    /** A frame can never fit into a receive ring, however many descriptors are free. */
    RECEIVE_RING_SMALL("receive-ring-small"),
    /** A transmit buffer is not mapped: its frame is not sent. */
    TRANSMIT_BUFFER_UNMAPPED("transmit-buffer-unmapped"),
    /** A frame over more than 40 descriptors (7.2.1.1), or over a whole ring. */
    TRANSMIT_CHAIN("transmit-chain"),
    /** A frame too long to send, or a packet to be cut whose length is not what its descriptor says. */
    TRANSMIT_LENGTH("transmit-length"),
    /** A frame of fewer than 17 bytes (7.2.1.1). */
    TRANSMIT_SHORT("transmit-short"),
    /** A descriptor of a type that is none, or one of another kind in the middle of a frame. */
    TRANSMIT_TYPE("transmit-type"),
    /** An offload whose offsets do not lie in the frame. */
    TRANSMIT_OFFLOAD("transmit-offload"),
    /** A frame whose own check sequence is wrong, as when IFCS is forgotten: no receiver would take it. */
    TRANSMIT_CHECK_SEQUENCE("transmit-check-sequence"),
    /** A head or a status has nowhere to be written to. */
    WRITE_BACK_UNMAPPED("write-back-unmapped"),
    /** TXDCTL.WTHRESH is not zero: the model writes back at once, which a card would not (7.2.3.4.1). */
    WRITE_BACK_THRESHOLD("write-back-threshold");

    private static final Misuse[] ALL = values();

    private final String label;

    Misuse(String label) {
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
