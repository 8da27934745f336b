// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.Quarantine;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.StageCounters;
import io.sluice.shared.ring.StageGauges;
import io.sluice.shared.ring.Violation;

/**
 * The copying stage between two regions whose guests do not trust each other: the last stage of a ring in the one and
 * the first stage of a ring in the other, run together.
 *
 * <pre>
 *   region of domain red                              region of domain blue
 *   ... -&gt; guest:x -&gt; [copy] = = = one copy of = = = [copy] -&gt; guest:y -&gt; ...
 *          writes       reads the word once,           puts length bytes at the
 *                       checks and keeps it            headroom, then a word of its own
 * </pre>
 *
 * What a guest of the first region changes in a packet after the copy reaches nobody, and nothing of the one region is
 * mapped by a guest of the other. Flags, outputs and user word go along, so that an answer made in place travels on to
 * the chain's last stage. Slots whose packet was dropped are not passed on.
 *
 * <p>A full second ring holds the first one, as a busy output does. After {@code outputStallNanos} its packets are
 * dropped, until it has room again. Where the second region is retired they are dropped at once: what happens to one
 * region never freezes the other. Where the first is retired nothing more comes.
 */
public final class CopyAgent implements Agent {
    private static final int FLUSH_PERIOD = 8;
    private static final int BUDGET = 256;
    private final String roleName;
    private final Stage from;
    private final Stage to;
    private final long outputStallNanos;
    private final StageCounters taken;
    private final StageGauges gauges;
    private final StageCounters given;
    private final int headroom;
    private final int bufferBytes;
    private final int refillSlots;
    private final Quarantine fromQuarantine;
    private final Quarantine toQuarantine;
    private final boolean filledByHost;
    private boolean fromGuarded;
    private boolean toGuarded;
    private long published;
    private boolean fromEnded;
    private boolean toEnded;
    private boolean busy;
    private boolean stalled;
    private long busySinceNanos;
    /** The last turn stopped at a packet for which the second ring has no room yet. */
    private boolean blocked;
    /** Something was published since the last {@link Stage#settle}. */
    private boolean unsettled;

    /** A copying stage from {@code from}, the last stage of its ring, to {@code to}, the first stage of another ring. */
    public CopyAgent(String roleName, Stage from, Stage to, long outputStallNanos) {
        this.roleName = roleName;
        this.from = from;
        this.to = to;
        this.outputStallNanos = outputStallNanos;
        this.taken = from.counters();
        this.gauges = from.gauges();
        this.given = to.counters();
        this.headroom = to.ring().headroom();
        this.bufferBytes = to.bufferBytes();
        this.fromQuarantine = from.ring().quarantine();
        this.toQuarantine = to.ring().quarantine();
        this.filledByHost = from.ring().party(0) == 0;
        this.published = to.position();
        this.refillSlots = Math.max(1, to.ring().slots() / 4);
    }

    @Override
    public String roleName() {
        return roleName;
    }

    @Override
    public int doWork() {
        toEnded |= !to.refresh();
        fromEnded |= !from.refresh();
        if (fromEnded) {
            settle();
            // Only for what a guest at the other end of that ring may do wrong: there is nothing to put into it.
            to.look();
            return 0;
        }
        blocked = false;
        final int waiting = Math.min(from.available(), BUDGET);
        fromGuarded = fromQuarantine.active();
        toGuarded = toQuarantine.active();
        int work = 0;
        while (work < waiting && pass(from.position())) {
            from.advance(1);
            if (++work % FLUSH_PERIOD == 0) {
                publish();
            }
        }
        if (work % FLUSH_PERIOD != 0 || to.position() != published) {
            publish();
        }
        if (blocked || from.available() == 0) {
            settle();
        }
        return work;
    }

