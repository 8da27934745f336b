// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.card;

import io.sluice.host.ixgbe.Card;
import io.sluice.host.ixgbe.CardClock;
import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.CardOptions;
import io.sluice.host.ixgbe.ReceiveRing;
import io.sluice.host.ixgbe.TransmitRing;
import io.sluice.host.ixgbe.model.Model82599;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.packet.PacketEngine;
import io.sluice.host.ixgbe.queue.DescriptorMemory;
import io.sluice.host.ixgbe.queue.PacketBuffers;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.ixgbe.register.TransmitRegisters;
import io.sluice.host.pci.DmaMapping;
import io.sluice.host.pci.InProcessDoor;
import io.sluice.host.pci.PciFunction.MappedPages;
import io.sluice.shared.function.Direction;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.RegionFormat;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import io.sluice.shared.ring.Ring;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Two cards in software, a ring between a receive queue of the one and transmit queues of the other, all in one thread. */
final class CardPath implements AutoCloseable {
    static final int HEADROOM = 128;
    static final int BUFFER_BYTES = HEADROOM + 2048;

    private final FlowWire wire;
    private final Side in;
    private final Side out;
    private final SharedRegion region;
    private final Ring ring;
    private final DescriptorMemory received;
    private final List<DescriptorMemory> transmitted = new ArrayList<>();
    private final DmaMapping inPackets;
    private final DmaMapping outPackets;
    private boolean enabled;
    private long modelNanos;

    private static final class Side {
        private final Model82599 model;
        private final InProcessDoor door;
        private final Card card;

        private Side(String name, FlowWire wire) throws CardException {
            model = new Model82599(ModelOptions.of(name), System::nanoTime, parts -> new PacketEngine(parts, wire));
            door = new InProcessDoor(model);
            final CardClock system = CardClock.system();
            card = Card.open(door, CardOptions.defaults().withClock(new CardClock() {
                @Override
                public long nanos() {
                    return system.nanos();
                }

                @Override
                public void sleep(long nanos) {
                    model.doWork();
                    system.sleep(nanos);
                }
            }));
        }

        private void awaitLink() {
            final long deadline = System.nanoTime() + 10_000_000_000L;
            while (!card.link().state().up()) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("the link of " + card.name() + " waits for "
                            + card.link().state().waitingFor());
                }
                model.doWork();
                card.maintain();
                card.options().clock().sleep(1_000_000);
            }
        }
    }

    /** A path over a ring of {@code slots} with {@code stages} stages and {@code outputs} outputs. */
    CardPath(int slots, int stages, int outputs, int flows) throws IOException {
        wire = new FlowWire(flows);
        final List<StageSpec> specs = new ArrayList<>();
        for (int stage = 0; stage < stages; stage++) {
            specs.add(new StageSpec(0, 0, "stage " + stage));
        }
        final RegionFormat format = new RegionFormat(
                new RegionSpec(
                        "bench",
                        List.of("host"),
                        List.of(new RingSpec(slots, BUFFER_BYTES, HEADROOM, slots - 1, Direction.FORWARD, specs))),
                stages);
        region = SharedRegion.create("sluice-bench-ring", format.regionBytes());
        format.write(region.address());
        ring = Directory.shared(region.address(), format.regionBytes()).ring(0);
        in = new Side("model0", wire);
        out = new Side("model1", wire);
        in.awaitLink();
        out.awaitLink();
        inPackets = in.door.map(region);
        outPackets = out.door.map(region);
        received = DescriptorMemory.of(in.door, slots);
        for (int i = 0; i < outputs; i++) {
            transmitted.add(DescriptorMemory.of(out.door, slots));
        }
    }

    /** Gives all queues to the cards, heads and tails at 0: whoever works on the ring next begins there. */
    void begin() throws IOException {
        if (enabled) {
            in.card.disableReceive(0);
            for (int queue = 0; queue < transmitted.size(); queue++) {
                out.card.disableTransmit(queue);
            }
        }
        enabled = true;
        in.card.enableReceive(0, new ReceiveRing(received.deviceAddress(), ring.slots(), 2, true, false));
        for (int queue = 0; queue < transmitted.size(); queue++) {
            final DescriptorMemory memory = transmitted.get(queue);
            out.card.enableTransmit(
                    queue, new TransmitRing(memory.deviceAddress(), ring.slots(), memory.headDeviceAddress()));
        }
    }

    Ring ring() {
        return ring;
    }

    SharedRegion region() {
        return region;
    }

    DescriptorMemory received() {
        return received;
    }

    List<DescriptorMemory> transmitted() {
        return List.copyOf(transmitted);
    }

    Card inCard() {
        return in.card;
    }

    Card outCard() {
        return out.card;
    }

    private PacketBuffers buffers(DmaMapping mapping, long firstBuffer) {
        return new PacketBuffers(
                mapping.deviceAddress() + firstBuffer - region.address(), ring.slots(), BUFFER_BYTES, HEADROOM);
    }

    /** The ring's buffers as the receiving card knows them; the first lies at {@code firstBuffer}. */
    PacketBuffers inBuffers(long firstBuffer) {
        return buffers(inPackets, firstBuffer);
    }

    PacketBuffers outBuffers(long firstBuffer) {
        return buffers(outPackets, firstBuffer);
    }

    /** Where the receiving card's tail lies: in memory that another process can map too. */
    TailPlace receiveTail() {
        return place(in, ReceiveRegisters.rdt(0));
    }

    TailPlace transmitTail(int queue) {
        return place(out, TransmitRegisters.tdt(queue));
    }

    /** A register's place in shared memory. */
    record TailPlace(SharedRegion memory, long offset) {}

    private static TailPlace place(Side side, int register) {
        for (MappedPages pages : side.model.mappedPages()) {
            final long inside = register - pages.offset();
            if (inside >= 0 && inside < pages.lengthBytes()) {
                return new TailPlace(pages.memory(), pages.memoryOffset() + inside);
            }
        }
        throw new IllegalStateException("a register is not mapped: offset=" + register);
    }

    /** The cards' turn: {@code frames} come in, as far as there are descriptors, and all that was sent goes out. */
    void cards(long frames) {
        final long start = System.nanoTime();
        wire.allow(frames);
        while (out.model.doWork() > 0 || in.model.doWork() > 0) {
            // as long as they find anything
        }
        modelNanos += System.nanoTime() - start;
    }

    /** What the cards' turns have taken. */
    long modelNanos() {
        return modelNanos;
    }

    /** Frames that have left by all outputs. */
    long sent() {
        return wire.sent();
    }

    @Override
    public void close() {
        in.card.close();
        out.card.close();
        in.door.close();
        out.door.close();
        in.model.close();
        out.model.close();
        region.close();
    }
}
