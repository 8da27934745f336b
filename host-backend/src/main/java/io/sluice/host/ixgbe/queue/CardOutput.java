// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.StageCounters;
import java.util.function.LongSupplier;

/**
 * One output of a transmitting stage that is a card, and whether it takes packets.
 *
 * <pre>
 *              nothing sent for output-stall: the queue is taken from the card, and what was in it is dropped
 *   SENDING  ──────────────────────────────────────────────────────────────────────────────────────▶ STALLED
 *      ▲  ▲                                                                                             │
 *      │  └──────────── the link is up, and output-stall has passed: the queue is given back ──────────┘
 *      │  a reset is over                               a reset takes longer than output-stall
 *      └──────────────── RESTING ◀──── a reset has begun ────        and packets are dropped
 * </pre>
 */
public final class CardOutput {
    private static final long LOOK_AT_LINK_NANOS = 10_000_000;

    private enum State {
        SENDING,
        RESTING,
        STALLED
    }

    private final TransmitQueue queue;
    private final QueueGate gate;
    private final TransmitControl control;
    private final int maxLengthBytes;
    private final long stallNanos;
    private final LongSupplier clock;
    private State state = State.RESTING;
    private boolean still;
    private long sinceNanos;
    private long lookedNanos;
    private long packets;
    private long bytes;

    /**
     * An output by {@code queue}.
     *
     * @param maxLengthBytes the longest frame that the card sends
     * @param stallNanos after which time without a report packets are dropped
     */
    public CardOutput(
            TransmitQueue queue, QueueGate gate, TransmitControl control, int maxLengthBytes, long stallNanos) {
        this(queue, gate, control, maxLengthBytes, stallNanos, System::nanoTime);
    }

    /** As the other one, by a clock that counts nanoseconds. */
    public CardOutput(
            TransmitQueue queue,
            QueueGate gate,
            TransmitControl control,
            int maxLengthBytes,
            long stallNanos,
            LongSupplier clock) {
        this.queue = queue;
        this.gate = gate;
        this.control = control;
        this.maxLengthBytes = maxLengthBytes;
        this.stallNanos = stallNanos;
        this.clock = clock;
        this.sinceNanos = clock.getAsLong();
    }

    TransmitQueue queue() {
        return queue;
    }

    int maxLengthBytes() {
        return maxLengthBytes;
    }

    /**
     * Looks what the card has sent and whether its queue may be used in this turn; once a turn, before anything else.
     *
     * @param position the first slot that has not been given to any output
     * @return whether anything has changed
     */
    boolean begin(long position, StageCounters counters) {
        switch (gate.turn()) {
            case OPEN -> {
                return state == State.SENDING ? report(counters) : state == State.STALLED && retry(position);
            }
            case BEGUN -> {
                if (state == State.STALLED) {
                    return false; // the queue was not the card's when it was reset
                }
                final boolean changed = lose(counters, DropReason.OUTPUT_ERROR);
                start(position);
                return changed;
            }
            case LOST -> {
                rest();
                return lose(counters, DropReason.OUTPUT_ERROR);
            }
            case SHUT -> rest();
        }
        return false;
    }

    private void rest() {
        if (state == State.SENDING) {
            state = State.RESTING;
            sinceNanos = clock.getAsLong();
        }
    }

    private void start(long position) {
        queue.begin(position);
        state = State.SENDING;
        still = false;
    }

    private boolean report(StageCounters counters) {
        if (!queue.inFlight() || !queue.look()) {
            still &= queue.inFlight();
            return false;
        }
        still = false;
        count(counters);
        return true;
    }

    private void count(StageCounters counters) {
        final Reports reports = queue.reports();
        counters.addPackets((int) (reports.packetsSent() - packets), reports.bytesSent() - bytes);
        packets = reports.packetsSent();
        bytes = reports.bytesSent();
    }

    /** Where nothing else has been done in a turn: looks whether the queue has stood still for too long. */
    void watch(StageCounters counters) {
        if (state != State.SENDING || !queue.owes()) {
            return;
        }
        final long now = clock.getAsLong();
        if (!still) {
            still = true;
            sinceNanos = now;
        } else if (now - sinceNanos > stallNanos) {
            sinceNanos = now;
            if (control.stop()) {
                // The last reports may have come just before it was stopped.
                report(counters);
                lose(counters, DropReason.OUTPUT_STALL);
                state = State.STALLED;
            }
        }
    }

    private boolean retry(long position) {
        final long now = clock.getAsLong();
        if (now - lookedNanos < LOOK_AT_LINK_NANOS) {
            return false;
        }
        lookedNanos = now;
        if (now - sinceNanos <= stallNanos || !control.linkUp()) {
            return false;
        }
        // A card that refuses takes its time over it, which other packets of this thread wait for.
        sinceNanos = now;
        if (!control.start()) {
            return false;
        }
        start(position);
        return true;
    }

    /** What the card had not reported when it let go of everything is dropped, under {@code reason}. */
    private boolean lose(StageCounters counters, DropReason reason) {
        final long lost = queue.reports().packetsInFlight();
        for (long i = 0; i < lost; i++) {
            counters.addDrop(reason);
        }
        queue.lose();
        return lost > 0;
    }

    /** Whether it takes packets now. */
    boolean sends() {
        return state == State.SENDING;
    }

    /** Whether it will not take packets for long: they are to be dropped. */
    boolean stalled() {
        return state == State.STALLED || state == State.RESTING && clock.getAsLong() - sinceNanos > stallNanos;
    }

    /** Whether the card may still read buffers. */
    boolean inFlight() {
        return state != State.STALLED && queue.inFlight();
    }

    /**
     * Before the queue's thread sleeps. A card that is being reset is not touched.
     *
     * @return false where the card may still read buffers, and nobody will tell of its reports
     */
    boolean arm(WaitSet waitSet) {
        if (state == State.SENDING && queue.inFlight()) {
            return gate.bell().arm(waitSet);
        }
        gate.bell().listen(waitSet);
        return !inFlight();
    }

    /** Whether there is a report that the next turn will find. */
    boolean reported() {
        return state == State.SENDING && queue.reported();
    }

    /** The queue's thread touches it never again. */
    void leave() {
        gate.leave();
    }
}
