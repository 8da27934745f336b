// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.agent.AgentRunner;
import io.sluice.shared.agent.CompositeAgent;
import io.sluice.shared.function.FunctionAgent;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.pacing.WaitMode;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.RegionFormatException;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A guest's place in a chain: in a virtual machine, a process or a container, the same program.
 *
 * <pre>{@code
 *   try (GuestPort port = GuestPort.open("auto")) {
 *       port.serve((packet, direction) -> packet.setByte(0, 2), WaitMode.ADAPTIVE);
 *   }
 * }</pre>
 *
 * A guest that stands at an end of its chain has rings of its own instead: {@link #receiver()} and {@link #sender()}.
 */
public final class GuestPort implements AutoCloseable {
    private static final String SOCKET_PREFIX = "ptnet:";
    private static final String PCI_PREFIX = "pci:";

    private final Attachment attachment;
    private final Directory directory;
    private final int party;

    private GuestPort(Attachment attachment) {
        this.attachment = attachment;
        this.directory = Directory.shared(attachment.address(), attachment.lengthBytes());
        final int peerId = attachment.peerId();
        this.party = directory.partyOfPeer(peerId);
        if (party < 1) {
            throw new RegionFormatException("the backend knows no guest attached as peer " + peerId
                    + "; it may just have ended: start it and this guest again");
        }
    }

    /**
     * Attaches to a chain.
     *
     * @param spec {@code auto}: the ring device of this virtual machine; {@code pci:0000:00:05.0}: that device;
     *     {@code ptnet:/run/sluice/fw.sock}: the backend's socket for a guest, from a process or container
     * @throws IOException saying exactly what is missing
     */
    public static GuestPort open(String spec) throws IOException {
        final Attachment attachment = attach(spec);
        try {
            return new GuestPort(attachment);
        } catch (RegionFormatException e) {
            attachment.close();
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Attachment attach(String spec) throws IOException {
        if (spec.startsWith(SOCKET_PREFIX)) {
            return SocketAttachment.connect(Path.of(spec.substring(SOCKET_PREFIX.length())));
        }
        if (spec.startsWith(PCI_PREFIX)) {
            return PciAttachment.map(PciDevices.ROOT.resolve(spec.substring(PCI_PREFIX.length())));
        }
        if (!spec.equals("auto")) {
            throw new IOException("port=" + spec + " is not auto, pci:<address> or ptnet:<socket>");
        }
        final List<Path> devices = PciDevices.ivshmem(PciDevices.ROOT);
        String refused = "";
        for (Path device : devices) {
            final PciAttachment attachment = PciAttachment.map(device);
            try {
                Directory.shared(attachment.address(), attachment.lengthBytes());
                return attachment;
            } catch (RegionFormatException e) {
                attachment.close();
                refused += "\n  " + device.getFileName() + ": " + e.getMessage();
            }
        }
        throw new IOException(
                devices.isEmpty()
                        ? "this machine has no ring device (PCI 1af4:1110, ivshmem); give it the one that"
                                + " 'sluice guest-args NAME --qemu' prints on the host, or, in a process or container,"
                                + " say --port ptnet:/run/sluice/NAME.sock"
                        : "none of this machine's ivshmem devices holds a Sluice region:" + refused);
    }

    /** The name under which the chain knows this guest. */
    public String name() {
        return directory.partyName(party);
    }

    /** The chain's name. */
    public String chain() {
        return directory.name();
    }

    /** What the user should know of how this guest is attached, or an empty text. */
    public String note() {
        return attachment.note();
    }

    /** False once the backend has ended or retired the region. */
    public boolean live() {
        return attachment.hostPresent() && directory.state() == RegionDescriptor.STATE_LIVE;
    }

    /** True once the backend has said that the chain has ended. */
    public boolean retired() {
        return directory.state() == RegionDescriptor.STATE_RETIRED;
    }

    /**
     * Runs {@code function} on this guest's places in the chain until the backend ends, or the thread is interrupted.
     */
    public void serve(PacketFunction function, WaitMode mode) throws InterruptedException {
        try (AgentRunner runner = start(function, mode, AgentRunner.ANY_PROCESSOR, GuestPort::report)) {
            while (live() && runner.alive()) {
                runner.join(100);
            }
        }
    }

    /** Starts a thread that runs {@code function}, and returns at once. */
    public AgentRunner start(PacketFunction function, WaitMode mode, int processor, Consumer<Throwable> onError) {
        final List<Agent> agents = new ArrayList<>();
        for (int r = 0; r < directory.ringCount(); r++) {
            final Ring ring = directory.ring(r);
            for (int stage = 1; stage < ring.stageCount() - 1; stage++) {
                if (ring.party(stage) == party) {
                    agents.add(new FunctionAgent(
                            name() + " ring " + r, new Stage(ring, stage, attachment.doorbell()), function));
                }
            }
        }
        if (agents.isEmpty()) {
            throw new IllegalStateException("guest " + name() + " stands at an end of chain " + chain()
                    + "; a packet function needs a place between two others: 'tap:a <=> guest:" + name()
                    + " <=> tap:b'");
        }
        return new AgentRunner(
                        new CompositeAgent("guest " + name(), agents),
                        attachment.newSleeper(),
                        mode,
                        processor,
                        onError)
                .start();
    }

    /** The ring whose packets end at this guest. */
    public GuestReceiver receiver() {
        for (int r = 0; r < directory.ringCount(); r++) {
            final Ring ring = directory.ring(r);
            if (ring.party(ring.stageCount() - 1) == party) {
                return new GuestReceiver(new Stage(ring, ring.stageCount() - 1, attachment.doorbell()));
            }
        }
        throw new IllegalStateException("no ring of chain " + chain() + " ends at guest " + name());
    }

    /** The ring whose packets begin at this guest. */
    public GuestSender sender() {
        for (int r = 0; r < directory.ringCount(); r++) {
            final Ring ring = directory.ring(r);
            if (ring.party(0) == party) {
                return new GuestSender(new Stage(ring, 0, attachment.doorbell()));
            }
        }
        throw new IllegalStateException("no ring of chain " + chain() + " begins at guest " + name());
    }

    /** Starts a thread that takes turns at {@code agent}, for a guest with rings of its own. */
    public AgentRunner start(Agent agent, WaitMode mode, int processor, Consumer<Throwable> onError) {
        return new AgentRunner(agent, attachment.newSleeper(), mode, processor, onError).start();
    }

    private static void report(Throwable t) {
        System.getLogger(GuestPort.class.getName()).log(System.Logger.Level.ERROR, "the guest's thread ended", t);
    }

    /** Leaves the chain; no thread may work on its rings any more. */
    @Override
    public void close() {
        attachment.close();
    }
}
