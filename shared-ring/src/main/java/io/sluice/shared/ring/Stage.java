// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import static io.sluice.shared.ring.RegionDescriptor.*;

import io.sluice.shared.memory.Memory;
import java.lang.invoke.VarHandle;

/**
 * One party's place on a ring: the slots it may touch, the publishing of those it has finished, and sleeping until
 * there are more. Used by one thread.
 *
 * <p>Stage {@code s > 0} works on {@code [P(s), P(s-1))}, stage 0 on {@code [P(0), P(last) + headStart)}, where
 * {@code P} are positions: slots finished, 64 bits, never wrapping.
 *
 * <pre>
 *   handing over slots                            going to sleep, and not missing the wake-up
 *   this stage            the next one            sleeper (this stage)          publisher (the one before)
 *   ------------------    ------------------      -------------------------     ---------------------------------
 *   write slot, buffer                            wakeAt = wanted   (opaque)    position = n        (release)
 *   position = n (rel.)   n = position (acq.)     FULL FENCE                    wakeAt >= n ? kick  (opaque)
 *                         read slot, buffer       position >= wanted ?          ... more work, no fence ...
 *                                                   yes: wakeAt = NEVER, go on  out of work: FULL FENCE
 *                                                   no:  block                  wakeAt >= n ? kick  (opaque)
 * </pre>
 *
 * Of the two full fences one comes first; the other side then sees what stood before it. If the sleeper's is first, the
 * publisher's last look finds {@code wakeAt} and kicks; if the publisher's is first, the sleeper sees its position. A
 * publish that is not the last before silence needs no fence, because another look follows it.
 */
public final class Stage {
    private final Ring ring;
    private final int index;
    private final int slotMask;
    private final long headStart;
    private final long maxAhead;
    private final long slotsAddress;
    private final long buffersAddress;
    private final int bufferBytes;
    private final Doorbell doorbell;

    private final long line;
    private final long mirror;
    private final long attachment;
    private final long attachmentAddress;

    private final int predecessor;
    private final long predecessorAttachmentAddress;
    private long predecessorAttachment;
    private long predecessorLine;
    private final long ceilingLine;

    private final int successor;
    private final long successorAttachmentAddress;
    private long successorAttachment;
    private long successorWakeAddress;

    private long position;
    private long limit;
    private long kickedFor = NEVER;
    private long kicks;
    private long beats;
    private long armedFor = NEVER;
    private long arms;
    private Violation violation = Violation.NONE;

    /**
     * Takes {@code index}'s place on {@code ring}, as the directory attaches it now.
     *
     * @param doorbell wakes the party of the next stage
     * @throws RegionFormatException where the directory gives it or a neighbour a line that the region does not have
     */
    public Stage(Ring ring, int index, Doorbell doorbell) {
        this.ring = ring;
        this.index = index;
        this.doorbell = doorbell;
        slotMask = ring.slots() - 1;
        slotsAddress = ring.slotsAddress();
        buffersAddress = ring.buffersAddress();
        bufferBytes = ring.bufferBytes();
        maxAhead = ring.headStart();
        headStart = index == 0 ? maxAhead : 0;
        predecessor = index == 0 ? ring.stageCount() - 1 : index - 1;
        successor = index == ring.stageCount() - 1 ? 0 : index + 1;

        attachmentAddress = ring.attachmentAddress(index);
        attachment = ring.attachmentAcquire(index);
        line = ring.lineAddress(index, attachment);
        mirror = ring.directory().mirrorAddress(ring.party(index), attachmentLine(attachment));
        predecessorAttachmentAddress = ring.attachmentAddress(predecessor);
        successorAttachmentAddress = ring.attachmentAddress(successor);
        ceilingLine = ring.directory().hosts() ? ceilingLine() : 0;

        position = Memory.longAcquire(line + LINE_POSITION_OFFSET);
        limit = position;
        followPredecessor(Memory.longAcquire(predecessorAttachmentAddress));
        followSuccessor(Memory.longAcquire(successorAttachmentAddress));
        if (violation == Violation.BAD_LINE) {
            throw new RegionFormatException("the region's directory is damaged: ring=" + ring.index() + " stage="
                    + index + ": a neighbour is attached to a line that the region does not have");
        }
        disarm();
    }

    /** The private line of the nearest earlier host stage: what a guest in between cannot have passed. */
    private long ceilingLine() {
        for (int earlier = index - 1; earlier >= 0; earlier--) {
            if (ring.party(earlier) == 0) {
                return ring.lineAddress(earlier);
            }
        }
        return 0;
    }

