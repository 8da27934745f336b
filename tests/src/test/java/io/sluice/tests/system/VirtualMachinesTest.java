// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.LEFT4;
import static io.sluice.tests.system.Namespaces.LEFT6;
import static io.sluice.tests.system.Namespaces.RIGHT4;
import static io.sluice.tests.system.Namespaces.RIGHT6;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.ring.DropReason;
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
 * Real Linux at both ends and virtual machines between: two network namespaces joined only by TAP interfaces and a chain
 * of two guests in QEMU. One pair of machines serves all tests, for under emulation booting is what takes the time.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 360, unit = TimeUnit.SECONDS)
final class VirtualMachinesTest {
    private static final long SEED = 30;
    private static final int PORT = 5201;
    private static final long BYTES = (Boolean.getBoolean("sluice.long") ? 20 : 2) << 20;
    private static final Duration BOOT = Duration.ofSeconds(300);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Scratch scratch = new Scratch();
    private Namespaces net;
    private SluiceProcess backend;
    private SluiceProcess firewall;
    private SluiceProcess nat;
    private SluiceProcess replacement;

    @BeforeAll
    void join() {
        Requirements.networkNamespaces();
        Requirements.virtualMachines();
        final long start = System.nanoTime();
        net = new Namespaces();
        backend = SluiceProcess.backend(scratch, net.leftTap() + " <=> guest:fw <=> guest:nat <=> " + net.rightTap());
        net.addAddresses();
        firewall = SluiceProcess.startMachine(
                scratch, "fw", "firewall", "--default", "allow", "--deny", "proto:tcp,dport:22");
        nat = SluiceProcess.startMachine(scratch, "nat", "forward");
        firewall.awaitAttached(BOOT);
        nat.awaitAttached(BOOT);
        System.out.printf("two virtual machines attached after %.1f s%n", (System.nanoTime() - start) / 1e9);
    }

    @AfterAll
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {backend, firewall, nat, replacement, net, scratch}) {
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
                "%d MiB through two virtual machines: %.1f MB/s over IPv4, %.1f MB/s over IPv6%n",
                BYTES >> 20, rate4 / 1e6, rate6 / 1e6);
    }

    @Test
    @Order(3)
    void shouldBlockExactlyTheDeniedTcpPort() {
        try (ChainStatus status = ChainStatus.open(scratch, "chain1")) {
            assertThat(status.drops("guest:fw")).isZero();
            for (int port : new int[] {21, 23}) {
                Peers.connects(net.left(), net.right(), RIGHT4, port);
                Peers.connects(net.right(), net.left(), LEFT6, port);
            }
            Peers.datagramsArrive(net.left(), net.right(), RIGHT4, 22, 3);
            assertThat(status.drops("guest:fw")).isZero();
            Peers.cannotConnect(net.left(), net.right(), RIGHT4, 22);
            Peers.cannotConnect(net.right(), net.left(), LEFT6, 22);
            Await.until(
                    "denied connections in the counters",
                    LIMIT,
                    () -> status.drops("guest:fw", DropReason.DENIED) >= 2);
            assertThat(status.drops("guest:fw")).isEqualTo(status.drops("guest:fw", DropReason.DENIED));
            assertThat(status.drops("guest:nat")).isZero();
        }
    }

    @Test
    @Order(4)
    void shouldGoOnWithAProcessInPlaceOfAMachineThatWasKilled() {
        nat.kill();
        try (ChainStatus status = ChainStatus.open(scratch, "chain1")) {
            Await.until("the machine's departure", LIMIT, () -> !status.attached("nat"));
        }
        replacement = SluiceProcess.guest(scratch, "nat", "forward");
        Namespaces.ping(net.left(), RIGHT4, 5);
        Namespaces.ping(net.right(), LEFT6, 5);
    }

    @Test
    @Order(5)
    void shouldEndWithTheBackend() {
        backend.stop();
        for (SluiceProcess guest : new SluiceProcess[] {firewall, replacement}) {
            assertThat(guest.awaitExit(LIMIT)).as(guest::output).isZero();
            assertThat(guest.output()).contains("the backend has ended chain chain1");
        }
        assertThat(scratch.processes()).isEmpty();
        assertThat(scratch.leftovers()).isEmpty();
        assertThat(net.links()).isEmpty();
    }
}
