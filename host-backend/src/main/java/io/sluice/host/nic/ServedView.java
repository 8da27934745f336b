// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import io.sluice.host.ixgbe.model.Model82599;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.Personality;
import io.sluice.host.ixgbe.register.LinkRegisters;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.ixgbe.register.TransmitRegisters;
import io.sluice.host.pci.PciDevice;
import io.sluice.host.pci.vfiouser.VfioUserServer;
import java.util.ArrayList;
import java.util.List;

/**
 * A model that other programs drive, as reports show it. Its counters are what crosses its wire: the card's own registers
 * clear when a driver reads them, so the driver's process has their totals. For one thread.
 */
final class ServedView {
    private static final int DESCRIPTOR_BYTES = 16;
    private static final int MEGABITS = 10_000;

    private final ModelOptions options;
    private final Model82599 model;
    private final MeteredWire wire;
    private final VfioUserServer server;
    private final String wireName;
    private boolean wasUp;
    private long linkChanges;

    ServedView(ModelOptions options, Model82599 model, MeteredWire wire, VfioUserServer server, String wireName) {
        this.options = options;
        this.model = model;
        this.wire = wire;
        this.server = server;
        this.wireName = wireName;
    }

    /** The card as it is now. */
    synchronized NicCard card() {
        final Personality personality = options.personality();
        final NicCard.PciIds ids = new NicCard.PciIds(
                PciNames.INTEL,
                personality.deviceId(),
                model.readConfig(0x2C, Short.BYTES),
                model.readConfig(0x2E, Short.BYTES),
                model.readConfig(0x08, 1));
        return new NicCard(
                new NicCard.Identity(
                        options.name(),
                        PciNames.of(ids.vendor(), ids.device()).orElse("82599"),
                        "vfio-user socket " + server.path() + ", " + (server.connected() ? "in use" : "free"),
                        wireName,
                        ids,
                        mac(options.macAddress())),
                link(),
                module(personality),
                wire.traffic(),
                counters(),
                queues(),
                List.of(),
                FaultWords.of(model.faults()),
                notes());
    }

    private static String mac(long address) {
        final StringBuilder text = new StringBuilder();
        for (int shift = 40; shift >= 0; shift -= Byte.SIZE) {
            text.append("%02x".formatted(address >>> shift & 0xFF)).append(shift == 0 ? "" : ":");
        }
        return text.toString();
    }

    private NicCard.Link link() {
        final boolean up = (model.registers().peek(LinkRegisters.LINKS) & LinkRegisters.LINKS_UP_NOW) != 0;
        linkChanges += up == wasUp ? 0 : 1;
        wasUp = up;
        if (up) {
            return new NicCard.Link(NicCard.Link.UP, MEGABITS, "", linkChanges);
        }
        final String waitingFor;
        if (model.faults().linkLost()) {
            waitingFor = "the link to be given back";
        } else if (!wire.carrier()) {
            waitingFor = "the other end of its wire, " + wireName;
        } else {
            waitingFor = "a driver to bring it up";
        }
        return new NicCard.Link("down", 0, waitingFor, linkChanges);
    }

    private static String module(Personality personality) {
        return switch (personality) {
            case SFP_SR -> "10GBASE-SR";
            case SFP_DIRECT_ATTACH -> "direct-attach cable";
            case SFP_EMPTY, KX4, XAUI, BASE_T -> "";
        };
    }

    private List<NicCard.Counter> counters() {
        final NicCard.Traffic traffic = wire.traffic();
        final List<NicCard.Counter> counters = new ArrayList<>();
        counters.add(new NicCard.Counter("wire-received", "packets from the wire", traffic.receivedPackets()));
        counters.add(new NicCard.Counter("wire-received-bytes", "bytes from the wire", traffic.receivedBytes()));
        counters.add(new NicCard.Counter("wire-transmitted", "packets to the wire", traffic.transmittedPackets()));
        counters.add(new NicCard.Counter("wire-transmitted-bytes", "bytes to the wire", traffic.transmittedBytes()));
        model.details()
                .forEach((name, count) ->
                        counters.add(new NicCard.Counter(name, "counted by the wire or the model", count)));
        counters.add(new NicCard.Counter("refused-commands", "vfio-user commands refused", server.refusedCommands()));
        counters.add(new NicCard.Counter(
                "turned-away", "clients turned away: there was one, or of another user", server.turnedAway()));
        return counters;
    }

    private List<NicCard.Queue> queues() {
        final List<NicCard.Queue> queues = new ArrayList<>();
        for (int queue = 0; queue < ReceiveRegisters.RX_QUEUES; queue++) {
            if ((model.registers().peek(ReceiveRegisters.rxdctl(queue)) & ReceiveRegisters.RXDCTL_ENABLE) != 0) {
                queues.add(queue(
                        true,
                        queue,
                        ReceiveRegisters.rdlen(queue),
                        ReceiveRegisters.rdh(queue),
                        ReceiveRegisters.rdt(queue)));
            }
        }
        for (int queue = 0; queue < TransmitRegisters.TX_QUEUES; queue++) {
            if ((model.registers().peek(TransmitRegisters.txdctl(queue)) & TransmitRegisters.TXDCTL_ENABLE) != 0) {
                queues.add(queue(
                        false,
                        queue,
                        TransmitRegisters.tdlen(queue),
                        TransmitRegisters.tdh(queue),
                        TransmitRegisters.tdt(queue)));
            }
        }
        return queues;
    }

    private NicCard.Queue queue(boolean receives, int number, int length, int head, int tail) {
        final int descriptors = model.registers().peek(length) / DESCRIPTOR_BYTES;
        // A tail may be on a page that its driver writes to, so it is asked for as a driver would.
        final int end = (int) model.read(0, tail, Integer.BYTES);
        final int busy = descriptors <= 0 || end == PciDevice.GONE
                ? 0
                : Math.floorMod(end - model.registers().peek(head), descriptors);
        return new NicCard.Queue(
                receives,
                number,
                "the client",
                Math.max(0, descriptors),
                busy,
                NicCard.UNKNOWN,
                NicCard.UNKNOWN,
                NicCard.UNKNOWN);
    }

    private List<String> notes() {
        final List<String> notes = new ArrayList<>();
        notes.add("counters are what crosses the wire; the card's registers clear when its driver reads them, so the"
                + " driver's process has their totals");
        if (!model.note().isEmpty()) {
            notes.add(model.note());
        }
        if (!options.lineRate()) {
            notes.add("not shaped: packets take no time on the wire (--shape)");
        }
        return notes;
    }
}
