// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

/**
 * What one of the card's 16 statistics sets has counted (8.2.3.23.71 on): packets and bytes without check sequence, and
 * packets that found no descriptor.
 */
public record QueueCounts(
        long receivedPackets,
        long receivedBytes,
        long droppedPackets,
        long transmittedPackets,
        long transmittedBytes) {}
