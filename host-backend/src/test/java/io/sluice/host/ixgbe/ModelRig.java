// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import io.sluice.host.ixgbe.model.Model82599;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.host.ixgbe.model.packet.PacketEngine;
import io.sluice.host.ixgbe.model.packet.TestWire;
import io.sluice.host.pci.InProcessDoor;
import io.sluice.host.pci.PciDevice;

/** A model, its wire, and a clock that has the model take a turn for every sleep of the driver. */
final class ModelRig implements CardRig {
    private final TestClock clock;
    private final TestWire wire = new TestWire();
    private final Model82599 model;
    private final PciDevice device;

    ModelRig(ModelOptions options) {
        final Model82599[] maker = new Model82599[1];
        clock = new TestClock(() -> maker[0].doWork());
        model = new Model82599(options, clock::nanos, parts -> new PacketEngine(parts, wire));
        maker[0] = model;
        device = new InProcessDoor(model);
    }

    /** A card that takes half a second for its link and a millisecond for a reset; nothing is mapped. */
    static ModelOptions slow() {
        return ModelOptions.of("model0").with(RegisterAccess.TRAPPED).withDelays(SECOND / 2, MILLISECOND);
    }

    @Override
    public CardOptions options() {
        return CardOptions.defaults()
                .withClock(clock)
                .withStuckNanos(SECOND / 5)
                .withLinkRetryNanos(SECOND);
    }

    @Override
    public TestClock clock() {
        return clock;
    }

    TestWire wire() {
        return wire;
    }

    Model82599 model() {
        return model;
    }

    /** The model through the door of one process. */
    @Override
    public PciDevice device() {
        return device;
    }

    @Override
    public void toCard(byte[] frame) {
        wire.toCard.add(frame);
    }

    @Override
    public long fromCard() {
        return wire.fromCard.size();
    }

    @Override
    public boolean arrived(Card card) {
        return wire.toCard.isEmpty();
    }

    @Override
    public boolean awaitLink(Card card) {
        return card.link().awaitUp(5 * SECOND);
    }

    @Override
    public long violations() {
        return model.dma().violations();
    }

    @Override
    public void close() {
        device.close();
        model.close();
    }
}
