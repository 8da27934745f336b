// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.host.keeper.KeptDescriptors;
import io.sluice.host.keeper.KeptItems;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.PollSet;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.posix.UnixSocket;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The listening sockets of one region's guests, and who is not let in there. */
final class GuestSockets implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(GuestSockets.class.getName());

    private final HostRegion region;
    /** In the order of their parties, from party 1. */
    private final List<GuestSocket> sockets = new ArrayList<>();

    private boolean refused;
    private boolean refusalTold;

    /** None yet: see {@link #listen}. */
    GuestSockets(HostRegion region) {
        this.region = region;
    }

    /** Listens for every guest of the region in {@code directory}, where a dead backend has left it by its socket. */
    void listen(RuntimeDirectory directory, KeptDescriptors kept) throws IOException {
        for (int party = 1; party < region.directory().partyCount(); party++) {
            listen(region.directory().partyName(party), directory, kept);
        }
    }

    private void listen(String guest, RuntimeDirectory directory, KeptDescriptors kept) throws IOException {
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

    int count() {
        return sockets.size();
    }

    /**
     * Adds every socket to {@code pollSet}, for this turn.
     *
     * @param wanted whether connections are to be answered at all
     */
    void addTo(PollSet pollSet, boolean wanted) {
        // Whoever could not be accepted still waits; polling for him at once would only burn a processor.
        final boolean listening = !refused && wanted;
        refused = false;
        for (GuestSocket socket : sockets) {
            pollSet.add(socket.descriptor(), listening && socket.listening(System.nanoTime()) ? PollSet.READABLE : 0);
        }
    }

    /** Accepts who waits at the socket of {@code party}; negative where there is nobody or it cannot be done. */
    int accept(int party) {
        final int socket = UnixSocket.accept(socket(party).descriptor());
        if (socket < 0) {
            refuse(socket, region.directory().partyName(party));
        }
        return socket;
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

    /** Closes {@code socket}, that of a {@code process} whose guest is connected already, and all that wait with it. */
    void turnAway(int party, int socket, String process) {
        final String name = region.directory().partyName(party);
        final GuestSocket.TurnedAway turnedAway = socket(party).turnAway(socket, System.nanoTime());
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

    private GuestSocket socket(int party) {
        return sockets.get(party - 1);
    }

    /** Leaves them as they are, for another backend. */
    void leave() {
        sockets.forEach(GuestSocket::leave);
    }

    @Override
    public void close() {
        sockets.forEach(GuestSocket::close);
    }
}
