// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.LEFT4;
import static io.sluice.tests.system.Namespaces.LEFT6;
import static io.sluice.tests.system.Namespaces.RIGHT4;
import static io.sluice.tests.system.Namespaces.RIGHT6;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * The whole path: namespace, TAP, model of an 82599, a chain of two virtual machines, another model, TAP, namespace. One
 * pair of machines serves all tests.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 360, unit = TimeUnit.SECONDS)
final class CardMachinesTest {
    private static final long SEED = 42;
    private static final int PORT = 5201;
    private static final long BYTES = (Boolean.getBoolean("sluice.long") ? 20 : 2) << 20;
    private static final Duration BOOT = Duration.ofSeconds(300);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Scratch scratch = new Scratch();
    private Namespaces net;
    private SluiceProcess backend;
    private SluiceProcess firewall;
    private SluiceProcess nat;

    @BeforeAll
    void join() {
        Requirements.networkNamespaces();
        Requirements.virtualMachines();
        net = new Namespaces();
        backend = SluiceProcess.backend(
                scratch, net.leftCard("model0") + " <=> guest:fw <=> guest:nat <=> " + net.rightCard("model1"));
        net.addAddresses();
        firewall = SluiceProcess.startMachine(scratch, "fw", "firewall", "--default", "allow");
        nat = SluiceProcess.startMachine(scratch, "nat", "forward");
        firewall.awaitAttached(BOOT);
        nat.awaitAttached(BOOT);
    }

    @AfterAll
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {backend, firewall, nat, net, scratch}) {
            Closing.close(thing);
        }
    }

    @Test
    @Order(1)
    void shouldAnswerPingsBothWays() {
        Namespaces.awaitAnswer(net.left(), RIGHT4, LIMIT);
        Namespaces.awaitAnswer(net.left(), RIGHT6, LIMIT);
        Namespaces.ping(net.left(), RIGHT4, 5);
        Namespaces.ping(net.right(), LEFT4, 5);
        Namespaces.ping(net.left(), RIGHT6, 5);
        Namespaces.ping(net.right(), LEFT6, 5);
    }

    @Test
    @Order(2)
    void shouldCarryBytesUnchanged() {
        final double rate4 = Peers.transfer(net.left(), net.right(), RIGHT4, PORT, BYTES, SEED, LIMIT.toSeconds());
        final double rate6 = Peers.transfer(net.right(), net.left(), LEFT6, PORT, BYTES, SEED, LIMIT.toSeconds());
        System.out.printf(
                "%d MiB through two cards and two virtual machines: %.1f MB/s over IPv4, %.1f MB/s over IPv6%n",
                BYTES >> 20, rate4 / 1e6, rate6 / 1e6);
    }

    @Test
    @Order(3)
    void shouldHaveCountedThem() {
        final long frames = BYTES / 1514;
        for (String card : new String[] {"model0", "model1"}) {
            Await.until(
                    "the counters of " + card,
                    LIMIT,
                    () -> CardStatus.counter(scratch, card, "GPRC") > frames
                            && CardStatus.counter(scratch, card, "GPTC") > frames);
        }
    }

    @Test
    @Order(4)
    void shouldEndWithTheBackend() {
        backend.stop();
        for (SluiceProcess guest : new SluiceProcess[] {firewall, nat}) {
            assertThat(guest.awaitExit(LIMIT)).as(guest::output).isZero();
        }
        assertThat(scratch.processes()).isEmpty();
        assertThat(scratch.leftovers()).isEmpty();
        assertThat(net.links()).isEmpty();
    }
}
