// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import io.sluice.host.endpoint.Output;
import io.sluice.host.ixgbe.Card;
import io.sluice.host.ixgbe.CardClock;
import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.CardOptions;
import io.sluice.host.ixgbe.ReceiveRing;
import io.sluice.host.ixgbe.TransmitRing;
import io.sluice.host.ixgbe.model.Model82599;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.host.ixgbe.model.packet.PacketEngine;
import io.sluice.host.ixgbe.model.packet.TestWire;
import io.sluice.host.pci.DmaMapping;
import io.sluice.host.pci.InProcessDoor;
import io.sluice.shared.function.Direction;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.RegionFormat;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import io.sluice.shared.ring.Stage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * model0 → ring with a guest → model1, and answers back to model0, all in turns of one thread, by a clock of its own: the
 * same turns give the same result.
 */
final class ModelPath implements AutoCloseable {
    static final int SLOTS = 256;
    static final int HEADROOM = 128;
    static final int BUFFER_BYTES = HEADROOM + 2048;
    static final long STALL_NANOS = 1_000_000_000L;

    private static final long TURN_NANOS = 1_000;

    private final Arena arena = Arena.ofShared();
    private final SharedRegion region;
    final Side in;
    final Side out;
    final Stage receiving;
    final Stage guest;
    final Stage transmitting;
    final CardReceiveAgent receiver;
    final CardTransmitAgent transmitter;
    private final UnaryOperator<QueueBell> wakening;
    long clockNanos = 1;

    /** One card and its wire. */
    final class Side implements AutoCloseable {
        final TestWire wire = new TestWire();
        final Model82599 model;
        final Card card;
        final List<QueueGate> gates = new ArrayList<>();
        private final List<InterruptBell> bells = new ArrayList<>();
        private final InProcessDoor door;
        private final List<AutoCloseable> held = new ArrayList<>();
        private PacketBuffers buffers;

        private Side(String name, RegisterAccess access) throws CardException {
            model = new Model82599(
                    ModelOptions.of(name).with(access), () -> clockNanos, parts -> new PacketEngine(parts, wire));
            door = new InProcessDoor(model);
            card = Card.open(door, CardOptions.defaults().withClock(new CardClock() {
                @Override
                public long nanos() {
                    return clockNanos;
                }

                @Override
                public void sleep(long nanos) {
                    clockNanos += nanos;
                    model.doWork();
                }
            }));
        }

        private PacketBuffers buffers() throws IOException {
            if (buffers == null) {
                final DmaMapping mapping = door.map(region);
                held.add(mapping);
                buffers = new PacketBuffers(
                        mapping.deviceAddress() + receiving.bufferAddress(0) - region.address(),
                        SLOTS,
                        BUFFER_BYTES,
                        HEADROOM);
            }
            return buffers;
        }

        /** Interrupts in the model's time: a vector that was enabled is not enabled again because time passes. */
        private QueueBell bell() throws CardException {
            if (wakening == null) {
                return QueueBell.NONE;
            }
            final InterruptBell bell = new InterruptBell(card.interrupts(), bells.size(), () -> 0);
            bells.add(bell);
            return wakening.apply(bell);
        }

        private QueueGate gate(String name, QueueBell bell) {
            final QueueGate gate = new QueueGate(name, bell);
            gates.add(gate);
            card.health().add(gate);
            return gate;
        }

        private CardReceiveAgent receiver(Stage stage, int number, ReceiveFormat format) throws IOException {
            final DescriptorMemory memory = DescriptorMemory.of(door, SLOTS);
            held.add(memory);
            final ReceiveQueue queue = new ReceiveQueue(memory.address(), buffers(), format, card.receiveTail(number));
            final QueueBell bell = bell();
            card.interrupts().routeReceive(number, bells.size() - 1);
            final QueueGate gate = gate("rx", bell);
            card.enableReceive(
                    number, new ReceiveRing(memory.deviceAddress(), SLOTS, 2, true, format == ReceiveFormat.ADVANCED));
            return new CardReceiveAgent("in", stage, queue, gate, () -> {
                try {
                    card.disableReceive(number);
                } catch (CardException e) {
                    throw new IllegalStateException(e);
                }
            });
        }

