// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import io.sluice.host.pci.DmaMapping;
import io.sluice.host.pci.TailRegister;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.SharedRegion;
import java.io.IOException;

/**
 * A queue of each direction, the simplest that keeps an account: what was handed over for sending is done, lost or under
 * way.
 *
 * <pre>
 *   0 receive descriptors   0x1000 transmit descriptors   0x2000 transmit head   0x4000 buffers of 2 KiB, receive's first
 * </pre>
 */
final class TestQueues implements QueueOwner, AutoCloseable {
    static final int DESCRIPTORS = 64;

    private static final int TRANSMIT = 0x1000;
    private static final int HEAD = 0x2000;
    private static final int BUFFERS = 0x4000;
    private static final int BUFFER_BYTES = 2048;
    private static final int BYTES = BUFFERS + 2 * DESCRIPTORS * BUFFER_BYTES;
    private static final long DONE = 1L << 32;
    private static final long SEND = 1L << 24 | 1L << 25 | 1L << 27;

    private final Card card;
    private final int queue;
    private final SharedRegion memory;
    private final DmaMapping mapping;
    private final TailRegister receiveTail;
    private final TailRegister transmitTail;
    private int receiveNext;
    private int transmitNext;
    private int transmitDone;
    private boolean paused;
    private long received;
    private long submitted;
    private long completed;
    private long lost;

    TestQueues(Card card, int queue) throws IOException {
        this(card, queue, true);
    }

    TestQueues(Card card, int queue, boolean dropWhenFull) throws IOException {
        this.card = card;
        this.queue = queue;
        memory = SharedRegion.create(
                "sluice-test-queues",
                card.device().backing().wholePages(BYTES),
                card.device().backing());
        mapping = card.device().map(memory);
        receiveTail = card.receiveTail(queue);
        transmitTail = card.transmitTail(queue);
        card.health().add(this);
        fill();
        final long device = mapping.deviceAddress();
        card.enableTransmit(queue, new TransmitRing(device + TRANSMIT, DESCRIPTORS, device + HEAD));
        card.enableReceive(queue, new ReceiveRing(device, DESCRIPTORS, BUFFER_BYTES / 1024, dropWhenFull, false));
        resume();
    }

    private void fill() {
        final long device = mapping.deviceAddress();
        Memory.intAt(memory.address() + HEAD, 0);
        for (int i = 0; i < DESCRIPTORS; i++) {
            descriptor(i, device + BUFFERS + (long) i * BUFFER_BYTES, 0);
            descriptor(TRANSMIT / 16 + i, device + BUFFERS + (long) (DESCRIPTORS + i) * BUFFER_BYTES, 0);
        }
        receiveNext = 0;
        transmitNext = 0;
        transmitDone = 0;
    }

    private void descriptor(int index, long buffer, long second) {
        Memory.longAt(memory.address() + 16L * index, buffer);
        Memory.longAt(memory.address() + 16L * index + 8, second);
    }

    long received() {
        return received;
    }

    long submitted() {
        return submitted;
    }

    long completed() {
        return completed;
    }

    long lostPackets() {
        return lost;
    }

    int inFlight() {
        return transmitNext - transmitDone & DESCRIPTORS - 1;
    }

    /** Sends {@code frame}, of 60 bytes, {@code count} times. */
    void send(int count, byte[] frame) {
        for (int i = 0; i < DESCRIPTORS; i++) {
            Memory.copyFromArray(
                    frame, 0, memory.address() + BUFFERS + (long) (DESCRIPTORS + i) * BUFFER_BYTES, frame.length);
        }
        send(count);
    }

    /** Sends up to {@code count} packets of 60 bytes. */
    void send(int count) {
        for (int i = 0; i < count && !paused && inFlight() < DESCRIPTORS - 1; i++) {
            Memory.longAt(memory.address() + TRANSMIT + 16L * transmitNext + 8, 60 | SEND);
            transmitNext = transmitNext + 1 & DESCRIPTORS - 1;
            submitted++;
        }
        if (!paused) {
            transmitTail.write(transmitNext);
        }
    }

    /** Takes what has been sent and received. */
    void poll() {
        if (paused) {
            return;
        }
        final int head = Memory.intAcquire(memory.address() + HEAD);
        completed += head - transmitDone & DESCRIPTORS - 1;
        transmitDone = head;
        final int before = receiveNext;
        while ((Memory.longAcquire(memory.address() + 16L * receiveNext + 8) & DONE) != 0) {
            Memory.longAt(memory.address() + 16L * receiveNext + 8, 0);
            receiveNext = receiveNext + 1 & DESCRIPTORS - 1;
            received++;
        }
        if (before != receiveNext) {
            receiveTail.write(receiveNext - 1 & DESCRIPTORS - 1);
        }
    }

    @Override
    public String name() {
        return "test queues";
    }

    @Override
    public void pause(String reason) {
        paused = true;
    }

    @Override
    public boolean paused() {
        return paused;
    }

    @Override
    public void lost() {
        lost += inFlight();
        fill();
    }

    @Override
    public void resume() {
        paused = false;
        receiveTail.write(DESCRIPTORS - 1);
    }

    @Override
    public void close() throws IOException {
        card.disableReceive(queue);
        card.disableTransmit(queue);
        card.health().remove(this);
        mapping.close();
        memory.close();
    }
}
