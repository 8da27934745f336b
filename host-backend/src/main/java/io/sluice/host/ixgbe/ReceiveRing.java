// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

/**
 * The descriptors of a receive queue, as the card is told of them.
 *
 * @param descriptorsDeviceAddress where the card finds the first descriptor, a multiple of 128
 * @param descriptors how many of 16 bytes each, a multiple of 8, 8 to 4096
 * @param bufferKibibytes what each buffer holds, 1 to 16 (8.2.3.8.7)
 * @param dropWhenFull whether a packet without a descriptor is dropped and counted; else it waits in the packet buffer,
 *     where it also delays every other queue (7.1.1.3)
 * @param advanced whether descriptors are advanced with one buffer (7.1.6); else legacy (7.1.5)
 */
public record ReceiveRing(
        long descriptorsDeviceAddress, int descriptors, int bufferKibibytes, boolean dropWhenFull, boolean advanced) {
    public ReceiveRing {
        RingShape.check(descriptorsDeviceAddress, descriptors);
        if (bufferKibibytes < 1 || bufferKibibytes > 16) {
            throw new IllegalArgumentException("bufferKibibytes=" + bufferKibibytes + ", must be 1 to 16");
        }
    }
}