        private CardOutput output(int number) throws IOException {
            final DescriptorMemory memory = DescriptorMemory.of(door, SLOTS);
            held.add(memory);
            final TransmitQueue queue =
                    new TransmitQueue(memory.address(), memory.headAddress(), buffers(), card.transmitTail(number));
            final TransmitRing ring = new TransmitRing(memory.deviceAddress(), SLOTS, memory.headDeviceAddress());
            final QueueBell bell = bell();
            card.interrupts().routeTransmit(number, bells.size() - 1);
            final QueueGate gate = gate("tx", bell);
            card.enableTransmit(number, ring);
            return new CardOutput(
                    queue,
                    gate,
                    new TransmitControl() {
                        @Override
                        public boolean stop() {
                            try {
                                card.disableTransmit(number);
                                return true;
                            } catch (CardException e) {
                                return false;
                            }
                        }

                        @Override
                        public boolean start() {
                            try {
                                card.enableTransmit(number, ring);
                                return true;
                            } catch (CardException e) {
                                return false;
                            }
                        }

                        @Override
                        public boolean linkUp() {
                            return card.link().state().up();
                        }
                    },
                    1518,
                    STALL_NANOS,
                    () -> clockNanos);
        }

        @Override
        public void close() throws CardException {
            for (InterruptBell bell : bells) {
                bell.close();
            }
            card.close();
            door.close();
            model.close();
        }
    }

    ModelPath(RegisterAccess access, ReceiveFormat format) throws IOException {
        this(access, format, null);
    }

    /**
     * As the other one, and cards interrupt.
     *
     * @param wakening puts something of a test's around each queue's bell
     */
    ModelPath(RegisterAccess access, ReceiveFormat format, UnaryOperator<QueueBell> wakening) throws IOException {
        this.wakening = wakening;
        final List<StageSpec> stages =
                List.of(new StageSpec(0, 0, "in"), new StageSpec(1, 0, "guest"), new StageSpec(0, 0, "out"));
        final RegionFormat layout = new RegionFormat(
                new RegionSpec(
                        "test",
                        List.of("host", "guest"),
                        List.of(new RingSpec(SLOTS, BUFFER_BYTES, HEADROOM, SLOTS - 1, Direction.FORWARD, stages))),
                16);
        region = SharedRegion.create("sluice-model-path", layout.regionBytes());
        layout.write(region.address());
        final long own = arena.allocate(layout.controlBytes(), 4096).address();
        layout.write(own);
        final Directory host = Directory.ofHost(own, layout.controlBytes(), region.address());
        receiving = new Stage(host.ring(0), 0, Doorbell.NONE);
        transmitting = new Stage(host.ring(0), 2, Doorbell.NONE);
        guest = new Stage(
                Directory.shared(region.address(), layout.regionBytes()).ring(0), 1, Doorbell.NONE);
        in = new Side("model0", access);
        out = new Side("model1", access);
        receiver = in.receiver(receiving, 0, format);
        transmitter = new CardTransmitAgent(
                "out", transmitting, new CardOutput[] {out.output(0), in.output(16)}, new Output[2]);
        for (int i = 0;
                i < 1000
                        && !(in.card.link().state().up()
                                && out.card.link().state().up());
                i++) {
            maintain();
        }
        turn(); // the first one gives the card descriptors
    }

    void maintain() {
        clockNanos += 10_000_000;
        in.model.doWork();
        out.model.doWork();
        maintainNow();
    }

    /** What the control path's thread does, without any time passing. */
    void maintainNow() {
        in.card.maintain();
        out.card.maintain();
    }

    /** The guest passes on what there is, unchanged. */
    int forward() {
        final int count = guest.look();
        guest.advance(count);
        guest.publish();
        return count;
    }

    /** One turn of everything; what it did. */
    int turn() {
        clockNanos += TURN_NANOS;
        return in.model.doWork() + receiver.doWork() + forward() + transmitter.doWork() + out.model.doWork();
    }

    /** Turns until {@code idle} of them in a row did nothing. */
    void settle(int idle) {
        int quiet = 0;
        for (int i = 0; i < 100_000 && quiet < idle; i++) {
            quiet = turn() == 0 ? quiet + 1 : 0;
        }
    }

    @Override
    public void close() throws CardException {
        in.close();
        out.close();
        region.close();
        arena.close();
    }
}
