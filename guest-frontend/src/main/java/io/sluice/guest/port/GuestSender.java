// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.StageCounters;

/**
 * The sending end of a ring: packets that begin at this guest. Used by one thread.
 *
 * <pre>{@code
 *   long frame = sender.claim();
 *   if (frame != 0) { ...write the frame there...; sender.commit(length); }
 *   sender.flush();
 * }</pre>
 */
public final class GuestSender {
    private final Stage stage;
    private final StageCounters counters;
    private final int headroom;

    GuestSender(Stage stage) {
        this.stage = stage;
        this.counters = stage.counters();
        this.headroom = stage.ring().headroom();
    }

    /**
     * Where to write the next frame, {@link #capacity()} bytes long at most, or 0 while the ring is full or retired.
     */
    public long claim() {
        return stage.claim() > 0 ? stage.bufferAddress(stage.position()) + headroom : 0;
    }

    /** Bytes that a frame may have. */
    public int capacity() {
        return stage.bufferBytes() - headroom;
    }

    /** Sends the frame of {@code lengthBytes} written where {@link #claim} said; {@link #flush} makes it leave. */
    public void commit(int lengthBytes) {
        if (lengthBytes < 1 || lengthBytes > capacity()) {
            throw new IllegalArgumentException("lengthBytes=" + lengthBytes + " must be 1 to " + capacity());
        }
        final long slot = stage.slotAddress(stage.position());
        Memory.longOpaque(slot + SlotWord.USER_OFFSET, EpochClock.nanos());
        Memory.longOpaque(slot, SlotWord.pack(lengthBytes, headroom, 0, SlotWord.OUTPUT_FORWARD));
        counters.addPacket(lengthBytes);
        stage.advance(1);
    }

    /** Hands the frames committed so far to the ring; after every few, and when there is nothing more to send. */
    public void flush() {
        stage.publish();
        stage.settle();
    }

    /** Prepares to sleep until there is room, as {@link io.sluice.shared.agent.Agent#arm} does. */
    public boolean arm(WaitSet waitSet) {
        return waitSet.canBeKicked() ? stage.arm(1) : stage.look() == 0;
    }

    /** Takes back what {@link #arm} has arranged. */
    public void disarm() {
        stage.disarm();
    }
}
