// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import io.sluice.host.endpoint.PacketSource;
import io.sluice.host.ixgbe.model.packet.Wire;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A wire whose frames a test puts in and takes out. */
final class MemoryWire implements Wire {
    final Deque<byte[]> coming = new ArrayDeque<>();
    final List<byte[]> gone = new ArrayList<>();
    boolean plugged = true;
    boolean jammed;

    @Override
    public int receive(long address, int capacityBytes) {
        final byte[] frame = coming.poll();
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
        if (jammed) {
            return false;
        }
        final byte[] frame = new byte[lengthBytes];
        Memory.copyToArray(address, frame, 0, lengthBytes);
        gone.add(frame);
        return true;
    }

    @Override
    public boolean carrier() {
        return plugged;
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        return coming.isEmpty();
    }

    @Override
    public void close() {
        plugged = false;
    }
}