    /**
     * Re-reads who is next to this stage, and shows that its holder lives; once per duty cycle.
     *
     * @return false where this stage's place has gone to another attachment, or the region is retired: the holder must
     *     not touch the ring again
     */
    public boolean refresh() {
        Memory.longOpaque(line + LINE_BEAT_OFFSET, ++beats);
        if (Memory.longAcquire(attachmentAddress) != attachment) {
            leave();
            return false;
        }
        if (ring.directory().state() != STATE_LIVE) {
            return false;
        }
        final long before = Memory.longAcquire(predecessorAttachmentAddress);
        if (before != predecessorAttachment) {
            followPredecessor(before);
        }
        final long after = Memory.longAcquire(successorAttachmentAddress);
        if (after != successorAttachment) {
            followSuccessor(after);
            // The new holder may have gone to sleep on a line that the last publish did not look at.
            settle();
        }
        return violation == Violation.NONE;
    }

    /** Says that the holder of this place writes nothing more: the host may use again what it has kept from it. */
    public void leave() {
        Memory.longRelease(line + LINE_LEFT_OFFSET, 1);
    }

    /**
     * Takes positions from another line from now on. It begins where the host last saw the old one, which may be behind
     * what the old holder has published since: then this stage waits until the new holder has caught up.
     */
    private void followPredecessor(long attached) {
        final long address = ring.directory().lineAddress(ring.party(predecessor), attachmentLine(attached));
        if (address == 0) {
            blame(Violation.BAD_LINE);
            return;
        }
        predecessorAttachment = attached;
        predecessorLine = address;
        final long reached = Memory.longAcquire(address + LINE_POSITION_OFFSET);
        if (reached < position - headStart - maxAhead) {
            blame(Violation.POSITION_BACKWARDS);
        } else {
            limit = Math.min(limit - headStart, reached) + headStart;
        }
    }

    private void followSuccessor(long attached) {
        final long address = ring.directory().lineAddress(ring.party(successor), attachmentLine(attached));
        if (address == 0) {
            blame(Violation.BAD_LINE);
            return;
        }
        successorAttachment = attached;
        successorWakeAddress = address + LINE_WAKE_OFFSET;
        kickedFor = NEVER;
    }

    /**
     * Slots that this stage may touch before it asks again: {@link RegionDescriptor#CLAIM_SLOTS} at most.
     *
     * <p>A holder that was stopped, or only slow, and whose place has meanwhile gone to another, may wake up with what
     * it claimed last and write there. So that this is little, and the host knows where it is, the limit is read first
     * and the attachment after it: whoever finds its place unchanged has a limit from before the change.
     *
     * @return -1 as {@link #refresh} returns false
     */
    public int claim() {
        available();
        return refresh() ? Math.clamp(limit - position, 0, CLAIM_SLOTS) : -1;
    }

    /** Whether this stage's place has gone to another attachment, or was never given: as anyone may read it. */
    public boolean displaced() {
        return Memory.longAcquire(attachmentAddress) != attachment;
    }

    /** Slots this stage may work on now; one acquire load at most, none while work found earlier remains. */
    public int available() {
        return position < limit ? (int) (limit - position) : look();
    }

    /** Slots this stage may work on now, as of this call. */
    public int look() {
        // Whatever number a peer has written: only one that is in range is reckoned with, so that nothing overflows.
        final long reached = Memory.longAcquire(predecessorLine + LINE_POSITION_OFFSET);
        if (reached < limit - headStart) {
            blame(Violation.POSITION_BACKWARDS);
        } else if (reached > limit - headStart) {
            if (reached > position - headStart + maxAhead || beyondCeiling(reached)) {
                blame(Violation.POSITION_BEYOND);
            } else {
                limit = reached + headStart;
            }
        }
        return (int) Math.max(0, limit - position);
    }

    /**
     * The host's check that guests before this stage have not passed what the host put in. The guest's position was
     * read first: the ceiling only grows, so an honest guest is never accused.
     */
    private boolean beyondCeiling(long reached) {
        return ceilingLine != 0 && reached > Memory.longAcquire(ceilingLine + LINE_POSITION_OFFSET);
    }

    /** What a peer next to this stage did wrong first, or {@link Violation#NONE}. */
    public Violation violation() {
        return violation;
    }

