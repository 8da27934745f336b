// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

/** How a party wakes another that sleeps: an eventfd, or the doorbell register of an ivshmem device. */
@FunctionalInterface
public interface Doorbell {
    /** A doorbell for those whose peers never sleep on them. */
    Doorbell NONE = (peerId, vector) -> {};

    /** Wakes the peer attached as {@code peerId} through its {@code vector}; a peer that is gone is not an error. */
    void ring(int peerId, int vector);
}
