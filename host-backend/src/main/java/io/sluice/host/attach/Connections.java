// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.host.keeper.KeptDescriptors;
import io.sluice.host.keeper.KeptItems;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.UnixSocket;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.Violation;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Who is connected to the sockets of one region's guests, one connection for each guest at most: what is done, and in
 * which order, when somebody comes or goes. A guest sends nothing; one that does, or does not read, is disconnected.
 */
final class Connections {
    private static final System.Logger LOG = System.getLogger(Connections.class.getName());

    private final HostRegion region;
    private final HostDoorbell doorbell;
    private final List<GuestWatch> watches;
    private final KeptDescriptors kept;
    private final IvshmemMessages messages;
    private final Connection[] attached;
    private final Arena arena = Arena.ofAuto();
    private final long scratch = arena.allocate(8, 8).address();

    /**
     * Nobody is connected yet.
     *
     * @param watches one for each guest, in the order of their parties
     */
    Connections(HostRegion region, HostDoorbell doorbell, List<GuestWatch> watches, KeptDescriptors kept) {
        this.region = region;
        this.doorbell = doorbell;
        this.watches = watches;
        this.kept = kept;
        this.messages = new IvshmemMessages(region, doorbell);
        this.attached = new Connection[region.directory().partyCount()];
    }

    /** Goes on serving the guests that a dead backend has left; one that it was just introducing has to come again. */
    void takeOver() {
        final List<Integer> gone = new ArrayList<>();
        for (String id : kept.left(KeptItems.CONNECTION)) {
            final int peerId = Integer.parseInt(id);
            final int socket = kept.take(KeptItems.CONNECTION + id);
            final int guestBell = kept.take(KeptItems.BELL + id);
            final int party = region.directory().partyOfConnection(peerId);
            if (guestBell >= 0 && party > 0 && region.introduced(party) == peerId) {
                attached[party] = new Connection(party, peerId, socket, guestBell);
                doorbell.install(peerId, guestBell);
                LOG.log(System.Logger.Level.INFO, "guest {0} is still connected, peer {1}", name(party), id);
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
        gone.forEach(this::tellGone);
    }

    /** Everybody who is connected now, in the order of their parties. */
    List<Connection> all() {
        return Arrays.stream(attached).filter(Objects::nonNull).toList();
    }

    boolean connected(int party) {
        return attached[party] != null;
    }

    /** Lets in whoever has connected by {@code socket}, which is this object's from now on. */
    void admit(int party, int socket, String process) {
        final int peerId = nextPeerId();
        final int guestBell;
        try {
            guestBell = doorbell.install(peerId);
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.ERROR, "guest " + name(party) + " cannot be attached: " + e.getMessage());
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
                    name(party),
                    process,
                    Integer.toString(peerId));
        } else {
            detach(connection, "did not take the first messages, disconnected");
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
        final boolean sent = messages.introduce(newcomer, others(newcomer.peerId()));
        if (sent) {
            // Before the newcomer has its own bell, without which it does not begin: it cannot sleep before others can
            // ring.
            tellOthers(newcomer.peerId(), other -> messages.tell(other, newcomer.peerId(), newcomer.bell()));
        }
        // Telling the others may have ended one of them, and telling of that the newcomer.
        return sent && attached(newcomer) && messages.tell(newcomer, newcomer.peerId(), newcomer.bell());
    }

    private void tellGone(int peerId) {
        tellOthers(peerId, other -> messages.tellGone(other, peerId));
    }

    /** Whoever does not read is disconnected, which the others are told in turn: so one of them may be gone already. */
    private void tellOthers(int peerId, Predicate<Connection> message) {
        for (Connection other : others(peerId)) {
            if (attached(other) && !message.test(other)) {
                detach(other, "does not read, disconnected");
            }
        }
    }

    private List<Connection> others(int peerId) {
        return all().stream().filter(other -> other.peerId() != peerId).toList();
    }

    /**
     * Notices that a guest has gone, or that it sent something: descriptors beside the data, which nobody asks for here,
     * are closed by the kernel when the data is read, or with the socket (unix(7)).
     */
    void readOrDetach(Connection connection) {
        if (!attached(connection)) {
            return; // disconnected in this turn
        }
        final long read = Descriptors.read(connection.socket(), scratch, 1);
        if (read == 0 || read == -Errno.ECONNRESET) {
            detach(connection, "has gone");
        } else if (read > 0 || read == -Errno.EAGAIN) {
            // Readable and yet nothing to read: a byte out of band, which the kernel has just thrown away.
            region.retire(Violation.SOCKET_DATA, "guest:" + name(connection.party()));
            detach(connection, "sent data where the protocol has none, disconnected");
        } else if (read != -Errno.EINTR) {
            detach(connection, "is disconnected: " + Errno.describe((int) read));
        }
    }

    private void detach(Connection connection, String how) {
        if (!attached(connection)) {
            return;
        }
        attached[connection.party()] = null;
        watch(connection.party()).disconnected();
        doorbell.remove(connection.peerId());
        end(connection.peerId(), connection.socket());
        LOG.log(System.Logger.Level.INFO, "guest {0} {1}", name(connection.party()), how);
        tellGone(connection.peerId());
    }

    /** Whether it has not ended: if it has, its socket's number may be another descriptor's by now. */
    private boolean attached(Connection connection) {
        return attached[connection.party()] == connection;
    }

    /** Ends every connection; nobody is told, for nobody is left. */
    void endAll() {
        all().forEach(connection -> end(connection.peerId(), connection.socket()));
    }

    /** Leaves every connection as it is, for another backend. */
    void leaveAll() {
        all().forEach(connection -> Descriptors.close(connection.socket()));
    }

    /** Ends a connection also where somebody else holds its socket. */
    private void end(int peerId, int socket) {
        UnixSocket.shutdown(socket);
        kept.drop(KeptItems.CONNECTION + peerId);
        kept.drop(KeptItems.BELL + peerId);
        Descriptors.close(socket);
    }

    private GuestWatch watch(int party) {
        return watches.get(party - 1);
    }

    private String name(int party) {
        return region.directory().partyName(party);
    }
}
