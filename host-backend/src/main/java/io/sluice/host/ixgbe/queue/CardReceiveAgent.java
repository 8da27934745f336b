// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import io.sluice.host.endpoint.Intake;
import io.sluice.host.endpoint.Receiver;
import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.Quarantine;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.StageCounters;

/**
 * The first stage of a ring where a card fills it: turns receive descriptors that the card is done with into slot words.
 * The packets are in the slots' buffers already.
 *
 * <p>The card is given descriptors as far as the last stage is through, so what it writes to is no stage's. A frame that
 * takes more than one buffer is dropped and counted as oversize, as is one of a length that no buffer holds; its slots go
 * on empty.
 */
public final class CardReceiveAgent implements Receiver {
    private static final int FLUSH_PERIOD = 8;
    private static final int BUDGET = 256;

    /** How soon a queue's thread notices at the latest that it may touch it again. */
    private static final long REST_NANOS = 10_000_000;

    private final String roleName;
    private final Stage stage;
    private final ReceiveQueue queue;
    private final QueueGate gate;
    private final Runnable stop;
    private final StageCounters counters;
    private final Quarantine quarantine;
    private final int headroom;
    private final int giveStep;
    /** Slots that are worth a wake-up. */
    private final int refillStep;

    private final int flushPeriod;
    private final IdleLimit idleLimit = new IdleLimit();
    private volatile Intake intake = Intake.OPEN;
    private volatile boolean ended;
    private boolean stopped;
    private boolean idle = true;
    private boolean open;
    private boolean spilling;
    private boolean done;

    /**
     * A stage that takes what {@code queue} receives.
     *
     * @param stop takes the queue from the card: it receives no more; called once, when no more shall enter
     */
    public CardReceiveAgent(String roleName, Stage stage, ReceiveQueue queue, QueueGate gate, Runnable stop) {
        this(roleName, stage, queue, gate, stop, FLUSH_PERIOD);
    }

    /** As the other one, publishing after {@code flushPeriod} packets. */
    public CardReceiveAgent(
            String roleName, Stage stage, ReceiveQueue queue, QueueGate gate, Runnable stop, int flushPeriod) {
        this.roleName = roleName;
        this.stage = stage;
        this.queue = queue;
        this.gate = gate;
        this.stop = stop;
        this.flushPeriod = flushPeriod;
        this.counters = stage.counters();
        this.quarantine = stage.ring().quarantine();
        this.headroom = stage.ring().headroom();
        this.giveStep = stage.ring().slots() / 8;
        this.refillStep = 2 * giveStep;
    }

    @Override
    public String roleName() {
        return roleName;
    }

    @Override
    public int doWork() {
        if (!stage.refresh()) {
            // There is no next turn, for which a card that others use as well would wait before it is reset.
            gate.leave();
            done = true;
            return 0;
        }
        final Intake asked = intake;
        if (!enter()) {
            ended |= asked == Intake.ENDED;
            return 0;
        }
        if (ended || asked == Intake.HELD) {
            return 0;
        }
        if (asked == Intake.ENDED && !stopped) {
            stopped = true;
            stop.run();
        }
        final int room = stage.look();
        give(room);
        final int work = take(Math.min(room, BUDGET));
        idle = work == 0;
        idleLimit.turned(!idle);
        if (work > 0 && (work < room || stage.available() == 0)) {
            stage.settle();
        }
        if (stopped && !queue.isDone(queue.word(stage.position()))) {
            // All that the card had received before it was told to stop is in the ring.
            stage.settle();
            ended = true;
        }
        return work;
    }

    private boolean enter() {
        final QueueGate.Turn turn = gate.turn();
        if (turn == QueueGate.Turn.BEGUN) {
            queue.begin(stage.position());
            spilling = false;
            idle = true;
        }
        open = turn == QueueGate.Turn.OPEN || turn == QueueGate.Turn.BEGUN;
        return open;
    }

    /** Gives the card what has come back: a good many at a time, or all where it has none or there is nothing to do. */
    private void give(int room) {
        final long limit = stage.position() + room;
        final long ungiven = queue.ungiven(limit);
        if (!stopped && ungiven > 0 && (ungiven >= giveStep || idle || ungiven == room)) {
            queue.give(limit);
        }
    }

    /** Takes up to {@code most} descriptors that are done. */
    private int take(int most) {
        if (most == 0) {
            return 0;
        }
        final boolean guarded = quarantine.active();
        final long now = EpochClock.nanos();
        int work = 0;
        int packets = 0;
        long bytes = 0;
        while (work < most) {
            if (!guarded && !spilling) {
                final int run = queue.takeRun(stage, most - work, flushPeriod, now);
                packets += run;
                bytes += queue.runBytes();
                work += run;
                if (work == most) {
                    break;
                }
            }
            final int length = takeOne(stage.position(), now);
            if (length < 0) {
                break;
            }
            packets += length > 0 ? 1 : 0;
            bytes += length;
            work++;
            stage.advance(1);
            stage.publish();
        }
        if (packets > 0) {
            counters.addPackets(packets, bytes);
        }
        if (work > 0) {
            stage.publish();
        }
        return work;
    }

    /** Takes one descriptor, whatever it says; the length of its packet, 0 where it has none, -1 where it is not done. */
    private int takeOne(long position, long now) {
        final long word = queue.word(position);
        if (!queue.isDone(word)) {
            return -1;
        }
        queue.take(position);
        final long slot = stage.slotAddress(position);
        if (!queue.isPacket(word) || spilling || quarantine.holds(position)) {
            Memory.longOpaque(slot, SlotWord.NO_PACKET);
            drop(word);
            return 0;
        }
        final int length = queue.length(word);
        Memory.longOpaque(slot + SlotWord.USER_OFFSET, now);
        Memory.longOpaque(slot, SlotWord.pack(length, headroom, SlotWord.FLAG_LIVE_TIMESTAMP, SlotWord.OUTPUT_FORWARD));
        return length;
    }

    /** Counts a descriptor that is no whole good packet, or whose slot is held back; a frame of several once. */
    private void drop(long word) {
        final boolean ends = queue.endsPacket(word);
        if (spilling || !ends) {
            spilling = !ends;
            if (ends) {
                counters.addDrop(DropReason.OVERSIZE);
            }
        } else if (queue.isDamaged(word)) {
            counters.addDrop(DropReason.MALFORMED);
        } else {
            counters.addDrop(queue.isPacket(word) ? DropReason.GUEST_LOST : DropReason.OVERSIZE);
        }
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
        if (ended || !open || intake == Intake.HELD) {
            gate.bell().listen(waitSet);
            waitSet.dueIn(REST_NANOS);
            return true;
        }
        final int room = stage.look();
        if (room == 0) {
            // A full ring: being woken for every single slot would cost more than it brings.
            gate.bell().listen(waitSet);
            return stage.arm(refillStep);
        }
        if (filled() || queue.ungiven(stage.position() + room) == room || intake == Intake.ENDED) {
            return false;
        }
        if (!gate.bell().arm(waitSet)) {
            waitSet.dueIn(idleLimit.nanos());
            return true;
        }
        // Where the card has few descriptors left, it must not run out of them while this thread sleeps.
        return !filled() && (room >= refillStep || stage.arm(refillStep));
    }

    private boolean filled() {
        return queue.isDone(queue.word(stage.position()));
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

    @Override
    public void onClose() {
        gate.leave();
    }
}
