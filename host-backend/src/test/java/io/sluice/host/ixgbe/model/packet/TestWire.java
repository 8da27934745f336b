// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import io.sluice.host.endpoint.PacketSource;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A wire whose other end is a test: frames for the card wait in it, frames of the card are kept. */
public final class TestWire implements Wire {
    public final Deque<byte[]> toCard = new ArrayDeque<>();
    public final List<byte[]> fromCard = new ArrayList<>();
    public boolean carrier = true;
    boolean full;

    /** Frames that it takes before it is full. */
    int room = Integer.MAX_VALUE;

    @Override
    public int receive(long address, int capacityBytes) {
        final byte[] frame = toCard.poll();
        if (frame == null) {
            return PacketSource.NOTHING;
        }
        if (frame.length > capacityBytes) {
            return PacketSource.OVERSIZE;
        }
        Memory.copyFromArray(frame, 0, address, frame.length);
        return frame.length;
    }

    @Override
    public boolean transmit(long address, int lengthBytes) {
        if (full || fromCard.size() >= room) {
            return false;
        }
        final byte[] frame = new byte[lengthBytes];
        Memory.copyToArray(address, frame, 0, lengthBytes);
        fromCard.add(frame);
        return true;
    }

    @Override
    public boolean carrier() {
        return carrier;
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        return toCard.isEmpty();
    }

    @Override
    public void close() {
        carrier = false;
    }
}
