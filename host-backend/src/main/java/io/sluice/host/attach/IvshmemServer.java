// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.host.keeper.KeptDescriptors;
import io.sluice.shared.agent.ThreadEnd;
import io.sluice.shared.posix.DescriptorPassing;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.posix.PollSet;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.posix.Threads;
import io.sluice.shared.posix.UnixSocket;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * Attaches the guests of one region, virtual machines and processes alike: the thread that serves all of the region's
 * sockets, one for each guest's name, and what it looks at in each of its turns.
 *
 * <pre>
 *   {@link GuestSockets}      who waits to be connected
 *   {@link Connections}       who is, and has gone; what they are told, see {@link IvshmemMessages}
 *   {@link RequestBell}       whether somebody has asked for something
 *   {@link GuestWatch}        for each guest: whether its program is there, and who runs its stages
 * </pre>
 */
public final class IvshmemServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(IvshmemServer.class.getName());
    private static final long TURN_NANOS = 100_000_000L;
    private static final long MIRROR_NANOS = 50_000_000L;

    /** Where the sockets begin in the set to poll; the two bells are before them, the connections behind them. */
    private static final int FIRST_SOCKET = 2;

    private final HostRegion region;
    private final HostDoorbell doorbell;
    private final List<Integer> busyProcessors;
    private final GuestSockets sockets;
    private final Connections connections;
    private final PollSet pollSet = new PollSet(2 * RegionDescriptor.MAX_PARTIES + FIRST_SOCKET);
    private final RequestBell requests;
    private final int stopBell;
    private final List<GuestWatch> watches;
    private final Thread thread;
    private volatile boolean running = true;
    private long mirroredNanos;
    private long turnNanos = TURN_NANOS;

    private IvshmemServer(
            HostRegion region,
            HostDoorbell doorbell,
            int bell,
            int stopBell,
            List<GuestWatch> watches,
            Collection<Integer> busyProcessors,
            KeptDescriptors kept) {
        this.region = region;
        this.doorbell = doorbell;
        this.requests = new RequestBell(region, bell);
        this.stopBell = stopBell;
        this.watches = watches;
        this.busyProcessors = List.copyOf(busyProcessors);
        this.sockets = new GuestSockets(region);
        this.connections = new Connections(region, doorbell, watches, kept);
        this.thread = new Thread(this::serve, "attach " + region.directory().name());
        thread.setDaemon(true);
    }

    /**
     * Listens for every guest of {@code region} in {@code directory}, and serves until closed.
     *
     * @param bell the host's eventfd by which guests say that they have asked for something
     * @param stopBell one that no guest holds, by which the host wakes the thread
     * @param watches one for each guest, in the order of their parties
     */
    static IvshmemServer start(
            HostRegion region,
            HostDoorbell doorbell,
            int bell,
            int stopBell,
            List<GuestWatch> watches,
            RuntimeDirectory directory,
            Collection<Integer> busyProcessors,
            KeptDescriptors kept)
            throws IOException {
        final IvshmemServer server = new IvshmemServer(region, doorbell, bell, stopBell, watches, busyProcessors, kept);
        try {
            server.sockets.listen(directory, kept);
            if (region.inherited()) {
                server.connections.takeOver();
            }
        } catch (IOException | RuntimeException e) {
            if (region.inherited()) {
                server.leaveAll();
            } else {
                server.release();
            }
            throw e;
        }
        server.thread.start();
        return server;
    }

    private void serve() {
        try {
            Threads.keepOff(busyProcessors);
            DescriptorPassing.warmUp();
            while (running) {
                turn();
            }
        } catch (RuntimeException | Error e) {
            // Also where a page is gone (SIGBUS): the JVM makes an InternalError of it.
            LOG.log(
                    System.Logger.Level.ERROR,
                    "attaching guests to chain " + region.directory().name() + " has failed; the chain ends",
                    e);
            region.retire(Violation.NONE, "");
        }
    }

    private void turn() {
        pollSet.clear();
        requests.addTo(pollSet);
        pollSet.add(stopBell, PollSet.READABLE);
        sockets.addTo(pollSet, !doorbell.crowded());
        final List<Connection> polled = connections.all();
        polled.forEach(connection -> pollSet.add(connection.socket(), PollSet.READABLE));
        pollSet.await(requests.waitNanos(turnNanos));
        requests.hear(pollSet.ready(0));
        // Departures first: a guest that has just gone may already be back at its socket.
        for (int i = 0; i < polled.size(); i++) {
            if (pollSet.ready(FIRST_SOCKET + sockets.count() + i)) {
                connections.readOrDetach(polled.get(i));
            }
        }
        for (int i = 0; i < sockets.count(); i++) {
            if (pollSet.ready(FIRST_SOCKET + i)) {
                accept(i + 1);
            }
        }
        turnNanos = TURN_NANOS;
        for (GuestWatch watch : watches) {
            turnNanos = Math.min(turnNanos, watch.turn(System.nanoTime()));
        }
        if (System.nanoTime() - mirroredNanos >= MIRROR_NANOS) {
            mirroredNanos = System.nanoTime();
            if (doorbell.unblock()) {
                region.retire(Violation.BLOCKING_BELL, "a guest that holds it");
            }
            doorbell.sweep();
            region.mirror();
        }
    }

    private void accept(int party) {
        final int socket = sockets.accept(party);
        if (socket >= 0) {
            final String process = Integer.toString(UnixSocket.peerProcess(socket));
            if (connections.connected(party)) {
                sockets.turnAway(party, socket, process);
            } else {
                connections.admit(party, socket, process);
            }
        }
    }

    /** Ends the thread, disconnects everybody and removes the sockets. */
    @Override
    public void close() {
        stop();
        connections.endAll();
        release();
    }

    /** Ends the thread and nothing else: guests stay connected, and wait for another backend. */
    void leave() {
        stop();
        leaveAll();
    }

    private void stop() {
        running = false;
        EventFd.signal(stopBell);
        ThreadEnd.await(thread);
    }

    private void leaveAll() {
        connections.leaveAll();
        sockets.leave();
        pollSet.close();
    }

    private void release() {
        sockets.close();
        pollSet.close();
    }
}
