// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.Quarantine;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.StageCounters;

/** The first stage of a ring: fills free slots with what an endpoint receives. */
public final class ReceiveAgent implements Receiver {
    private static final int FLUSH_PERIOD = 8;
    private static final int BUDGET = 256;

    private final String roleName;
    private final Stage stage;
    private final PacketSource source;
    private final StageCounters counters;
    private final Quarantine quarantine;
    private final int headroom;
    private final int capacityBytes;
    private final int refillSlots;
    private volatile Intake intake = Intake.OPEN;

    /** Set once everything received has been published: whoever sees it sees the last packet's position, too. */
    private volatile boolean ended;

    private boolean done;

    public ReceiveAgent(String roleName, Stage stage, PacketSource source) {
        this.roleName = roleName;
        this.stage = stage;
        this.source = source;
        this.counters = stage.counters();
        this.quarantine = stage.ring().quarantine();
        this.headroom = stage.ring().headroom();
        this.capacityBytes = stage.bufferBytes() - headroom;
        this.refillSlots = Math.max(1, stage.ring().slots() / 4);
    }

    @Override
    public String roleName() {
        return roleName;
    }

    @Override
    public int doWork() {
        if (!stage.refresh()) {
            done = true;
            return 0;
        }
        if (ended || !open()) {
            return 0;
        }
        final int room = Math.min(stage.available(), BUDGET);
        final boolean guarded = quarantine.active();
        final long now = room > 0 ? EpochClock.nanos() : 0;
        int work = 0;
        int unpublished = 0;
        boolean last = false;
        while (work < room) {
            final long position = stage.position();
            if (guarded && quarantine.holds(position)) {
                Memory.longOpaque(stage.slotAddress(position), SlotWord.NO_PACKET);
                stage.advance(1);
            } else {
                final int length = source.receive(stage.bufferAddress(position) + headroom, capacityBytes);
                if (length == PacketSource.NOTHING) {
                    break;
                }
                if (length == PacketSource.END) {
                    last = true;
                    break;
                }
                if (length == PacketSource.OVERSIZE) {
                    counters.addDrop(DropReason.OVERSIZE);
                    work++;
                    continue;
                }
                fill(position, length, now);
            }
            work++;
            if (++unpublished == FLUSH_PERIOD) {
                stage.publish();
                unpublished = 0;
            }
        }
        if (unpublished > 0) {
            stage.publish();
        }
        // With a full ring there is no more work either, until the last stage gives slots back.
        if (last || work > 0 && (work < room || stage.available() == 0)) {
            stage.settle();
        }
        if (last) {
            ended = true;
        }
        return work;
    }

    private boolean open() {
        final Intake asked = intake;
        if (asked == Intake.ENDED) {
            stage.settle();
            ended = true;
        }
        return asked == Intake.OPEN;
    }

    private void fill(long position, int length, long now) {
        final long slot = stage.slotAddress(position);
        final long known = source.timestampNanos();
        final int flags = known == 0 ? SlotWord.FLAG_LIVE_TIMESTAMP : 0;
        Memory.longOpaque(slot + SlotWord.USER_OFFSET, known == 0 ? now : known);
        Memory.longOpaque(slot, SlotWord.pack(length, headroom, flags, SlotWord.OUTPUT_FORWARD));
        counters.addPacket(length);
        stage.advance(1);
    }

    @Override
    public void intake(Intake asked) {
        intake = asked;
    }

    @Override
    public boolean ended() {
        return ended;
    }

    public Stage stage() {
        return stage;
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        stage.settle();
        if (ended || intake == Intake.HELD) {
            return true;
        }
        if (stage.look() == 0) {
            // A full ring: being woken for every single slot would cost more than it brings.
            return stage.arm(refillSlots);
        }
        return source.arm(waitSet);
    }

    @Override
    public void disarm() {
        stage.disarm();
    }

    /** True once the region is retired. */
    @Override
    public boolean done() {
        return done;
    }
}
