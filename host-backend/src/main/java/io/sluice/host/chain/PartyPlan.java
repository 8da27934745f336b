// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

/**
 * One holder of the chain's region.
 *
 * @param number its index in the region's directory; 0 is the host
 * @param name {@code host}, or the guest's name
 * @param options what the chain says of the guest; the defaults for the host
 */
public record PartyPlan(int number, String name, GuestOptions options) {
    /** The number of the host. */
    public static final int HOST = 0;

    public boolean isHost() {
        return number == HOST;
    }
}
