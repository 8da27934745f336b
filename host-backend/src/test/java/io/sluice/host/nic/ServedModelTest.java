// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.sluice.host.endpoint.Endpoint;
import io.sluice.host.endpoint.Endpoints;
import io.sluice.host.ixgbe.Card;
import io.sluice.host.ixgbe.CardOptions;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.host.ixgbe.model.Personality;
import io.sluice.host.pci.vfiouser.VfioUserDoor;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model behind a socket and our driver in front of it, each with what it reports. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ServedModelTest {
    private static final long LINK_NANOS = 10_000_000_000L;

    private static final CardView.Uses USES = new CardView.Uses() {
        @Override
        public List<NicCard.Queue> queues() {
            return List.of(
                    NicCard.Queue.uncounted(false, 16, "chain1", 256),
                    NicCard.Queue.uncounted(false, 0, "chain1", 256),
                    NicCard.Queue.uncounted(true, 0, "chain1", 256));
        }

        @Override
        public List<NicCard.Pool> pools() {
            return List.of(new NicCard.Pool(1, "chain1", "52:54:00:00:00:01", "2-3"));
        }
    };

    @TempDir
    private Path folder;

    private Path socket;
    private RuntimeDirectory directory;

    @BeforeEach
    void choosePlaces() {
        socket = folder.resolve("card.sock");
        directory = RuntimeDirectory.at(folder.resolve("run"));
    }

    private static Endpoint wire() {
        return Endpoints.open("null", "", Map.of(), true, true);
    }

    private ServedModel serve(ModelOptions options) throws IOException {
        return new ServedModel(options, wire(), socket, directory);
    }

    @Test
    void shouldBeDrivenAndReported() throws IOException {
        try (ServedModel served = serve(ModelOptions.of("model0"))) {
            assertThat(served.card().identity().door()).contains(socket.toString(), "free");
            try (VfioUserDoor door = VfioUserDoor.connect(socket);
                    Card card = Card.open(door, CardOptions.defaults())) {
                assertThat(card.link().awaitUp(LINK_NANOS)).isTrue();
                final NicCard seen = new CardView(card, "vfio-user socket", "", USES).card();

                assertThat(seen.identity().name()).isEqualTo(socket.toString());
                assertThat(seen.identity().kind()).isEqualTo("82599ES SFP+");
                assertThat(seen.identity().ids())
                        .isEqualTo(served.card().identity().ids());
                assertThat(seen.identity().mac())
                        .isEqualTo(served.card().identity().mac());
                assertThat(seen.link()).isEqualTo(new NicCard.Link("up", 10_000, "", 1));
                assertThat(seen.module()).startsWith("10GBASE-SR");
                assertThat(seen.counters())
                        .extracting(NicCard.Counter::register)
                        .doesNotHaveDuplicates()
                        .contains("GPRC", "CRCERRS", "QPRDC[0]", "QPTC[15]");
                assertThat(seen.queues())
                        .extracting(NicCard.Queue::receives, NicCard.Queue::number, NicCard.Queue::packets)
                        .containsExactly(
                                tuple(true, 0, 0L),
                                tuple(false, 0, 0L),
                                // It has a statistics set with queue 0 in common.
                                tuple(false, 16, (long) NicCard.UNKNOWN));
                assertThat(seen.pools()).isEqualTo(USES.pools());
                assertThat(seen.faults()).isEmpty();
                assertThat(served.card().identity().door()).contains("in use");
                assertThat(NicFiles.read(directory).nics())
                        .extracting(Nic::name)
                        .containsExactly("model0");
            }
        }
        assertThat(socket).doesNotExist();
        assertThat(NicFiles.read(directory).nics()).isEmpty();
    }

    @Test
    void shouldSayWhatALinkWaitsForWithoutAModule() throws IOException {
        try (ServedModel served = serve(ModelOptions.of("model0").with(Personality.SFP_EMPTY));
                VfioUserDoor door = VfioUserDoor.connect(socket);
                Card card = Card.open(door, CardOptions.defaults())) {
            final NicCard seen = new CardView(card, "", "", USES).card();

            assertThat(seen.link().up()).isFalse();
            assertThat(seen.link().waitingFor()).isNotEmpty();
            assertThat(seen.module()).isEmpty();
            assertThat(served.card().module()).isEmpty();
        }
    }

    @Test
    void shouldSayWhatIsInexactWherePolled() throws IOException {
        try (ServedModel served = serve(ModelOptions.of("model0").with(RegisterAccess.POLLED))) {
            assertThat(served.card().notes()).anyMatch(note -> note.contains("registers are polled"));
        }
        try (ServedModel served = serve(ModelOptions.of("model0").withLineRate(true))) {
            assertThat(served.card().notes()).noneMatch(note -> note.contains("polled") || note.contains("shape"));
        }
    }

    @Test
    void shouldLeaveNothingWhereItCannotServe() throws IOException {
        Files.createDirectories(socket.resolve("not-a-socket"));

        assertThatThrownBy(() -> serve(ModelOptions.of("model0")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(socket.toString());
        assertThat(NicFiles.read(directory).nics()).isEmpty();
    }
}
