// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.host.endpoint.Endpoints;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Orders for a model that is served, through its socket. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class NicControlTest {
    private static final long SEED = Long.getLong("seed", 5_2);

    @TempDir
    private Path folder;

    private RuntimeDirectory directory() {
        return RuntimeDirectory.at(folder.resolve("run"));
    }

    private ServedModel serve() throws IOException {
        return new ServedModel(
                ModelOptions.of("model0"),
                Endpoints.open("null", "", Map.of(), true, true),
                folder.resolve("card.sock"),
                directory());
    }

    private Nic only() throws IOException {
        final List<Nic> nics = NicFiles.read(directory()).nics();
        assertThat(nics).hasSize(1);
        return nics.getFirst();
    }

    private Path socket() {
        return directory()
                .path()
                .resolve(NicFiles.controlName("model0", ProcessHandle.current().pid()));
    }

    @Test
    void shouldLetFaultsHappenToAServedModel() throws IOException {
        try (ServedModel served = serve()) {
            assertThat(NicOrders.fault(directory(), only(), List.of())).isEmpty();
            assertThat(NicOrders.fault(directory(), only(), List.of("link-down", "transmit-stuck=3")))
                    .containsExactly("the link is lost", "transmit queue 3 is stuck");
            assertThat(served.faults().linkLost()).isTrue();
            assertThat(served.card().faults()).contains("the link is lost");
            assertThat(NicOrders.fault(directory(), only(), List.of("none"))).isEmpty();
            assertThat(served.faults().linkLost()).isFalse();
        }
        assertThat(socket()).doesNotExist();
    }

    @Test
    void shouldDoNothingWhereOneOfThemIsNoFault() throws IOException {
        try (ServedModel served = serve()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> NicOrders.fault(directory(), only(), List.of("link-down", "nonsense")))
                    .withMessageContainingAll("model0", "nonsense", "link-down, link-up");
            assertThat(served.faults().linkLost()).isFalse();
        }
    }

    @Test
    void shouldSurviveWhoeverConnects() throws IOException {
        System.out.println("seed=" + SEED);
        final SplittableRandom random = new SplittableRandom(SEED);
        try (ServedModel served = serve();
                SocketChannel silent = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            assertThat(silent.isConnected()).isTrue();
            for (int i = 0; i < 50; i++) {
                final byte[] bytes = new byte[random.nextInt(200)];
                random.nextBytes(bytes);
                try (ControlLine line = new ControlLine(SocketChannel.open(UnixDomainSocketAddress.of(socket())))) {
                    line.connection().write(ByteBuffer.wrap(bytes));
                }
            }
            try (ControlLine line = new ControlLine(SocketChannel.open(UnixDomainSocketAddress.of(socket())))) {
                line.write("reboot now\n");
                assertThat(line.readAll()).startsWith("error no such order");
            }
            assertThat(NicOrders.fault(directory(), only(), List.of("unplug"))).hasSize(1);
            assertThat(served.faults().gone()).isTrue();
        }
    }

    @Test
    void shouldReplaceASocketThatADeadProcessHasLeft() throws IOException {
        directory().create();
        try (var left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(socket()));
        }
        assertThat(socket()).exists();
        try (ServedModel served = serve()) {
            assertThat(NicOrders.fault(directory(), only(), List.of("link-down")))
                    .hasSize(1);
            assertThat(served.faults().linkLost()).isTrue();
        }
    }

    @Test
    void shouldRemoveTheSocketOfAProcessThatIsGone() throws IOException {
        directory().create();
        final Path left = directory().path().resolve(NicFiles.controlName("model0", 999_999_999));
        Files.createFile(left);
        assertThat(NicFiles.read(directory()).removed()).isEmpty();
        assertThat(left).doesNotExist();
    }

    @Test
    void shouldSayWhoTakesNoOrders() throws IOException {
        try (NicReport report = NicReport.start(directory(), "model1", "run", () -> TestCards.model("model1", 1))) {
            assertThat(report).isNotNull();
            assertThatIOException()
                    .isThrownBy(() -> NicOrders.fault(directory(), only(), List.of("link-down")))
                    .withMessageContainingAll("model1 takes no orders", "sluice run", "sluice nic serve");
        }
    }
}
