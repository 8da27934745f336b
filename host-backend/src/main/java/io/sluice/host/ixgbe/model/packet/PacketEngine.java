// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.register.LinkRegisters.LINKS;
import static io.sluice.host.ixgbe.register.LinkRegisters.LINKS_UP_NOW;

import io.sluice.host.ixgbe.model.Engine;
import io.sluice.host.ixgbe.model.RegisterFile;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.ixgbe.register.TransmitRegisters;
import io.sluice.shared.pacing.WaitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Moves packets between a driver's rings and a wire, in turns.
 *
 * <pre>
 *   wire ─▶ {@link ReceivePath} ─▶ {@link PacketBuffer} ─▶ {@link InputQueue} ─▶ driver's memory
 *   wire ◀─ {@link TransmitPath} ◀─ {@link PacketGather} ◀─ {@link OutputQueue} ◀─ driver's memory
 * </pre>
 * Every call comes under the model's lock. A turn allocates nothing, and its length has a bound.
 */
public final class PacketEngine implements Engine {
    /** Frames of each direction in one turn. */
    private static final int BUDGET = 256;

    private final RegisterFile registers;
    private final LongSupplier nanoClock;
    private final Wire wire;
    private final MisuseCounts misuses = new MisuseCounts();
    private final OffloadCounts offloads = new OffloadCounts();
    private final WriteBacks writeBacks;
    private final QueueDrops drops;
    private final InputQueue[] inputs = new InputQueue[ReceiveRegisters.RX_QUEUES];
    private final OutputQueue[] outputs = new OutputQueue[TransmitRegisters.TX_QUEUES];
    private final FrameCounts receiveCounts;
    private final FrameCounts transmitCounts;
    private final FrameStamps stamps;
    private final Classifier classifier;
    private final FlowControl flowControl;
    private final ReceivePath receivePath;
    private final TransmitPath transmitPath;
    private final LinePace receivePace;
    private final LinePace transmitPace;
    private long turn;

    /** An engine of {@code parts} on {@code wire}, which is closed with it. */
    public PacketEngine(Parts parts, Wire wire) {
        this.registers = parts.registers();
        this.nanoClock = parts.nanoClock();
        this.wire = wire;
        this.writeBacks = new WriteBacks(parts.dma(), parts.interrupts(), parts.faults(), misuses);
        this.drops = new QueueDrops(registers);
        final var shared = new EngineParts(
                registers, parts.tails(), parts.dma(), parts.faults(), writeBacks, misuses, offloads, drops);
        for (int queue = 0; queue < inputs.length; queue++) {
            inputs[queue] = new InputQueue(queue, shared);
        }
        for (int queue = 0; queue < outputs.length; queue++) {
            outputs[queue] = new OutputQueue(queue, shared);
        }
        this.receiveCounts = new FrameCounts(registers, true);
        this.transmitCounts = new FrameCounts(registers, false);
        this.stamps = new FrameStamps(registers, nanoClock);
        this.classifier = new Classifier(registers, stamps);
        final var buffer = new PacketBuffer(registers);
        this.flowControl = new FlowControl(registers, buffer, transmitCounts, receiveCounts);
        this.receivePath =
                new ReceivePath(registers, parts.interrupts(), inputs, classifier, buffer, receiveCounts, flowControl);
        this.transmitPath = new TransmitPath(shared, outputs, receivePath, stamps, transmitCounts);
        this.receivePace = new LinePace(parts.options().lineRate());
        this.transmitPace = new LinePace(parts.options().lineRate());
    }

    @Override
    public int doWork() {
        turn++;
        final long now = nanoClock.getAsLong();
        receivePace.begin(now);
        transmitPace.begin(now);
        writeBacks.begin(now);
        final boolean linkUp = (registers.peek(LINKS) & LINKS_UP_NOW) != 0;
        int work = 0;
        receivePath.begin(turn);
        if (linkUp && receivePath.enabled()) {
            work += transmitPath.loopsAll()
                    ? receivePath.lose(wire, BUDGET)
                    : receivePath.work(wire, receivePace, BUDGET, now);
            flowControl.regulate(wire, now);
        }
        if (!receivePath.resets() && transmitPath.enabled() && maySend(linkUp, now)) {
            work += transmitPath.work(wire, transmitPace, BUDGET, turn, now);
        }
        if (receivePath.resets() || transmitPath.resets()) {
            return 1; // the model resets the card now: nothing more is written
        }
        writeBacks.end();
        receiveCounts.publish();
        transmitCounts.publish();
        wire.flush();
        return work;
    }

    private boolean maySend(boolean linkUp, long now) {
        return transmitPath.loopsAll() || linkUp && !flowControl.stopped(now);
    }

    @Override
    public void reset() {
        for (InputQueue queue : inputs) {
            queue.reset();
        }
        for (OutputQueue queue : outputs) {
            queue.reset();
        }
        drops.reset();
        classifier.reset();
        stamps.reset();
        flowControl.reset();
        receivePath.reset();
        transmitPath.reset();
        writeBacks.clear();
        receiveCounts.clear();
        transmitCounts.clear();
    }

    @Override
    public void receiveQueueWritten(int queue) {
        inputs[queue].written();
    }

    @Override
    public void transmitQueueWritten(int queue) {
        outputs[queue].written();
        transmitPath.queuesChanged();
    }

    @Override
    public boolean carrier() {
        return wire.carrier();
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        final long now = nanoClock.getAsLong();
        final long lateNanos = writeBacks.dueInNanos(now);
        if (lateNanos != Long.MAX_VALUE) {
            waitSet.dueIn(lateNanos);
        }
        final boolean linkUp = (registers.peek(LINKS) & LINKS_UP_NOW) != 0;
        return !linkUp || !receivePath.enabled() || wire.arm(waitSet);
    }

    /** What a driver has done that a card cannot act on. */
    public MisuseCounts misuses() {
        return misuses;
    }

    /** What the card has done in its driver's stead. */
    public OffloadCounts offloads() {
        return offloads;
    }

    @Override
    public Map<String, Long> details() {
        final var details = new LinkedHashMap<String, Long>(wire.details());
        details.putAll(offloads.all());
        details.putAll(misuses.met());
        return details;
    }

    @Override
    public void close() {
        wire.close();
    }
}
