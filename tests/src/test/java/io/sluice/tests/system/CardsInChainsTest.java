// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.LEFT6;
import static io.sluice.tests.system.Namespaces.RIGHT4;
import static io.sluice.tests.system.Namespaces.RIGHT6;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Cards in software at the ends of chains, plugged into interfaces of network namespaces. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
final class CardsInChainsTest {
    private static final long SEED = 82599;
    private static final int PORT = 5201;
    private static final long BYTES = 64L << 20;
    private static final long LIMIT_SECONDS = 60;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Scratch scratch = new Scratch();
    private Namespaces net;

    @BeforeEach
    void open() {
        Requirements.networkNamespaces();
        net = new Namespaces();
    }

    @AfterEach
    void clearUp() {
        Closing.close(net);
        Closing.close(scratch);
    }

    private void transferBothWays() {
        Namespaces.awaitAnswer(net.left(), RIGHT4, LIMIT);
        Peers.transfer(net.left(), net.right(), RIGHT4, PORT, BYTES, SEED, LIMIT_SECONDS);
        Peers.transfer(net.right(), net.left(), LEFT6, PORT, BYTES, SEED, LIMIT_SECONDS);
    }

    private void shouldHaveLostNothingBetweenTheCards(String guest) {
        try (ChainStatus status = ChainStatus.open(scratch, "chain1")) {
            final long[] received = new long[1];
            Await.until("the rings to be empty", LIMIT, () -> {
                received[0] = status.packets("ixgbe:model0");
                return received[0] == status.packets("ixgbe:model1");
            });
            assertThat(received[0]).isGreaterThan(2 * BYTES / 1500);
            assertThat(status.drops("ixgbe:model0") + status.drops("ixgbe:model1") + status.drops(guest))
                    .isZero();
        }
    }

    @Test
    void shouldCarryTcpThroughAGuestBetweenTwoCards() {
        try (SluiceProcess backend = SluiceProcess.backend(
                        scratch, net.leftCard("model0") + " <=> guest:fw <=> " + net.rightCard("model1"));
                SluiceProcess guest = SluiceProcess.startGuest(scratch, "fw", "forward")) {
            net.addAddresses();
            guest.awaitAttached();
            transferBothWays();
            Namespaces.ping(net.left(), RIGHT6, 3);
            shouldHaveLostNothingBetweenTheCards("guest:fw");
            assertThat(backend.output()).doesNotContain("ERROR", "WARN");
        }
        assertThat(scratch.leftovers()).isEmpty();
        assertThat(net.links()).isEmpty();
    }

    /** A ring that begins at a card and ends elsewhere, and one the other way. */
    @Test
    void shouldJoinACardAndAnInterface() {
        try (SluiceProcess backend =
                SluiceProcess.backend(scratch, net.leftCard("model0") + " <=> vnf:forward <=> " + net.rightTap())) {
            net.addAddresses();
            transferBothWays();
            assertThat(backend.output()).doesNotContain("ERROR", "WARN");
        }
        assertThat(net.links()).isEmpty();
    }

    /** Two chains share two cards, by a pool of each for each; what a cable carries is sorted by its address. */
    @Test
    void shouldShareCardsByPools() {
        final String other = "ixgbe:model1?wire=cable:c";
        try (SluiceProcess backend = SluiceProcess.backend(
                scratch,
                net.leftTap() + " <=> ixgbe:model0?wire=cable:c&pool=3&mac=52:54:00:00:00:02",
                other + "&pool=5&mac=52:54:00:00:00:03 <=> " + net.rightTap())) {
            net.addAddresses();
            // Frames for an address come to the pool that has it: at the far card, that of the interface behind it.
            Commands.run("ip", "-n", net.left(), "link", "set", net.left(), "address", "52:54:00:00:00:02");
            Commands.run("ip", "-n", net.right(), "link", "set", net.right(), "address", "52:54:00:00:00:03");
            transferBothWays();
            assertThat(backend.output()).doesNotContain("ERROR", "WARN");
        }
    }
}
