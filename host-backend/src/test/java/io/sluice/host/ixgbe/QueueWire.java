// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import io.sluice.host.endpoint.PacketSource;
import io.sluice.host.ixgbe.model.packet.Wire;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import java.util.ArrayDeque;
import java.util.Deque;

/** A wire whose other end is a test: frames for the card wait, frames of the card are counted. */
final class QueueWire implements Wire {
    private final Deque<byte[]> toCard = new ArrayDeque<>();
    private long sent;

    void send(byte[] frame) {
        toCard.add(frame);
    }

    int waiting() {
        return toCard.size();
    }

    /** Frames that the card has sent. */
    long sent() {
        return sent;
    }

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
        sent++;
        return true;
    }

    @Override
    public boolean carrier() {
        return true;
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        return true;
    }

    @Override
    public void close() {
        toCard.clear();
    }
}
