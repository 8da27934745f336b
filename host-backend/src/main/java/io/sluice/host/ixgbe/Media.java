// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

/** What a card is connected by. */
public enum Media {
    SFP("SFP+ cage"),
    BACKPLANE("backplane"),
    COPPER("copper, 10GBASE-T");

    private final String label;

    Media(String label) {
        this.label = label;
    }

    /** As users read it. */
    public String label() {
        return label;
    }
}
