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
 * The whole path through cards, with process guests: namespace, TAP, model of an 82599, a chain of two guests, another
 * model, TAP, namespace.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class CardChainTest {
    private static final long SEED = 41;
    private static final int PORT = 5201;
    private static final long BYTES = (Boolean.getBoolean("sluice.long") ? 1024 : 32) << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Scratch scratch = new Scratch();
    private Namespaces net;
    private SluiceProcess backend;
    private SluiceProcess firewall;
    private SluiceProcess nat;

    @BeforeAll
    void join() {
        Requirements.networkNamespaces();
        net = new Namespaces();
        backend = SluiceProcess.backend(
                scratch, net.leftCard("model0") + " <=> guest:fw <=> guest:nat <=> " + net.rightCard("model1"));
        net.addAddresses();
        firewall = SluiceProcess.startGuest(scratch, "fw", "firewall", "--default", "allow");
        nat = SluiceProcess.startGuest(scratch, "nat", "forward");
        firewall.awaitAttached();
        nat.awaitAttached();
    }

    @AfterAll
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {firewall, nat, backend, net, scratch}) {
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
                "%d MiB through two cards and two process guests: %.0f MB/s over IPv4, %.0f MB/s over IPv6%n",
                BYTES >> 20, rate4 / 1e6, rate6 / 1e6);
    }

    @Test
    @Order(3)
    void shouldTellOfBothCards() {
        assertThat(CardStatus.all(scratch)).extracting(nic -> nic.name()).containsExactly("model0", "model1");
        final long frames = BYTES / 1514;
        for (String card : new String[] {"model0", "model1"}) {
            Await.until(
                    "the counters of " + card,
                    LIMIT,
                    () -> CardStatus.counter(scratch, card, "GPRC") > frames
                            && CardStatus.counter(scratch, card, "GPTC") > frames);
            assertThat(CardStatus.of(scratch, card).link().up()).isTrue();
            assertThat(CardStatus.of(scratch, card).queues())
                    .allSatisfy(queue -> assertThat(queue.user()).isEqualTo("chain1"))
                    .extracting(queue -> queue.receives())
                    .contains(true, false);
            assertThat(CardStatus.of(scratch, card).faults()).isEmpty();
        }
        try (SluiceProcess stats = SluiceProcess.start(scratch, "nic", "stats", "model0")) {
            assertThat(stats.awaitExit(LIMIT)).as(stats::output).isZero();
            assertThat(stats.output()).containsPattern("GPRC +[1-9][0-9,]+ ");
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
