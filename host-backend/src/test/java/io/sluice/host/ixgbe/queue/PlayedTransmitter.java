// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.memory.Memory;
import java.util.ArrayList;
import java.util.List;

/** A card's sending half, played on the descriptors' memory: checks what would stop a real one. */
final class PlayedTransmitter implements TransmitControl {
    /** A frame that left. */
    record Sent(long address, int length) {}

    final TransmitQueue queue;
    final QueueGate gate = new QueueGate("tx");
    final CardOutput output;
    final List<Sent> sent = new ArrayList<>();
    private final CardRing ring;
    private final long descriptors;
    private final long headAddress;
    private final long tail;
    private int head;
    int nulls;
    int reports;
    boolean enabled = true;
    boolean linkUp = true;
    boolean startable = true;
    int stops;
    int starts;

    PlayedTransmitter(CardRing ring) {
        this.ring = ring;
        descriptors = ring.allocate(16L * ring.slots());
        headAddress = ring.allocate(128);
        tail = ring.allocate(4);
        queue = new TransmitQueue(descriptors, headAddress, ring.buffers(), ring.register(tail));
        output = new CardOutput(queue, gate, this, CardRing.MAX_FRAME, CardRing.STALL_NANOS, () -> ring.clockNanos);
    }

    /** Descriptors that the card has been told of and has not taken. */
    int waiting() {
        return Memory.intAt(tail) - head & ring.slots() - 1;
    }

    int tail() {
        return Memory.intAt(tail);
    }

    /** Sends what up to {@code most} descriptors say; how many it took. */
    int send(int most) {
        int taken = 0;
        while (enabled && taken < most && waiting() > 0) {
            final long word = Memory.longAcquire(descriptors + 16L * head + 8);
            final int length = (int) word & 0xFFFF;
            assertThat(word & TransmitDescriptor.END_OF_PACKET).isNotZero();
            if (length == 0) {
                nulls++;
            } else {
                assertThat(length).isBetween(TransmitDescriptor.MIN_LENGTH, CardRing.MAX_FRAME);
                sent.add(new Sent(Memory.longAt(descriptors + 16L * head), length));
            }
            head = head + 1 & ring.slots() - 1;
            taken++;
            if ((word & TransmitDescriptor.REPORT_STATUS) != 0) {
                reports++;
                Memory.intRelease(headAddress, head);
            }
        }
        return taken;
    }

    /** What the card writes as its head, right or wrong. */
    void writeHead(int value) {
        Memory.intRelease(headAddress, value);
    }

    /** As the card is after a reset and a new start. */
    void reset() {
        head = 0;
        Memory.intAt(tail, 0);
    }

    @Override
    public boolean stop() {
        stops++;
        enabled = false;
        return true;
    }

    @Override
    public boolean start() {
        starts++;
        if (!startable) {
            return false;
        }
        enabled = true;
        reset();
        return true;
    }

    @Override
    public boolean linkUp() {
        return linkUp;
    }
}
