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
import io.sluice.shared.ring.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

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
    private static final long SEAT_NANOS = 10_000_000_000L;
    private static final long SILENT_SEAT_NANOS = 120_000_000_000L;
    private static final long SILENT_NANOS = 1_000_000_000L;
    private static final long SEAT_POLL_NANOS = 200_000L;
    private static final int ATTEMPTS = 5;
    private static final long ATTEMPT_NANOS = 200_000_000L;

    private final Attachment attachment;
    private final Directory directory;
    private final GuestSeat seat;
    private final int party;
    private long backendBeat;
    private long backendBeatNanos;

    private GuestPort(Attachment attachment) {
        this.attachment = attachment;
        this.directory = Directory.shared(attachment.address(), attachment.lengthBytes());
        this.seat = new GuestSeat(attachment.peerId(), attachment.doorbell(), directory);
        this.party = seat.party();
    }

    /**
     * Attaches to a chain.
     *
     * @param spec {@code auto}: the ring device of this virtual machine; {@code pci:0000:00:05.0}: that device;
     *     {@code ptnet:/run/sluice/fw.sock}: the backend's socket for a guest, from a process or container
     * @throws IOException saying exactly what is missing
     */
    public static GuestPort open(String spec) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return openOnce(spec);
            } catch (TornAttachmentException e) {
                if (attempt == ATTEMPTS) {
                    throw new IOException(e.getMessage(), e);
                }
                LockSupport.parkNanos(ATTEMPT_NANOS);
            }
        }
    }

    private static GuestPort openOnce(String spec) throws IOException {
        final Attachment attachment = attach(spec);
        try {
            final GuestPort port = new GuestPort(attachment);
            port.awaitSeat();
            return port;
        } catch (RegionFormatException e) {
            final boolean torn = !attachment.hostPresent();
            attachment.close();
            throw torn ? new TornAttachmentException(e.getMessage()) : new IOException(e.getMessage(), e);
        } catch (IOException e) {
            attachment.close();
            throw e;
        }
    }

    private void awaitSeat() throws IOException {
        long deadlineNanos = System.nanoTime() + SEAT_NANOS;
        final long lastNanos = System.nanoTime() + SILENT_SEAT_NANOS;
        long beat = directory.backendBeat();
        long beatNanos = System.nanoTime();
        seat.ask();
        while (!seat.granted()) {
            if (!live()) {
                final String message = "chain " + chain() + " has ended; start its backend and this guest again";
                throw retired() ? new IOException(message) : new TornAttachmentException(message);
            }
            final long now = System.nanoTime();
            if (directory.backendBeat() != beat) {
                beat = directory.backendBeat();
                beatNanos = now;
            } else if (now - beatNanos > SILENT_NANOS && now < lastNanos) {
                // It has died, and another one may be about to take over, or it is stopped.
                deadlineNanos = now + SEAT_NANOS;
            }
            if (now > deadlineNanos || Thread.interrupted()) {
                throw new IOException("the backend of chain " + chain() + " has not given guest " + name()
                        + " its place within " + SEAT_NANOS / 1_000_000_000L + " s; does it still run? ('sluice status'"
                        + " on the host) Or does another program of this machine ask for the same place?");
            }
            LockSupport.parkNanos(SEAT_POLL_NANOS);
        }
    }

    private static Attachment attach(String spec) throws IOException {
        if (spec.startsWith(SOCKET_PREFIX)) {
            return SocketAttachment.connect(Path.of(spec.substring(SOCKET_PREFIX.length())));
        }
        if (spec.startsWith(PCI_PREFIX)) {
            return PciDevices.attach(PciDevices.ROOT.resolve(spec.substring(PCI_PREFIX.length())));
        }
        if (!spec.equals("auto")) {
            throw new IOException("port=" + spec + " is not auto, pci:<address> or ptnet:<socket>");
        }
        final List<Path> devices = PciDevices.ivshmem(PciDevices.ROOT);
        String refused = "";
        for (Path device : devices) {
            try {
                return attachToRegion(device);
            } catch (IOException | RegionFormatException e) {
                refused += "\n  " + device.getFileName() + ": " + e.getMessage();
            }
        }
        throw new IOException(
                devices.isEmpty()
                        ? "this machine has no ring device (PCI 1af4:1110, ivshmem); give it the one that"
                                + " 'sluice guest-args NAME --qemu' prints on the host, or, in a process or container,"
                                + " say --port ptnet:/run/sluice/NAME.sock"
                        : "this machine's ivshmem devices cannot be used:" + refused);
    }

    /** As {@link PciDevices#attach}, to a device whose memory is a region of a backend. */
    private static Attachment attachToRegion(Path device) throws IOException {
        final Attachment attachment = PciDevices.attach(device);
        try {
            Directory.shared(attachment.address(), attachment.lengthBytes());
            return attachment;
        } catch (RegionFormatException e) {
            attachment.close();
            throw e;
        }
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

    /** For how long the backend has shown no sign of life, in nanoseconds; calls of this method are the looks at it. */
    public synchronized long backendSilentNanos() {
        final long beat = directory.backendBeat();
        final long now = System.nanoTime();
        if (beat != backendBeat || backendBeatNanos == 0) {
            backendBeat = beat;
            backendBeatNanos = now;
        }
        return now - backendBeatNanos;
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
        if (seat.stages().stream().noneMatch(GuestPort::between)) {
            throw new IllegalStateException("guest " + name() + " stands at an end of chain " + chain()
                    + "; a packet function needs a place between two others: 'tap:a <=> guest:" + name()
                    + " <=> tap:b'");
        }
        return start(
                () -> new CompositeAgent(
                        "guest " + name(),
                        seat.stages().stream()
                                .filter(GuestPort::between)
                                .map(stage -> new FunctionAgent(
                                        name() + " ring " + stage.ring().index(), stage, function))
                                .toList()),
                mode,
                processor,
                onError);
    }

    private static boolean between(Stage stage) {
        return stage.index() > 0 && stage.index() < stage.ring().stageCount() - 1;
    }

    /** The ring whose packets end at this guest, for as long as it has its place: see {@link #start}. */
    public GuestReceiver receiver() {
        return seat.stages().stream()
                .filter(stage -> stage.index() == stage.ring().stageCount() - 1)
                .findFirst()
                .map(GuestReceiver::new)
                .orElseThrow(
                        () -> new IllegalStateException("no ring of chain " + chain() + " ends at guest " + name()));
    }

    /** The ring whose packets begin at this guest, for as long as it has its place: see {@link #start}. */
    public GuestSender sender() {
        return seat.stages().stream()
                .filter(stage -> stage.index() == 0)
                .findFirst()
                .map(GuestSender::new)
                .orElseThrow(
                        () -> new IllegalStateException("no ring of chain " + chain() + " begins at guest " + name()));
    }

    /**
     * Starts a thread that takes turns at what {@code program} makes, for a guest with rings of its own. It makes
     * another one, on a new {@link #receiver} and {@link #sender}, after the host has taken this guest's place because
     * the guest was silent for too long, and given it back.
     */
    public AgentRunner start(
            Supplier<? extends Agent> program, WaitMode mode, int processor, Consumer<Throwable> onError) {
        final Agent agent = new SeatedAgent("guest " + name(), seat, program);
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
