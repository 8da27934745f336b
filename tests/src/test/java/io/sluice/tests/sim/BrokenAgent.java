// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.sim;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.function.FunctionAgent;
import io.sluice.shared.function.Packet;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;

/** A guest's stage with a {@link Flaw} that its author might have overlooked. */
final class BrokenAgent implements Agent {
    private static final int GREEDY_SLOTS = 32;

    private final Flaw flaw;
    private final Stage stage;
    private final PacketFunction function;
    private final FunctionAgent sound;
    private final Packet packet = new Packet();

    BrokenAgent(Flaw flaw, Stage stage, PacketFunction function) {
        this.flaw = flaw;
        this.stage = stage;
        this.function = function;
        this.sound = new FunctionAgent("broken", stage, function);
    }

    @Override
    public String roleName() {
        return "broken";
    }

    @Override
    public int doWork() {
        return switch (flaw) {
            case EARLY_PUBLISH -> publishAndWork();
            case UNAWARE_OF_LOSS -> workAndPublish();
            default -> sound.doWork();
        };
    }

    private int publishAndWork() {
        final int work = stage.claim();
        if (work <= 0) {
            return work < 0 ? sound.doWork() : 0;
        }
        final long first = stage.position();
        stage.advance(work);
        stage.publish();
        for (long position = first; position < first + work; position++) {
            turn(position);
        }
        stage.settle();
        return work;
    }

    private int workAndPublish() {
        if (stage.position() == stage.ring().positionAcquire(stage.index() - 1)) {
            return sound.doWork();
        }
        final int work = Math.min(stage.available(), GREEDY_SLOTS);
        for (int i = 0; i < work; i++) {
            turn(stage.position() + i);
        }
        stage.advance(work);
        stage.publish();
        stage.settle();
        return work;
    }

    private void turn(long position) {
        final long slot = stage.slotAddress(position);
        final long word = Memory.longOpaque(slot);
        if (SlotWord.outputs(word) == 0) {
            return;
        }
        packet.wrap(stage.bufferAddress(position), stage.bufferBytes(), word, 0);
        function.process(packet, stage.ring().direction());
        Memory.longOpaque(slot, packet.word());
        if (packet.dropReason() != null) {
            stage.counters().addDrop(DropReason.DENIED);
        }
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        return sound.arm(waitSet) || flaw == Flaw.NO_LAST_LOOK && !sound.done();
    }

    @Override
    public void disarm() {
        sound.disarm();
    }

    @Override
    public boolean done() {
        return sound.done();
    }
}
