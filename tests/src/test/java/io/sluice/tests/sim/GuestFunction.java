// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.function.Direction;
import io.sluice.shared.function.Packet;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.Quarantine;
import io.sluice.shared.ring.Stage;
import java.util.function.Supplier;

/**
 * A packet function in whose middle anything may happen: it reads a packet, others take their steps, and then it writes
 * the packet and its slot's word, whoever these belong to by then.
 */
final class GuestFunction implements PacketFunction {
    private final World world;
    private final Flow flow;
    private final Stage stage;
    private final Supplier<Quarantine> quarantine;
    private final int dropEvery;
    private final boolean onFirstRing;
    private final Runnable meanwhile;

    /**
     * @param quarantine the host's knowledge of slots that are nobody's
     * @param onFirstRing whether packets enter this flow on the stage's own ring
     * @param meanwhile lets others take steps
     */
    GuestFunction(
            World world,
            Flow flow,
            Stage stage,
            Supplier<Quarantine> quarantine,
            int dropEvery,
            boolean onFirstRing,
            Runnable meanwhile) {
        this.world = world;
        this.flow = flow;
        this.stage = stage;
        this.quarantine = quarantine;
        this.dropEvery = dropEvery;
        this.onFirstRing = onFirstRing;
        this.meanwhile = meanwhile;
    }

    @Override
    public void process(Packet packet, Direction direction) {
        final long address = packet.address();
        Flow.inside(stage, address, packet.length());
        check(packet);
        final long number = Flow.number(address);
        if (flow.believed() && stage.displaced()) {
            world.tally().count("late start");
        }
        meanwhile.run();
        if (mayCheck(address)) {
            assertThat(Flow.number(address)).as("a slot has one owner").isEqualTo(number);
        }
        if (flow.believed() && stage.displaced()) {
            world.tally().count("late store");
        }
        Flow.write(address, number);
        packet.resize(Flow.PACKET_BYTES - 8 * world.random().nextInt(2));
        if (number % dropEvery == 0) {
            if (stage.displaced()) {
                flow.droppedLate();
            }
            if (quarantine.get().holds(Flow.slot(stage, address))) {
                flow.droppedAgain();
            }
            packet.drop(DropReason.DENIED);
        }
    }

    private boolean mayCheck(long address) {
        return flow.believed() && !stage.displaced() && !quarantine.get().holds(Flow.slot(stage, address));
    }

    private void check(Packet packet) {
        if (mayCheck(packet.address())) {
            assertThat(Flow.whole(packet.address(), packet.length()))
                    .as("a packet in its owner's hands is whole")
                    .isTrue();
            if (onFirstRing) {
                assertThat(Flow.number(packet.address()))
                        .as("the packet that entered into this slot")
                        .isEqualTo(flow.numberAt(stage, packet.address()));
            }
        }
    }
}
