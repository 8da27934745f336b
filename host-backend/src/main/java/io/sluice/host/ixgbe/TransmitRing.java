// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

/**
 * The descriptors of a transmit queue, as the card is told of them.
 *
 * @param descriptorsDeviceAddress where the card finds the first descriptor, a multiple of 128
 * @param descriptors how many of 16 bytes each, a multiple of 8, 8 to 4096
 * @param headDeviceAddress where the card writes its head, a multiple of 16 (7.2.3.5.2), or 0: then it marks descriptors
 *     as done
 */
public record TransmitRing(long descriptorsDeviceAddress, int descriptors, long headDeviceAddress) {
    public TransmitRing {
        RingShape.check(descriptorsDeviceAddress, descriptors);
        if ((headDeviceAddress & 15) != 0) {
            throw new IllegalArgumentException(
                    "headDeviceAddress=0x" + Long.toHexString(headDeviceAddress) + ", must be a multiple of 16");
        }
    }
}
