// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf;

import io.sluice.shared.function.Direction;
import io.sluice.shared.function.Packet;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.DropReason;

/** Passes every packet on as it is, or with its Ethernet addresses swapped. */
public final class Forward implements PacketFunction {
    private static final int ADDRESSES_BYTES = 12;

    private final boolean swapAddresses;

    /** A function that swaps source and destination of each frame if {@code swapAddresses}. */
    public Forward(boolean swapAddresses) {
        this.swapAddresses = swapAddresses;
    }

    @Override
    public void process(Packet packet, Direction direction) {
        if (!swapAddresses) {
            return;
        }
        if (packet.length() < ADDRESSES_BYTES) {
            packet.drop(DropReason.MALFORMED);
            return;
        }
        final long address = packet.address();
        final long destinationAndHalf = Memory.longAt(address);
        final int otherHalf = Memory.intAt(address + 8);
        // Little-endian: the destination is the low 48 bits of the first word, then comes the source.
        final long source = destinationAndHalf >>> 48 | (otherHalf & 0xFFFF_FFFFL) << 16;
        Memory.longAt(address, source | destinationAndHalf << 48);
        Memory.intAt(address + 8, (int) (destinationAndHalf >>> 16));
    }
}