    /** Copies one slot's packet or drops it; false where room must be waited for. */
    private boolean pass(long position) {
        final long slot = from.slotAddress(position);
        final long word = Memory.longOpaque(slot);
        final int length = SlotWord.length(word);
        if (SlotWord.outputs(word) == 0) {
            gauges.addEmptySlot();
            return true;
        }
        if (fromGuarded && fromQuarantine.holds(position)) {
            return ignored();
        }
        if (!from.fits(word)) {
            from.accuse(Violation.BAD_SLOT);
            return dropped(DropReason.BAD_SLOT);
        }
        if (length == 0) {
            return dropped(DropReason.BAD_SLOT);
        }
        if (!SlotWord.isOutputMask(SlotWord.outputs(word))) {
            from.accuse(Violation.BAD_OUTPUT);
            // Not to be passed on: it would look like the doing of a guest of the next region.
            return dropped(DropReason.NO_OUTPUT);
        }
        if (length > bufferBytes) {
            return dropped(DropReason.OVERSIZE);
        }
        if (toEnded) {
            return dropped(DropReason.OUTPUT_ERROR);
        }
        if (!findRoom()) {
            return refused();
        }
        busy = false;
        stalled = false;
        copy(
                from.bufferAddress(position) + SlotWord.offset(word),
                length,
                word,
                Memory.longOpaque(slot + SlotWord.USER_OFFSET));
        taken.addPacket(length);
        given.addPacket(length);
        return true;
    }

    private void copy(long packet, int length, long word, long user) {
        final long position = to.position();
        // A packet that has grown by more than the headroom starts earlier in its new buffer.
        final int offset = Math.min(headroom, bufferBytes - length);
        Memory.copy(packet, to.bufferAddress(position) + offset, length);
        final long slot = to.slotAddress(position);
        Memory.longOpaque(slot + SlotWord.USER_OFFSET, user);
        Memory.longOpaque(slot, SlotWord.pack(length, offset, SlotWord.flags(word), SlotWord.outputs(word)));
        to.advance(1);
    }

    /** What a lost guest has written late; where a guest fills the ring, it may as well be a packet that it put there. */
    private boolean ignored() {
        if (filledByHost) {
            gauges.addEmptySlot();
            return true;
        }
        return dropped(DropReason.GUEST_LOST);
    }

    /** Makes {@code to}'s position one that may be filled: slots that a lost guest may still write to stay empty. */
    private boolean findRoom() {
        while (to.available() > 0) {
            if (!toGuarded || !toQuarantine.holds(to.position())) {
                return true;
            }
            Memory.longOpaque(to.slotAddress(to.position()), SlotWord.NO_PACKET);
            to.advance(1);
        }
        return false;
    }

    /** No room in the second ring: false while its packet is held, true where it has been dropped. */
    private boolean refused() {
        if (!busy) {
            busy = true;
            busySinceNanos = System.nanoTime();
        }
        stalled = stalled || System.nanoTime() - busySinceNanos > outputStallNanos;
        if (stalled) {
            return dropped(DropReason.OUTPUT_STALL);
        }
        blocked = true;
        return false;
    }

    private boolean dropped(DropReason reason) {
        taken.addDrop(reason);
        return true;
    }

    /** The copies first: a slot that was given back is then in the second ring already, or nowhere. */
    private void publish() {
        if (!toEnded && to.position() != published) {
            published = to.position();
            to.publish();
        }
        from.publish();
        unsettled = true;
    }

    private void settle() {
        if (unsettled) {
            unsettled = false;
            if (!toEnded) {
                to.settle();
            }
            from.settle();
        }
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        if (fromEnded) {
            return true;
        }
        if (!blocked) {
            return waitSet.canBeKicked() ? from.arm(1) : from.look() == 0;
        }
        if (to.look() > 0) {
            return false;
        }
        waitSet.dueIn(Math.max(0, outputStallNanos - (System.nanoTime() - busySinceNanos)));
        // Being woken for every single slot of a full ring would cost more than it brings.
        return !waitSet.canBeKicked() || to.arm(refillSlots);
    }

    @Override
    public void disarm() {
        from.disarm();
        to.disarm();
    }

    /** True once both regions are retired. */
    @Override
    public boolean done() {
        return fromEnded && toEnded;
    }
}
