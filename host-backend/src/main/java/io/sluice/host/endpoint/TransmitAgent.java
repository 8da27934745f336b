// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.StageCounters;

/**
 * The last stage of a ring: sends each packet to the outputs that its slot names, and gives the slot back.
 *
 * <p>The slot word may come from a guest: it is read once and checked. A busy output holds its packet until it
 * takes it; after {@code outputStallNanos} it counts as stalled, and packets for it are dropped until it takes one
 * again, so that it never freezes the ring for good.
 */
public final class TransmitAgent implements Agent {
    private static final int FLUSH_PERIOD = 8;
    private static final int BUDGET = 256;

    private final String roleName;
    private final Stage stage;
    private final Output[] outputs;
    private final StageCounters counters;
    private final LatencyMeter latency;
    private final SlotChecks checks;
    private int pending;
    private boolean blocked;
    private boolean done;

    /**
     * A stage that sends to {@code forward}, output bit 0, and {@code back}, bit 1, or null where that end cannot send.
     */
    public TransmitAgent(String roleName, Stage stage, PacketSink forward, PacketSink back, long outputStallNanos) {
        this.roleName = roleName;
        this.stage = stage;
        this.outputs = new Output[] {
            new Output(forward, outputStallNanos), back == null ? null : new Output(back, outputStallNanos)
        };
        this.counters = stage.counters();
        this.latency = new LatencyMeter(stage.gauges());
        this.checks = new SlotChecks(stage);
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
        blocked = false;
        final int waiting = Math.min(stage.available(), BUDGET);
        checks.begin();
        final long now = waiting > 0 ? EpochClock.nanos() : 0;
        int work = 0;
        while (work < waiting && send(stage.position(), now)) {
            stage.advance(1);
            pending = 0;
            if (++work % FLUSH_PERIOD == 0) {
                stage.publish();
            }
        }
        if (work % FLUSH_PERIOD != 0) {
            stage.publish();
        }
        if (blocked || work > 0 && stage.available() == 0) {
            flush();
            stage.settle();
        }
        if (waiting > 0) {
            latency.report(now);
        }
        return work;
    }

    /** Sends one slot's packet; false where an output must be waited for. */
    private boolean send(long position, long now) {
        final long slot = stage.slotAddress(position);
        final long word = Memory.longOpaque(slot);
        if (!checks.holdsPacket(position, word)) {
            return true;
        }
        final int length = SlotWord.length(word);
        final int wanted = pending != 0 ? pending : SlotWord.outputs(word);
        final long address = stage.bufferAddress(position) + SlotWord.offset(word);
        final long timestampNanos = Memory.longOpaque(slot + SlotWord.USER_OFFSET);
        int left = wanted;
        for (; left != 0; left &= left - 1) {
            final int index = Integer.numberOfTrailingZeros(left);
            final Output output = index < outputs.length ? outputs[index] : null;
            if (output == null) {
                counters.addDrop(DropReason.NO_OUTPUT);
                continue;
            }
            switch (output.transmit(address, length, timestampNanos)) {
                case SENT -> counters.addPacket(length);
                case BUSY -> {
                    if (!output.stalled()) {
                        pending = left;
                        blocked = true;
                        return false;
                    }
                    counters.addDrop(DropReason.OUTPUT_STALL);
                }
                case OVERSIZE -> counters.addDrop(DropReason.OVERSIZE);
                case ERROR -> counters.addDrop(DropReason.OUTPUT_ERROR);
            }
        }
        if ((SlotWord.flags(word) & SlotWord.FLAG_LIVE_TIMESTAMP) != 0) {
            latency.record(now - timestampNanos);
        }
        return true;
    }

    private void flush() {
        for (Output output : outputs) {
            if (output != null) {
                output.sink().flush();
            }
        }
    }

    public Stage stage() {
        return stage;
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        if (!blocked) {
            return waitSet.canBeKicked() ? stage.arm(1) : stage.look() == 0;
        }
        for (Output output : outputs) {
            if (output != null) {
                output.arm(waitSet);
            }
        }
        return true;
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
        flush();
        latency.reportNow();
    }
}
