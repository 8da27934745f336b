// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

/**
 * What a card says it is, from its configuration space.
 *
 * @param kind the controller: {@code 82599}
 * @param port which of a card's ports it is, 0 or 1
 */
public record CardIdentity(
        int vendorId,
        int deviceId,
        int subsystemVendorId,
        int subsystemId,
        int revision,
        String kind,
        Media media,
        int port) {
    @Override
    public String toString() {
        return "%s %04x:%04x rev %d, port %d, %s".formatted(kind, vendorId, deviceId, revision, port, media.label());
    }
}
