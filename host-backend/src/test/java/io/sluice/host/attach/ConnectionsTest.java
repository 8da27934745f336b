// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.keeper.KeptDescriptors;
import io.sluice.shared.function.Direction;
import io.sluice.shared.posix.DescriptorPassing;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.UnixSocket;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guests that come and go at one region, without the thread that serves them. */
class ConnectionsTest {
    private static final int GUESTS = 3;
    private static final Logger LOG = Logger.getLogger(Connections.class.getName());

    @TempDir
    private Path folder;

    private final HostDoorbell doorbell = new HostDoorbell(1, KeptDescriptors.none());
    private final List<Integer> guests = new ArrayList<>();
    private HostRegion region;
    private Connections connections;
    private String path;
    private int listener;

    @BeforeEach
    void connect() throws IOException {
        final List<StageSpec> stages = IntStream.rangeClosed(0, GUESTS)
                .mapToObj(party -> new StageSpec(party, 0, "stage" + party))
                .toList();
        final RegionSpec spec = new RegionSpec(
                "chain1",
                List.of("host", "first", "second", "third"),
                List.of(new RingSpec(64, 2048, 128, 64, Direction.FORWARD, stages)));
        region = new HostRegion(spec, folder.resolve("chain1.status"));
        final List<GuestWatch> watches = IntStream.rangeClosed(1, GUESTS)
                .mapToObj(party -> new GuestWatch(region, doorbell, GuestPlace.holding(party)))
                .toList();
        connections = new Connections(region, doorbell, watches, KeptDescriptors.none());
        path = folder.resolve("socket").toString();
        listener = PosixException.check(UnixSocket.listen(path, 16), "listen");
        for (int party = 1; party <= GUESTS; party++) {
            guests.add(PosixException.check(UnixSocket.connect(path), "connect"));
            connections.admit(party, UnixSocket.accept(listener), "1");
        }
    }

    @AfterEach
    void close() {
        connections.endAll();
        guests.forEach(Descriptors::close);
        Descriptors.close(listener);
        doorbell.close();
        region.close();
    }

    /** Opens a socket whenever somebody is disconnected, as another thread might: it gets the number just given free. */
    private final class Opener extends Handler {
        private final List<Integer> opened = new ArrayList<>();

        @Override
        public void publish(LogRecord disconnection) {
            opened.add(PosixException.check(UnixSocket.connect(path), "connect"));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            opened.forEach(Descriptors::close);
        }
    }

    @Test
    void shouldSayNothingToWhoWasDisconnectedWhileOthersWereTold() {
        final List<Connection> there = connections.all();
        there.subList(0, 2).forEach(ConnectionsTest::fill);
        UnixSocket.shutdown(guests.getLast());
        final Opener opener = new Opener();
        LOG.setUseParentHandlers(false);
        LOG.addHandler(opener);
        try {
            connections.readOrDetach(there.getLast());
        } finally {
            LOG.removeHandler(opener);
            LOG.setUseParentHandlers(true);
        }
        assertThat(connections.all()).as("those who do not read are gone too").isEmpty();
        assertThat(opener.opened).as("numbers used again").contains(there.get(1).socket());
        for (int i = 0; i < GUESTS; i++) {
            assertThat(read(UnixSocket.accept(listener)))
                    .as("what came to a stranger")
                    .isEqualTo(-Errno.EAGAIN);
        }
        opener.close();
    }

    private static void fill(Connection connection) {
        int result = 0;
        while (result == 0) {
            result = DescriptorPassing.send(connection.socket(), 0, -1);
        }
        assertThat(result).isEqualTo(-Errno.EAGAIN);
    }

    private static long read(int socket) {
        try (Arena arena = Arena.ofConfined()) {
            return Descriptors.read(socket, arena.allocate(8).address(), 8);
        } finally {
            Descriptors.close(socket);
        }
    }
}
