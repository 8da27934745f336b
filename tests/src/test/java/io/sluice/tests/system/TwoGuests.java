// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.LEFT4;
import static io.sluice.tests.system.Namespaces.LEFT6;
import static io.sluice.tests.system.Namespaces.RIGHT4;
import static io.sluice.tests.system.Namespaces.RIGHT6;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * Two network namespaces that nothing joins but a chain of two guests, a firewall {@code fw} and {@code nat}, which
 * forwards; one of each for all tests of a class. Those choose what the guests are and what the ends of the chain.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TwoGuests {
    static final Duration LIMIT = Duration.ofSeconds(60);
    static final int PORT = 5201;
    private static final Duration BOOT = Duration.ofSeconds(300);

    final Scratch scratch = new Scratch();
    Namespaces net;
    SluiceProcess backend;
    SluiceProcess firewall;
    SluiceProcess nat;

    @BeforeAll
    void separate() {
        Requirements.networkNamespaces();
        net = new Namespaces();
    }

    /** Joins {@code left} and {@code right} by guests in processes; the firewall has {@code options}. */
    final void joinByProcesses(String left, String right, String... options) {
        startBackend(left, right);
        firewall = SluiceProcess.startGuest(scratch, "fw", "firewall", options);
        nat = SluiceProcess.startGuest(scratch, "nat", "forward");
        firewall.awaitAttached();
        nat.awaitAttached();
    }

    /** Joins {@code left} and {@code right} by guests in virtual machines; the firewall has {@code options}. */
    final void joinByMachines(String left, String right, String... options) {
        Requirements.virtualMachines();
        final long start = System.nanoTime();
        startBackend(left, right);
        firewall = SluiceProcess.startMachine(scratch, "fw", "firewall", options);
        nat = SluiceProcess.startMachine(scratch, "nat", "forward");
        firewall.awaitAttached(BOOT);
        nat.awaitAttached(BOOT);
        System.out.printf("two virtual machines attached after %.1f s%n", (System.nanoTime() - start) / 1e9);
    }

    private void startBackend(String left, String right) {
        backend = SluiceProcess.backend(scratch, left + " <=> guest:fw <=> guest:nat <=> " + right);
        net.addAddresses();
    }

    @AfterAll
    void clearUp() {
        for (AutoCloseable thing : new AutoCloseable[] {backend, firewall, nat, net, scratch}) {
            Closing.close(thing);
        }
    }

    /** Waits for the first answers; after those each echo must be answered. */
    final void pingBothWays() {
        Namespaces.awaitAnswer(net.left(), RIGHT4, LIMIT);
        Namespaces.awaitAnswer(net.left(), RIGHT6, LIMIT);
        Namespaces.ping(net.left(), RIGHT4, 5);
        Namespaces.ping(net.right(), LEFT4, 5);
        Namespaces.ping(net.left(), RIGHT6, 5);
        Namespaces.ping(net.right(), LEFT6, 5);
    }

    /** Sends {@code bytes} each way, which must arrive unchanged, and says how fast they went through {@code what}. */
    final void transferBothWays(String what, long bytes, long seed) {
        final double rate4 = Peers.transfer(net.left(), net.right(), RIGHT4, PORT, bytes, seed, LIMIT.toSeconds());
        final double rate6 = Peers.transfer(net.right(), net.left(), LEFT6, PORT, bytes, seed, LIMIT.toSeconds());
        System.out.printf(
                "%d MiB through %s: %.1f MB/s over IPv4, %.1f MB/s over IPv6%n",
                bytes >> 20, what, rate4 / 1e6, rate6 / 1e6);
    }

    /** Stops the backend: {@code guests} must end by themselves, and nothing be left. */
    final void endWithTheBackend(SluiceProcess... guests) {
        backend.stop();
        for (SluiceProcess guest : guests) {
            assertThat(guest.awaitExit(LIMIT)).as(guest::output).isZero();
            assertThat(guest.output()).contains("the backend has ended chain chain1");
        }
        assertThat(scratch.processes()).isEmpty();
        assertThat(scratch.leftovers()).isEmpty();
        assertThat(net.links()).isEmpty();
    }
}
