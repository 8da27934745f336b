// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import io.sluice.host.ixgbe.model.packet.Wire;
import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.pacing.WaitSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A wire that counts what crosses it, for another thread to read: a card's registers forget when a driver reads them. */
final class MeteredWire implements Wire {
    private final Wire wire;
    private final AtomicLong receivedPackets = new AtomicLong();
    private final AtomicLong receivedBytes = new AtomicLong();
    private final AtomicLong transmittedPackets = new AtomicLong();
    private final AtomicLong transmittedBytes = new AtomicLong();

    /** The same as {@code wire}, which is closed with this. */
    MeteredWire(Wire wire) {
        this.wire = wire;
    }

    /** What has crossed it, from the card's side. */
    NicCard.Traffic traffic() {
        return new NicCard.Traffic(
                EpochClock.nanos(),
                receivedPackets.getOpaque(),
                receivedBytes.getOpaque(),
                transmittedPackets.getOpaque(),
                transmittedBytes.getOpaque(),
                0);
    }

    /** By the one thread that counts. */
    private static void add(AtomicLong count, long more) {
        count.setOpaque(count.getPlain() + more);
    }

    @Override
    public int receive(long address, int capacityBytes) {
        final int length = wire.receive(address, capacityBytes);
        if (length > 0) {
            add(receivedPackets, 1);
            add(receivedBytes, length);
        }
        return length;
    }

    @Override
    public boolean transmit(long address, int lengthBytes) {
        final boolean sent = wire.transmit(address, lengthBytes);
        if (sent) {
            add(transmittedPackets, 1);
            add(transmittedBytes, lengthBytes);
        }
        return sent;
    }

    @Override
    public void flush() {
        wire.flush();
    }

    @Override
    public boolean carrier() {
        return wire.carrier();
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        return wire.arm(waitSet);
    }

    @Override
    public Map<String, Long> details() {
        return wire.details();
    }

    @Override
    public void close() {
        wire.close();
    }
}
