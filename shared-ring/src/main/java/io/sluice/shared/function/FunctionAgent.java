// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.function;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.Quarantine;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.StageCounters;
import io.sluice.shared.ring.Violation;

/**
 * Runs a packet function as a stage: one packet at a time, published after eight packets ({@link Stage#claim}) or at once
 * when there is nothing more to do (TinyNF, OSDI 2020, §4), which gives one-at-a-time latency at batch throughput.
 */
public final class FunctionAgent implements Agent {
    private static final System.Logger LOG = System.getLogger(FunctionAgent.class.getName());
    private static final int BUDGET = 256;
    private static final int NO_PACKET = -1;
    private static final int BUFFER_BYTES_BITS = 2 * RegionDescriptor.MAX_BUFFER_BYTES - 1;
    private static final int SLOT_BITS = RegionDescriptor.MAX_SLOTS - 1;

    private final String roleName;
    private final Stage stage;
    private final PacketFunction function;
    private final Direction direction;
    private final StageCounters counters;
    private final Quarantine quarantine;
    private final Packet packet = new Packet();
    private volatile RuntimeException lastFailure;
    private boolean done;

    public FunctionAgent(String roleName, Stage stage, PacketFunction function) {
        this.roleName = roleName;
        this.stage = stage;
        this.function = function;
        this.direction = stage.ring().direction();
        this.counters = stage.counters();
        this.quarantine = stage.ring().quarantine();
    }

    @Override
    public String roleName() {
        return roleName;
    }

    @Override
    public int doWork() {
        int work = 0;
        int claimed;
        while ((claimed = stage.claim()) > 0) {
            batch(claimed);
            work += claimed;
            if (work >= BUDGET) {
                return work;
            }
        }
        if (claimed < 0) {
            done = true;
        } else if (work > 0) {
            stage.settle();
        }
        return work;
    }

    /**
     * A method of its own for the JIT's sake: a stage mostly finds nothing to do before traffic comes, and what is
     * rare when a method is compiled is left out of it, call by call. Here nothing is rare.
     */
    private void batch(int claimed) {
        final Stage stage = this.stage;
        // The masks change nothing: they tell the JIT how far from its base an address can be (Memory.base).
        final long slots = Memory.base(stage.slotsAddress());
        final long buffers = Memory.base(stage.bufferAddress(0));
        final int bufferBytes = stage.bufferBytes() & BUFFER_BYTES_BITS;
        final int slotMask = stage.ring().slots() - 1 & SLOT_BITS;
        final int first = (int) stage.position() & slotMask;
        // Locals: after every ordered access the JIT reads fields anew.
        final PacketFunction function = this.function;
        final Packet packet = this.packet;
        final Direction direction = this.direction;
        final boolean guarded = quarantine.active();
        int skipped = 0;
        long bytes = 0;
        packet.within(bufferBytes);
        for (int i = first; i < first + claimed; i++) {
            if (guarded && quarantine.holds(stage.position() + i - first)) {
                skipped++;
                continue;
            }
            final long index = i & slotMask;
            final long slot = slots + index * SlotWord.SLOT_BYTES;
            final int length = turn(function, packet, direction, slot, buffers + index * bufferBytes, bufferBytes);
            if (length != NO_PACKET) {
                bytes += length;
            } else {
                skipped++;
            }
        }
        final int packets = claimed - skipped;
        counters.addPackets(packets, bytes);
        stage.advance(claimed);
        stage.publish();
    }

    /** Bytes of the packet in {@code slot}, for which the function was called, or {@link #NO_PACKET}. */
    private int turn(
            PacketFunction function, Packet packet, Direction direction, long slot, long buffer, int bufferBytes) {
        final long word = Memory.longOpaque(slot);
        if (SlotWord.bypasses(word)) {
            return NO_PACKET;
        }
        if (SlotWord.offset(word) + SlotWord.length(word) > bufferBytes) {
            stage.accuse(Violation.BAD_SLOT);
            drop(slot, DropReason.BAD_SLOT);
            return NO_PACKET;
        }
        packet.turnTo(slot, buffer, word);
        try {
            function.process(packet, direction);
        } catch (RuntimeException e) {
            failed(e);
            drop(slot, DropReason.FAILED);
            return SlotWord.length(word);
        }
        final long decided = packet.word();
        if (decided != word) {
            Memory.longOpaque(slot, decided);
            if (SlotWord.outputs(decided) == 0) {
                final DropReason reason = packet.dropReason();
                counters.addDrop(reason == null ? DropReason.OTHER : reason);
            }
        }
        return SlotWord.length(word);
    }

    /** The first failure is told with its cause, for the others the counter must do: there may be millions a second. */
    private void failed(RuntimeException e) {
        if (lastFailure == null) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    roleName
                            + ": the packet function failed; packets on which it does are dropped and counted as failed",
                    e);
        }
        lastFailure = e;
    }

    private void drop(long slot, DropReason reason) {
        Memory.longOpaque(slot, SlotWord.NO_PACKET);
        counters.addDrop(reason);
    }

    /** What the function last threw, or null; a packet on which it throws is dropped. */
    public RuntimeException lastFailure() {
        return lastFailure;
    }

    public Stage stage() {
        return stage;
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        return waitSet.canBeKicked() ? stage.arm(1) : stage.look() == 0;
    }

    @Override
    public void disarm() {
        stage.disarm();
    }

    /** True once the stage has gone to another attachment or its region is retired. */
    @Override
    public boolean done() {
        return done;
    }
}
