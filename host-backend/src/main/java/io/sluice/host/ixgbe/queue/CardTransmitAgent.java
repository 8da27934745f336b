// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import io.sluice.host.endpoint.LatencyMeter;
import io.sluice.host.endpoint.Output;
import io.sluice.host.endpoint.SlotChecks;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.StageCounters;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The last stage of a ring some of whose outputs are cards: gives each packet where it lies to the cards that its slot
 * names, and the slot back once all of them have sent it.
 *
 * <pre>
 *   stage.position()                        submitted                 the stage before
 *     |  with the cards: sent, not reported    |  to be looked at        |
 * </pre>
 *
 * What {@link io.sluice.host.endpoint.TransmitAgent} says of slot words and busy outputs holds here. A card's output is
 * busy while the card is being reset and stalled after {@code output-stall} without a report; then its queue is taken from
 * it, since a card that still holds a descriptor may read its buffer at any time. A packet is counted when it is reported
 * sent, and dropped where it never will be.
 */
public final class CardTransmitAgent implements Agent {
    private static final int FLUSH_PERIOD = 8;
    private static final int BUDGET = 256;
    private static final int SAMPLE_EVERY = 16;

    /** How soon a queue that stands still is looked at again where somebody tells of reports. */
    private static final long STILL_NANOS = 10_000_000;

    private final String roleName;
    private final Stage stage;
    private final CardOutput[] cards;
    private final CardOutput[] used;
    private final Output[] outputs;
    private final CardOutput forward;
    private final int flushPeriod;
    private final StageCounters counters;
    private final LatencyMeter latency;
    private final SlotChecks checks;
    private final int headroom;
    private final int reach;
    private final IdleLimit idleLimit = new IdleLimit();
    private final Flood flood;
    private long submitted;
    /** Up to where cards were last told of packets by {@link #ring}. */
    private long told;

    private int pending;
    private boolean blocked;
    private boolean done;

    /**
     * A stage with an output for each bit of the output mask: a card, or something else, or null in both where there is
     * none.
     */
    public CardTransmitAgent(String roleName, Stage stage, CardOutput[] cards, Output[] outputs) {
        this(roleName, stage, cards, outputs, FLUSH_PERIOD);
    }

    /** As the other one, telling cards of packets after {@code flushPeriod} of them. */
    public CardTransmitAgent(String roleName, Stage stage, CardOutput[] cards, Output[] outputs, int flushPeriod) {
        this.roleName = roleName;
        this.stage = stage;
        this.cards = cards.clone();
        this.outputs = outputs.clone();
        this.used = Stream.of(cards).filter(Objects::nonNull).toArray(CardOutput[]::new);
        this.forward = cards[0];
        this.flushPeriod = flushPeriod;
        this.counters = stage.counters();
        this.latency = new LatencyMeter(stage.gauges());
        this.checks = new SlotChecks(stage, (1 << Math.max(cards.length, 2)) - 1);
        this.headroom = stage.ring().headroom();
        // Equal head and tail mean an empty queue: a card never has as many descriptors as there are.
        this.reach = stage.ring().slots() - 1;
        this.flood = new Flood(cards, flushPeriod, headroom);
        this.submitted = stage.position();
    }

    @Override
    public String roleName() {
        return roleName;
    }

    @Override
    public int doWork() {
        if (!stage.refresh()) {
            // There is no next turn, for which a card that others use as well would wait before it is reset.
            leave();
            done = true;
            return 0;
        }
        boolean moved = begin();
        moved |= giveBack();
        final int ready = (int) (stage.position() - submitted) + Math.min(stage.look(), reach);
        final int waiting = Math.min(ready, BUDGET);
        blocked = false;
        int work = 0;
        if (waiting > 0) {
            checks.begin();
            final long now = EpochClock.nanos();
            work = submit(waiting, now);
            flush();
            latency.report(now);
            moved |= giveBack();
        } else if (moved) {
            // A full queue could not be asked for its last report before.
            flush();
        }
        idleLimit.turned(work > 0 || moved);
        if (work == 0) {
            watch();
        }
        if (moved && (blocked || work == ready)) {
            stage.settle();
        }
        return work + (moved ? 1 : 0);
    }

