// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.LEFT4;
import static io.sluice.tests.system.Namespaces.LEFT6;
import static io.sluice.tests.system.Namespaces.RIGHT4;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.tests.system.MachineOptions.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole product in one machine that has two cards on its bus: namespace of this machine, card, a backend and a chain of
 * two guests in processes of their own, card, namespace.
 */
@Timeout(value = 900, unit = TimeUnit.SECONDS)
final class OneMachineTest {
    private static final boolean LONG = Boolean.getBoolean("sluice.long");
    private static final long SEED = 54;
    private static final int PORT = 5201;
    private static final long BYTES = (LONG ? 64 : 2) << 20;
    private static final int HUGE_PAGES = 64;
    /** Programs of Java take long to start where every instruction is emulated. */
    private static final Duration START = Duration.ofSeconds(400);

    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final Scratch scratch = new Scratch();
    private final SluiceProcess[] cards = new SluiceProcess[2];
    private Namespaces net;
    private MachineOptions options;
    private JudgeMachine machine;

    @BeforeEach
    void serve() {
        Requirements.networkNamespaces();
        Requirements.judges();
        net = new Namespaces();
        final Path[] sockets = {scratch.file("card0.sock"), scratch.file("card1.sock")};
        cards[0] = SluiceProcess.card(scratch, "model0", sockets[0], "--wire", net.leftTap());
        cards[1] = SluiceProcess.card(scratch, "model1", sockets[1], "--wire", net.rightTap());
        net.addAddresses();
        options = MachineOptions.of(sockets)
                .with(Part.SLUICE)
                .withHugePages(HUGE_PAGES)
                .withProcessors(2)
                .withMemory(1024);
    }

    @AfterEach
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {machine, cards[0], cards[1], net, scratch}) {
            Closing.close(thing);
        }
    }

    /** Physical addresses have a test of their own with all that can go wrong there. */
    static Stream<String> drivers() {
        return LONG ? Stream.of("vfio-pci", "uio_pci_generic") : Stream.of("vfio-pci");
    }

    @ParameterizedTest
    @MethodSource("drivers")
    void shouldCarryBytesUnchanged(String driver) {
        machine = JudgeMachine.start(scratch, driver.equals("vfio-pci") ? options.withVirtualIommu() : options);
        machine.forgetLog();
        final long start = System.nanoTime();
        startChain(driver);
        System.out.printf("a backend and two guests in one machine after %.1f s%n", (System.nanoTime() - start) / 1e9);

        Namespaces.awaitAnswer(net.left(), RIGHT4, LIMIT);
        Namespaces.ping(net.left(), RIGHT4, 3);
        Namespaces.ping(net.right(), LEFT4, 3);
        final double right = Peers.transfer(net.left(), net.right(), RIGHT4, PORT, BYTES, SEED, LIMIT.toSeconds());
        final double left = Peers.transfer(net.right(), net.left(), LEFT6, PORT, BYTES, SEED + 1, LIMIT.toSeconds());
        System.out.printf(
                "the whole product in one machine, by %s: %.1f MB/s to the right, %.1f MB/s to the left%n",
                driver, right / 1e6, left / 1e6);
        for (int i = 0; i < cards.length; i++) {
            assertThat(CardStatus.counter(scratch, "model" + i, "dma-violations"))
                    .isZero();
            assertThat(cards[i].output()).doesNotContain("WARN", "ERROR");
        }

        machine.run("kill $(cat /run/backend.pid)", LIMIT);
        for (String guest : new String[] {"fw", "nat"}) {
            machine.awaitOutput(guest, "the backend has ended chain chain1", LIMIT);
        }
        assertThat(machine.output("backend")).doesNotContain("WARN", "ERROR", "Exception");
        assertThat(machine.warnings()).isEmpty();
        machine.powerOff();
    }

    private void startChain(String driver) {
        for (int i = 0; i < cards.length; i++) {
            machine.bind(options.slot(i), driver);
        }
        // Waiting by looking again costs more there than it brings; a program that starts may show no sign of life for
        // seconds.
        machine.run("export SLUICE_RUN=/run/sluice", LIMIT);
        machine.background(
                "backend",
                String.format(
                        "sluice run 'ixgbe:%s <=> guest:fw <=> guest:nat <=> ixgbe:%s' --slots 256"
                                + " --wait block --suspect 10s --lost 30s --keep none",
                        options.slot(0), options.slot(1)));
        machine.awaitOutput("backend", "running; ", START);
        machine.background("fw", "sluice guest firewall --default allow --port ptnet:/run/sluice/fw.sock --wait block");
        machine.background("nat", "sluice guest forward --port ptnet:/run/sluice/nat.sock --wait block");
        for (String guest : new String[] {"fw", "nat"}) {
            machine.awaitOutput(guest, " attached to chain ", START);
        }
    }
}
