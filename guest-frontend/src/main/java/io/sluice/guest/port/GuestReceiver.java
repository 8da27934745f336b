// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import io.sluice.shared.function.Direction;
import io.sluice.shared.function.Packet;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.StageCounters;

/** The receiving end of a ring: packets that end at this guest. Used by one thread. */
public final class GuestReceiver {
    private final Stage stage;
    private final StageCounters counters;
    private final Direction direction;
    private final Packet packet = new Packet();

    GuestReceiver(Stage stage) {
        this.stage = stage;
        this.counters = stage.counters();
        this.direction = stage.ring().direction();
    }

    /**
     * Gives at most {@code limit} waiting packets to {@code handler}, each only for the time of the call, and their
     * slots back to the ring.
     *
     * @return how many slots were taken, or -1 when this place has gone to another attachment or the region is retired
     */
    public int poll(PacketFunction handler, int limit) {
        if (!stage.refresh()) {
            return -1;
        }
        final int work = Math.min(stage.available(), limit);
        for (int i = 0; i < work; i++) {
            final long position = stage.position();
            final long slot = stage.slotAddress(position);
            final long word = Memory.longOpaque(slot);
            if (SlotWord.outputs(word) != 0) {
                if (stage.fits(word)) {
                    counters.addPacket(SlotWord.length(word));
                    final long timestampNanos = Memory.longOpaque(slot + SlotWord.USER_OFFSET);
                    packet.wrap(stage.bufferAddress(position), stage.bufferBytes(), word, timestampNanos);
                    try {
                        handler.process(packet, direction);
                    } catch (RuntimeException e) {
                        // The packet is gone all the same: it must not come again.
                        counters.addDrop(DropReason.FAILED);
                        stage.advance(1);
                        stage.publish();
                        throw e;
                    }
                } else {
                    counters.addDrop(DropReason.BAD_SLOT);
                }
            }
            stage.advance(1);
        }
        if (work > 0) {
            stage.publish();
            stage.settle();
        }
        return work;
    }

    /** Prepares to sleep until a packet waits, as {@link io.sluice.shared.agent.Agent#arm} does. */
    public boolean arm(WaitSet waitSet) {
        return waitSet.canBeKicked() ? stage.arm(1) : stage.look() == 0;
    }

    /** Takes back what {@link #arm} has arranged. */
    public void disarm() {
        stage.disarm();
    }
}
