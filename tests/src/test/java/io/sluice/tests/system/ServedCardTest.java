// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.LEFT4;
import static io.sluice.tests.system.Namespaces.RIGHT4;
import static io.sluice.tests.system.Namespaces.RIGHT6;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A card in a process of its own: {@code sluice nic serve}, driven by a backend through the socket, by vfio-user. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class ServedCardTest {
    private static final long SEED = 43;
    private static final int PORT = 5201;
    private static final long BYTES = 8 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Scratch scratch = new Scratch();
    private Path socket;
    private Namespaces net;
    private SluiceProcess card;
    private SluiceProcess backend;
    private SluiceProcess firewall;

    @BeforeEach
    void serve() {
        Requirements.networkNamespaces();
        socket = scratch.file("card.sock");
        net = new Namespaces();
        card = SluiceProcess.card(scratch, "model0", socket, "--wire", net.leftTap());
    }

    @AfterEach
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {firewall, backend, card, net, scratch}) {
            Closing.close(thing);
        }
    }

    private void drive() {
        backend = SluiceProcess.backend(
                scratch, "--keep", "none", "ixgbe:" + socket + " <=> guest:fw <=> " + net.rightTap());
        net.addAddresses();
        firewall = SluiceProcess.guest(scratch, "fw", "forward");
    }

    @Test
    void shouldCarryBytesUnchanged() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        drive();

        Namespaces.awaitAnswer(net.left(), RIGHT4, LIMIT);
        Namespaces.ping(net.right(), LEFT4, 3);
        Namespaces.ping(net.left(), RIGHT6, 3);
        final double rate = Peers.transfer(net.left(), net.right(), RIGHT4, PORT, BYTES, SEED, LIMIT.toSeconds());
        System.out.printf("%d MiB through a card behind vfio-user: %.0f MB/s%n", BYTES >> 20, rate / 1e6);

        assertThat(CardStatus.all(scratch))
                .extracting(nic -> nic.name())
                .containsExactlyInAnyOrder("model0", socket.toString());
        backend.stop();
        card.stop();
        assertThat(card.output()).contains("serves process " + backend.processId(), "is free of process");
        assertThat(socket).doesNotExist();
        assertThat(scratch.leftovers()).isEmpty();
        assertThat(net.links()).isEmpty();
    }

    @Test
    void shouldServeTheNextAfterOneThatWasKilled() {
        drive();
        Namespaces.awaitAnswer(net.left(), RIGHT4, LIMIT);
        backend.kill();
        card.awaitOutput("is free of process " + backend.processId(), LIMIT);
        Closing.close(firewall);

        backend = SluiceProcess.backend(scratch, "ixgbe:" + socket + " <=> vnf:forward <=> " + net.rightTap());
        net.addRightAddresses();
        Namespaces.awaitAnswer(net.left(), RIGHT4, LIMIT);
    }
}
