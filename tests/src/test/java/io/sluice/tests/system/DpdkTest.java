// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.LEFT6;
import static io.sluice.tests.system.Namespaces.RIGHT4;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.nic.NicCard;
import io.sluice.tests.system.MachineOptions.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A judge that was not written here: DPDK's driver, in a machine with two cards that {@code sluice nic serve} plays, each
 * with a namespace of this machine at its wire. testpmd is all that joins the two.
 */
@Timeout(value = 360, unit = TimeUnit.SECONDS)
final class DpdkTest {
    private static final long SEED = 53;
    private static final int PORT = 5201;
    private static final long BYTES = (Boolean.getBoolean("sluice.long") ? 64 : 4) << 20;
    private static final int HUGE_PAGES = 64;
    private static final Duration LIMIT = Duration.ofSeconds(60);

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
        beQuiet(true);
        options = MachineOptions.of(sockets).with(Part.DPDK).withHugePages(HUGE_PAGES);
    }

    /** Lets both namespaces send nothing of their own accord, or whatever they like. */
    private void beQuiet(boolean quiet) {
        for (String name : new String[] {net.left(), net.right()}) {
            final String file = "/proc/sys/net/ipv6/conf/" + name + "/disable_ipv6";
            Commands.run("ip", "netns", "exec", name, "sh", "-c", "echo " + (quiet ? 1 : 0) + " >" + file);
        }
    }

    @AfterEach
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {machine, cards[0], cards[1], net, scratch}) {
            Closing.close(thing);
        }
    }

    @Test
    void shouldForwardByUio() {
        forward("uio_pci_generic", "pa");
    }

    @Test
    void shouldForwardByVfioBehindAnIommu() {
        options = options.withVirtualIommu();
        forward("vfio-pci", "va");
    }

    private void forward(String driver, String addresses) {
        machine = JudgeMachine.start(scratch, options);
        machine.forgetLog();
        final long start = System.nanoTime();
        final Testpmd testpmd = Testpmd.start(machine, options, driver, addresses);
        System.out.printf("testpmd forwards by %s after %.1f s%n", driver, (System.nanoTime() - start) / 1e9);
        assertThat(testpmd.say("show port info all"))
                .as(testpmd::output)
                .contains("Driver name: net_ixgbe", "Link status: up", "Link speed: 10 Gbps");

        // What crossed the wires before anyone drove the cards.
        final Testpmd.Counters[] before = {counters("model0"), counters("model1")};
        beQuiet(false);
        net.addAddresses();
        Namespaces.awaitAnswer(net.left(), RIGHT4, LIMIT);
        Namespaces.ping(net.left(), RIGHT4, 3);
        final double right = transfer(net.left(), net.right(), RIGHT4, SEED);
        final double left = transfer(net.right(), net.left(), LEFT6, SEED + 1);
        System.out.printf("testpmd by %s: %.1f MB/s to the right, %.1f MB/s to the left%n", driver, right, left);
        for (int i = 0; i < before.length; i++) {
            shouldAgreeOn(testpmd, i, "model" + i, before[i]);
        }

        testpmd.quit();
        assertThat(machine.warnings()).isEmpty();
        machine.powerOff();
        for (SluiceProcess card : cards) {
            card.awaitOutput("is free of process", LIMIT);
            card.stop();
            assertThat(card.output()).doesNotContain("WARN", "ERROR");
        }
        assertThat(scratch.leftovers()).isEmpty();
        assertThat(net.links()).isEmpty();
    }

    private static double transfer(String from, String to, String address, long seed) {
        return Peers.transfer(from, to, address, PORT, BYTES, seed, LIMIT.toSeconds()) / 1e6;
    }

    /** Both go on counting: neighbours still ask for each other now and then. */
    private void shouldAgreeOn(Testpmd testpmd, int port, String card, Testpmd.Counters before) {
        final Testpmd.Counters[] theirs = new Testpmd.Counters[1];
        final Testpmd.Counters[] ours = new Testpmd.Counters[1];
        Await.until(
                "the same counters of port " + port + " and " + card,
                LIMIT,
                () -> {
                    theirs[0] = testpmd.counters(port);
                    ours[0] = counters(card).since(before);
                    return theirs[0].equals(ours[0]);
                },
                () -> "testpmd: " + theirs[0] + "\nmodel:   " + ours[0]);
        assertThat(theirs[0].receivedBytes()).isGreaterThan(BYTES);
        assertThat(theirs[0].transmittedBytes()).isGreaterThan(BYTES);
        assertThat(theirs[0].errors()).isZero();
    }

    private Testpmd.Counters counters(String card) {
        final NicCard.Traffic traffic = CardStatus.of(scratch, card).traffic();
        return new Testpmd.Counters(
                traffic.receivedPackets(),
                traffic.receivedBytes(),
                traffic.transmittedPackets(),
                traffic.transmittedBytes(),
                traffic.dropped(),
                0);
    }
}