    private boolean begin() {
        boolean moved = false;
        for (CardOutput card : used) {
            moved |= card.begin(submitted, counters);
        }
        return moved;
    }

    private void watch() {
        for (CardOutput card : used) {
            card.watch(counters);
        }
    }

    /** Publishes the slots that no card has any more; whether there were any. */
    private boolean giveBack() {
        long done = submitted;
        for (CardOutput card : used) {
            if (card.inFlight()) {
                done = Math.min(done, card.queue().sent());
            }
        }
        final int count = (int) (done - stage.position());
        if (count <= 0) {
            return false;
        }
        stage.advance(count);
        stage.publish();
        return true;
    }

    /** Submits up to {@code waiting} packets; how many. */
    private int submit(int waiting, long now) {
        final TransmitQueue queue = forward == null ? null : forward.queue();
        final boolean guarded = checks.guarded();
        final boolean plain = queue != null && forward.sends() && !guarded;
        final int most = plain ? Math.min(forward.maxLengthBytes(), stage.bufferBytes() - headroom) : 0;
        int work = 0;
        while (work < waiting) {
            int run = 0;
            if (plain && queue.isAt(submitted)) {
                run = queue.putRun(waiting - work, stage.slotsAddress(), most, flushPeriod);
            }
            if (run == 0 && !guarded && pending == 0) {
                run = flood.give(stage, submitted, waiting - work);
            }
            if (run > 0) {
                sample(submitted, run, now);
            } else {
                final long slot = stage.slotAddress(submitted);
                if (!send(submitted, slot, Memory.longOpaque(slot), now)) {
                    return work;
                }
                run = 1;
            }
            // Also after a run: it may have begun with a packet that had to wait before.
            pending = 0;
            submitted += run;
            work += run;
            if (work < waiting && submitted - told >= flushPeriod) {
                ring();
            }
        }
        return work;
    }

    /** Measures how long ago one in {@link #SAMPLE_EVERY} packets was received; their slots have been checked. */
    private void sample(long position, int count, long now) {
        long sampled = (position + SAMPLE_EVERY - 1) / SAMPLE_EVERY * SAMPLE_EVERY;
        for (; sampled < position + count; sampled += SAMPLE_EVERY) {
            final long slot = stage.slotAddress(sampled);
            if ((SlotWord.flags(Memory.longOpaque(slot)) & SlotWord.FLAG_LIVE_TIMESTAMP) != 0) {
                latency.sample(now - Memory.longOpaque(slot + SlotWord.USER_OFFSET));
            }
        }
    }

    /** Sends one slot's packet, whatever it is; false where an output must be waited for. */
    private boolean send(long position, long slot, long word, long now) {
        if (!checks.holdsPacket(position, word)) {
            return true;
        }
        final int wanted = pending != 0 ? pending : SlotWord.outputs(word);
        final long timestampNanos = Memory.longOpaque(slot + SlotWord.USER_OFFSET);
        // Cards first have to have room, and get the packet last: what is sent twice because another output was busy is
        // only what can be taken back.
        for (int left = wanted; left != 0; left &= left - 1) {
            final CardOutput card = card(Integer.numberOfTrailingZeros(left));
            if (card != null && !(card.sends() ? card.queue().reach(position) : card.stalled())) {
                pending = wanted;
                blocked = true;
                return false;
            }
        }
        int cardsWanted = 0;
        for (int left = wanted; left != 0; left &= left - 1) {
            final int index = Integer.numberOfTrailingZeros(left);
            if (card(index) != null) {
                cardsWanted |= 1 << index;
            } else if (!sendElsewhere(index, position, word, timestampNanos)) {
                pending = left | cardsWanted;
                blocked = true;
                return false;
            }
        }
        for (int left = cardsWanted; left != 0; left &= left - 1) {
            sendByCard(card(Integer.numberOfTrailingZeros(left)), position, word);
        }
        if (position % SAMPLE_EVERY == 0 && (SlotWord.flags(word) & SlotWord.FLAG_LIVE_TIMESTAMP) != 0) {
            latency.sample(now - timestampNanos);
        }
        return true;
    }

