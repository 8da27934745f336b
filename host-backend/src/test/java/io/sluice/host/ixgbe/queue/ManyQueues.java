// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import io.sluice.host.ixgbe.Card;
import io.sluice.host.ixgbe.CardRig;
import io.sluice.host.ixgbe.ReceiveRing;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.shared.function.Direction;
import io.sluice.shared.memory.Backing;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.RegionFormat;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One card, and rings that receive from its queues, each with a guest at its end. In turns of one thread. */
final class ManyQueues implements AutoCloseable {
    private static final int SLOTS = 256;
    private static final int HEADROOM = 128;

    final Card card;
    private final CardRig rig;
    private final List<Guest> guests = new ArrayList<>();

    /** The end of one ring. */
    final class Guest {
        final List<byte[]> received = new ArrayList<>();
        private final SharedRegion region;
        private final CardReceiveAgent receiver;
        private final Stage stage;

        private Guest(int queue, ReceiveFormat format) throws IOException {
            final RegionFormat layout = new RegionFormat(
                    new RegionSpec(
                            "test",
                            List.of("host"),
                            List.of(new RingSpec(
                                    SLOTS,
                                    HEADROOM + 2048,
                                    HEADROOM,
                                    SLOTS - 1,
                                    Direction.FORWARD,
                                    List.of(new StageSpec(0, 0, "in"), new StageSpec(0, 0, "guest"))))),
                    2);
            final Backing backing = rig.device().backing();
            region = SharedRegion.create("sluice-many-queues", backing.wholePages(layout.regionBytes()), backing);
            layout.write(region.address());
            final Directory directory = Directory.shared(region.address(), layout.regionBytes());
            final Stage first = new Stage(directory.ring(0), 0, Doorbell.NONE);
            stage = new Stage(directory.ring(0), 1, Doorbell.NONE);
            final DescriptorMemory memory = DescriptorMemory.of(rig.device(), SLOTS);
            final PacketBuffers buffers = new PacketBuffers(
                    rig.device().map(region).deviceAddress() + first.bufferAddress(0) - region.address(),
                    SLOTS,
                    HEADROOM + 2048,
                    HEADROOM);
            final ReceiveQueue ring = new ReceiveQueue(memory.address(), buffers, format, card.receiveTail(queue));
            card.enableReceive(
                    queue, new ReceiveRing(memory.deviceAddress(), SLOTS, 2, true, format == ReceiveFormat.ADVANCED));
            receiver = new CardReceiveAgent("in", first, ring, new QueueGate("rx"), () -> {});
            receiver.doWork();
        }

        private void take() {
            receiver.doWork();
            for (int count = stage.look(); count > 0; count--) {
                final long word = Memory.longOpaque(stage.slotAddress(stage.position()));
                final byte[] frame = new byte[SlotWord.length(word)];
                Memory.copyToArray(
                        stage.bufferAddress(stage.position()) + SlotWord.offset(word), frame, 0, frame.length);
                received.add(frame);
                stage.advance(1);
            }
            stage.publish();
            receiver.doWork();
        }
    }

    ManyQueues() throws IOException {
        rig = CardRig.of(ModelOptions.of("model0"));
        card = Card.open(rig.device(), rig.options().withPromiscuous(false));
        if (!rig.awaitLink(card)) {
            throw new AssertionError("no link: " + card.link().state());
        }
    }

    /** A ring that receives from {@code queue}. */
    Guest guest(int queue, ReceiveFormat format) throws IOException {
        final Guest guest = new Guest(queue, format);
        guests.add(guest);
        return guest;
    }

    /** Lets {@code frame} come in, and everybody take what is theirs. */
    void receive(byte[] frame) {
        rig.toCard(frame);
        if (!rig.await(() -> {}, () -> rig.arrived(card))) {
            throw new AssertionError("a frame has not arrived");
        }
        guests.forEach(Guest::take);
    }

    @Override
    public void close() {
        card.close();
        rig.close();
        guests.forEach(guest -> guest.region.close());
    }
}
