// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.host.keeper.KeptDescriptors;
import io.sluice.host.keeper.KeptItems;
import io.sluice.shared.pacing.Bell;
import io.sluice.shared.posix.DescriptorPassing;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.posix.PollSet;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.posix.Threads;
import io.sluice.shared.posix.UnixSocket;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Attaches the guests of one region, virtual machines and processes alike: the server side of QEMU's
 * {@code ivshmem-doorbell} (QEMU, docs/specs/ivshmem-spec, "Client-Server protocol"), one socket per guest name.
 *
 * <pre>
 *   to a guest that connects, each an 8-byte little-endian number, some with a descriptor:
 *     0                      the protocol's version
 *     its own id             1 to 65535, never two alike in a region's life until all were used
 *     -1  + memory           the region
 *     0   + eventfd          for each of the host's vectors: rings the host
 *     id  + eventfd          for each other guest attached: rings it
 *     its own id + eventfd   rings itself
 *   to the guests already attached: id + eventfd of the new one; later id alone when it has gone
 * </pre>
 * A guest sends nothing; one that does, or does not read, is disconnected. One thread serves all of a region's sockets.
 */
public final class IvshmemServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(IvshmemServer.class.getName());
    private static final long VERSION = 0;
    private static final long MEMORY = -1;
    private static final long TURN_NANOS = 100_000_000L;
    private static final long MIRROR_NANOS = 50_000_000L;
    private static final long DEAF_NANOS = 1_000_000L;

    private record Connection(int party, int peerId, int socket, int bell) {}

    private final HostRegion region;
    private final HostDoorbell doorbell;
    private final List<Integer> busyProcessors;
    private final List<GuestSocket> sockets = new ArrayList<>();
    private final Connection[] attached;
    private final Arena arena = Arena.ofShared();
    private final long scratch = arena.allocate(8, 8).address();
    private final PollSet pollSet = new PollSet(2 * RegionDescriptor.MAX_PARTIES + 2);
    private final int bell;
    private final int stopBell;
    private final List<GuestWatch> watches;
    private final KeptDescriptors kept;
    private final Thread thread;
    private volatile boolean running = true;
    private boolean refused;
    private boolean refusalTold;
    private boolean belled;
    private final KickLimit kickLimit = new KickLimit(System.nanoTime());
    private final Bell requests;
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
        this.bell = bell;
        this.requests = new Bell(bell);
        this.stopBell = stopBell;
        this.watches = watches;
        this.kept = kept;
        this.busyProcessors = List.copyOf(busyProcessors);
        this.attached = new Connection[region.directory().partyCount()];
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
        final Directory parties = region.directory();
        try {
            for (int party = 1; party < parties.partyCount(); party++) {
                server.listen(parties.partyName(party), directory);
            }
            if (region.inherited()) {
                server.takeOver();
            }
        } catch (IOException | RuntimeException e) {
            server.release();
            throw e;
        }
        server.thread.start();
        return server;
    }

    private void listen(String guest, RuntimeDirectory directory) throws IOException {
        final String item = KeptItems.LISTEN + guest;
        final int left = kept.take(item);
        final GuestSocket socket = left < 0
                ? GuestSocket.listen(directory.guestSocket(guest))
                : GuestSocket.inherit(directory.guestSocket(guest), left);
        sockets.add(socket);
        if (left < 0) {
            kept.hold(item, socket.descriptor());
        }
    }

    /** Goes on serving the guests that a dead backend has left; one that it was just introducing has to come again. */
    private void takeOver() {
        final List<Integer> gone = new ArrayList<>();
        for (String id : kept.left(KeptItems.CONNECTION)) {
            final int peerId = Integer.parseInt(id);
            final int socket = kept.take(KeptItems.CONNECTION + id);
            final int guestBell = kept.take(KeptItems.BELL + id);
            final int party = region.directory().partyOfConnection(peerId);
            if (guestBell >= 0 && party > 0 && region.introduced(party) == peerId) {
                attached[party] = new Connection(party, peerId, socket, guestBell);
                doorbell.install(peerId, guestBell);
                LOG.log(
                        System.Logger.Level.INFO,
                        "guest {0} is still connected, peer {1}",
                        region.directory().partyName(party),
                        id);
            } else {
                end(peerId, socket);
                if (guestBell >= 0) {
                    Descriptors.close(guestBell);
                }
                gone.add(peerId);
            }
        }
        for (String id : kept.left(KeptItems.BELL)) {
            final int guestBell = kept.take(KeptItems.BELL + id);
            kept.drop(KeptItems.BELL + id);
            Descriptors.close(guestBell);
        }
        for (int party = 1; party < attached.length; party++) {
            watch(party)
                    .takeOver(
                            attached[party] == null ? RegionDescriptor.NOT_ATTACHED : attached[party].peerId(),
                            System.nanoTime());
        }
        gone.forEach(peerId -> tellOthers(new Connection(0, peerId, -1, -1), -1));
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
        // One who rings all the time is heard once a millisecond.
        pollSet.add(bell, belled ? 0 : PollSet.READABLE);
        pollSet.add(stopBell, PollSet.READABLE);
        // Whoever could not be accepted still waits; polling for him at once would only burn a processor.
        final boolean listening = !refused && !doorbell.crowded();
        refused = false;
        for (GuestSocket socket : sockets) {
            pollSet.add(socket.descriptor(), listening && socket.listening(System.nanoTime()) ? PollSet.READABLE : 0);
        }
        final List<Connection> polled = new ArrayList<>();
        for (Connection connection : attached) {
            if (connection != null) {
                pollSet.add(connection.socket(), PollSet.READABLE);
                polled.add(connection);
            }
        }
        pollSet.await(belled ? Math.min(turnNanos, DEAF_NANOS) : turnNanos);
        belled = !belled && pollSet.ready(0);
        if (belled) {
            requests.drain();
            if (kickLimit.exceeded(requests.kicks(), 0, System.nanoTime())) {
                region.retire(Violation.KICK_FLOOD, "a guest that asks without end to be attached");
            }
        }
        // Departures first: a guest that has just gone may already be back at its socket.
        for (int i = 0; i < polled.size(); i++) {
            if (pollSet.ready(2 + sockets.size() + i)) {
                readOrDetach(polled.get(i));
            }
        }
        for (int i = 0; i < sockets.size(); i++) {
            if (pollSet.ready(2 + i)) {
                accept(i + 1, sockets.get(i));
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

    /**
     * Notices that a guest has gone, or that it sent something: descriptors beside the data, which nobody asks for here,
     * are closed by the kernel when the data is read, or with the socket (unix(7)).
     */
    private void readOrDetach(Connection connection) {
        if (attached[connection.party()] != connection) {
            return; // disconnected in this turn: the number may be another descriptor's by now
        }
        final long read = Descriptors.read(connection.socket(), scratch, 1);
        if (read == 0 || read == -Errno.ECONNRESET) {
            detach(connection, "has gone");
        } else if (read > 0 || read == -Errno.EAGAIN) {
            // Readable and yet nothing to read: a byte out of band, which the kernel has just thrown away.
            region.retire(Violation.SOCKET_DATA, "guest:" + region.directory().partyName(connection.party()));
            detach(connection, "sent data where the protocol has none, disconnected");
        } else if (read != -Errno.EINTR) {
            detach(connection, "is disconnected: " + Errno.describe((int) read));
        }
    }

    private void accept(int party, GuestSocket listener) {
        final String name = region.directory().partyName(party);
        final int socket = UnixSocket.accept(listener.descriptor());
        if (socket < 0) {
            refuse(socket, name);
            return;
        }
        final String process = Integer.toString(UnixSocket.peerProcess(socket));
        if (attached[party] != null) {
            turnAway(socket, listener, name, process);
            return;
        }
        final int peerId = nextPeerId();
        final int guestBell;
        try {
            guestBell = doorbell.install(peerId);
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.ERROR, "guest " + name + " cannot be attached: " + e.getMessage());
            Descriptors.close(socket);
            return;
        }
        final Connection connection = new Connection(party, peerId, socket, guestBell);
        // Before anybody hears of it: another backend must be able to go on with what was said.
        kept.hold(KeptItems.BELL + peerId, guestBell);
        kept.hold(KeptItems.CONNECTION + peerId, socket);
        attached[party] = connection;
        watch(party).connected(peerId);
        if (introduce(connection)) {
            region.introduced(party, peerId);
            LOG.log(
                    System.Logger.Level.INFO,
                    "guest {0} connected, process {1}, peer {2}",
                    name,
                    process,
                    Integer.toString(peerId));
        } else {
            detach(connection, "did not take the first messages, disconnected");
        }
    }

    private GuestWatch watch(int party) {
        return watches.get(party - 1);
    }

    private void turnAway(int socket, GuestSocket listener, String name, String process) {
        final GuestSocket.TurnedAway turnedAway = listener.turnAway(socket, System.nanoTime());
        LOG.log(
                System.Logger.Level.WARNING,
                "guest {0} is connected already, process {1} turned away; one at a time, connections: {2}",
                name,
                process,
                turnedAway.connections());
        if (turnedAway.flood()) {
            region.retire(Violation.CONNECTION_FLOOD, "the socket of guest:" + name);
        }
    }

    private void refuse(int result, String name) {
        if (result != -Errno.EAGAIN) {
            refused = true;
            if (!refusalTold) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "guest {0} cannot be accepted: {1}; raise the limit on open files (ulimit -n) if it is reached",
                        name,
                        Errno.describe(result));
            }
            refusalTold = true;
        }
    }

    private int nextPeerId() {
        int peerId = region.lastPeerId();
        do {
            peerId = peerId + 1 < HostDoorbell.MAX_PEERS ? peerId + 1 : 1;
        } while (region.directory().partyOfConnection(peerId) >= 0);
        region.lastPeerId(peerId);
        return peerId;
    }

    private boolean introduce(Connection newcomer) {
        final int socket = newcomer.socket();
        boolean sent = send(socket, VERSION, -1)
                && send(socket, newcomer.peerId(), -1)
                && send(socket, MEMORY, region.memory().descriptor());
        for (int bell : doorbell.hostBells()) {
            sent = sent && send(socket, HostDoorbell.HOST_PEER, bell);
        }
        for (Connection other : attached) {
            if (other != null && other != newcomer) {
                sent = sent && send(socket, other.peerId(), other.bell());
            }
        }
        if (sent) {
            // Before the newcomer has its own bell, without which it does not begin: it cannot sleep before others can
            // ring.
            tellOthers(newcomer, newcomer.bell());
        }
        return sent && send(socket, newcomer.peerId(), newcomer.bell());
    }

    private void tellOthers(Connection about, int bell) {
        for (Connection other : attached.clone()) {
            if (other != null && other != about && !send(other.socket(), about.peerId(), bell)) {
                detach(other, "does not read, disconnected");
            }
        }
    }

    private static boolean send(int socket, long number, int descriptor) {
        return DescriptorPassing.send(socket, number, descriptor) == 0;
    }

    private void detach(Connection connection, String how) {
        if (attached[connection.party()] != connection) {
            return;
        }
        attached[connection.party()] = null;
        watch(connection.party()).disconnected();
        doorbell.remove(connection.peerId());
        end(connection.peerId(), connection.socket());
        LOG.log(System.Logger.Level.INFO, "guest {0} {1}", region.directory().partyName(connection.party()), how);
        tellOthers(connection, -1);
    }

    /** Ends a connection also where somebody else holds its socket. */
    private void end(int peerId, int socket) {
        UnixSocket.shutdown(socket);
        kept.drop(KeptItems.CONNECTION + peerId);
        kept.drop(KeptItems.BELL + peerId);
        Descriptors.close(socket);
    }

    /** Ends the thread, disconnects everybody and removes the sockets. */
    @Override
    public void close() {
        running = false;
        EventFd.signal(stopBell);
        awaitThread();
        for (Connection connection : attached) {
            if (connection != null) {
                end(connection.peerId(), connection.socket());
            }
        }
        release();
    }

    /** Also where the caller is interrupted: what follows frees what the thread works on. */
    private void awaitThread() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void release() {
        sockets.forEach(GuestSocket::close);
        pollSet.close();
        arena.close();
    }
}