    private CardOutput card(int index) {
        return index < cards.length ? cards[index] : null;
    }

    private void sendByCard(CardOutput card, long position, long word) {
        int length = SlotWord.length(word);
        if (!card.sends()) {
            counters.addDrop(DropReason.OUTPUT_STALL);
        } else if (length > card.maxLengthBytes()) {
            counters.addDrop(DropReason.OVERSIZE);
        } else if (SlotWord.offset(word) > stage.bufferBytes() - TransmitDescriptor.MIN_LENGTH) {
            counters.addDrop(DropReason.OUTPUT_ERROR);
        } else {
            final long packet = stage.bufferAddress(position) + SlotWord.offset(word);
            for (; length < TransmitDescriptor.MIN_LENGTH; length++) {
                Memory.byteAt(packet + length, (byte) 0);
            }
            card.queue().put(length, SlotWord.offset(word));
        }
    }

    /** Sends by an output that is no card; false where it must be waited for. */
    private boolean sendElsewhere(int index, long position, long word, long timestampNanos) {
        final Output output = index < outputs.length ? outputs[index] : null;
        if (output == null) {
            counters.addDrop(DropReason.NO_OUTPUT);
            return true;
        }
        final int length = SlotWord.length(word);
        final long address = stage.bufferAddress(position) + SlotWord.offset(word);
        switch (output.transmit(address, length, timestampNanos)) {
            case SENT -> counters.addPacket(length);
            case BUSY -> {
                if (!output.stalled()) {
                    return false;
                }
                counters.addDrop(DropReason.OUTPUT_STALL);
            }
            case OVERSIZE -> counters.addDrop(DropReason.OVERSIZE);
            case ERROR -> counters.addDrop(DropReason.OUTPUT_ERROR);
        }
        return true;
    }

    private void ring() {
        told = submitted;
        for (CardOutput card : used) {
            if (card.sends()) {
                card.queue().ring();
            }
        }
    }

    /** At the end of a turn: cards are told of everything, and report their last descriptors. */
    private void flush() {
        for (CardOutput card : used) {
            if (card.sends()) {
                card.queue().flush(submitted);
            }
        }
        for (Output output : outputs) {
            if (output != null) {
                output.sink().flush();
            }
        }
    }

    public Stage stage() {
        return stage;
    }

    /**
     * Slots that cards have are this stage's still, so the stage before is awaited beyond them: as many slots as are in
     * flight and one. That number changes from sleep to sleep; the position that is awaited only grows.
     */
    @Override
    public boolean arm(WaitSet waitSet) {
        boolean waits = blocked;
        boolean told = true;
        for (CardOutput card : used) {
            waits |= card.inFlight();
            told &= card.arm(waitSet) && (card.sends() || !blocked);
            if (card.reported()) {
                return false;
            }
        }
        if (waits) {
            waitSet.dueIn(told ? STILL_NANOS : idleLimit.nanos());
        }
        if (blocked) {
            for (Output output : outputs) {
                if (output != null) {
                    output.arm(waitSet);
                }
            }
            return true;
        }
        final int held = (int) (submitted - stage.position());
        return held >= reach || stage.arm(held + 1);
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

    private void leave() {
        for (CardOutput card : used) {
            card.leave();
        }
    }

    @Override
    public void onClose() {
        leave();
        for (Output output : outputs) {
            if (output != null) {
                output.sink().flush();
            }
        }
        latency.reportNow();
    }
}