    private void blame(Violation wrong) {
        if (violation == Violation.NONE) {
            violation = wrong;
        }
    }

    /**
     * Notes that a slot met here was {@code wrong} as no honest guest leaves it. For a stage of the host that is a
     * violation; guests of one region trust each other, and drop such a packet and go on.
     */
    public void accuse(Violation wrong) {
        if (ring.directory().hosts()) {
            blame(wrong);
        }
    }

    /** The first slot this stage has not finished. */
    public long position() {
        return position;
    }

    /** Address of the first slot, for loops that keep it in a local: the JIT reads fields anew after ordered accesses. */
    public long slotsAddress() {
        return slotsAddress;
    }

    /** Address of the slot at {@code position}. */
    public long slotAddress(long position) {
        return slotsAddress + (position & slotMask) * SlotWord.SLOT_BYTES;
    }

    /** Address of the buffer that the slot at {@code position} owns. */
    public long bufferAddress(long position) {
        return buffersAddress + (position & slotMask) * bufferBytes;
    }

    public int bufferBytes() {
        return bufferBytes;
    }

    /** Whether {@code word}'s packet lies in its buffer. */
    public boolean fits(long word) {
        return SlotWord.offset(word) + SlotWord.length(word) <= bufferBytes;
    }

    /** Finishes {@code count} slots, for oneself; {@link #publish} tells the next stage. */
    public void advance(int count) {
        position += count;
    }

    /** Hands the finished slots to the next stage, and kicks it where it sleeps until one of them. */
    public void publish() {
        Memory.longRelease(line + LINE_POSITION_OFFSET, position);
        if (mirror != 0) {
            Memory.longRelease(mirror + LINE_POSITION_OFFSET, position);
        }
        kickIfAwaited();
    }

    /** Makes the last publish certain to wake a sleeper; whenever there is no more work, and before long work. */
    public void settle() {
        VarHandle.fullFence();
        kickIfAwaited();
    }

    /**
     * Once for each value, and values of one attachment only grow. A sleeper arms its own position, which only grows,
     * plus {@code wanted}, which stays the same for an attachment; for stage 0 minus the head start, a constant of the
     * ring. All values come from one thread and are read here from one word, whose stores nobody sees in another order
     * than they were made. So a value below the one kicked for is a lie, and one that could make this stage kick for ever
     * without ever giving it room: values that only grow cost it one kick for each slot at most.
     */
    private void kickIfAwaited() {
        final long wakeAt = Memory.longOpaque(successorWakeAddress);
        if (position >= wakeAt && wakeAt != kickedFor) {
            if (wakeAt < kickedFor && kickedFor != NEVER) {
                accuse(Violation.WAKE_BACKWARDS);
                return;
            }
            kickedFor = wakeAt;
            kicks++;
            doorbell.ring(ring.directory().partyPeerId(ring.party(successor)), ring.vector(successor));
        }
    }

    /** How often this stage woke the next one. */
    public long kicks() {
        return kicks;
    }

    /**
     * Says that this stage is about to sleep until {@code wanted} slots are available. Its neighbours are read anew
     * before the last look: a predecessor that was attached meanwhile may have published to a line of its own.
     *
     * @param wanted at least 1, and for one stage always the same: values of {@code wakeAt} must not go backwards
     * @return false where they already are, or where the ring's state asks for a look: do not sleep
     */
    public boolean arm(int wanted) {
        final long awaited = position + wanted - headStart;
        if (awaited != armedFor) {
            armedFor = awaited;
            arms++;
        }
        wakeAt(awaited);
        VarHandle.fullFence();
        if (!refresh() || look() >= wanted || violation != Violation.NONE) {
            disarm();
            return false;
        }
        return true;
    }

    /** For how many different positions this stage has armed: no honest predecessor has kicked it more often. */
    public long arms() {
        return arms;
    }

    /** Says that this stage is awake. */
    public void disarm() {
        wakeAt(NEVER);
    }

    private void wakeAt(long value) {
        Memory.longOpaque(line + LINE_WAKE_OFFSET, value);
        if (mirror != 0) {
            Memory.longOpaque(mirror + LINE_WAKE_OFFSET, value);
        }
    }

    public Ring ring() {
        return ring;
    }

    public int index() {
        return index;
    }

    public StageCounters counters() {
        return new StageCounters(line + LINE_COUNTERS_OFFSET);
    }

    public StageGauges gauges() {
        return new StageGauges(line + LINE_GAUGES_OFFSET);
    }
}
