// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.LEFT4;
import static io.sluice.tests.system.Namespaces.LEFT6;
import static io.sluice.tests.system.Namespaces.RIGHT4;
import static io.sluice.tests.system.Namespaces.RIGHT6;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.ring.DropReason;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real Linux at both ends: two network namespaces joined only by TAP interfaces and a chain of two process guests. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
final class ProcessGuestsTest extends TwoGuests {
    private static final long SEED = 20;

    @BeforeAll
    void join() {
        joinByProcesses(
                net.leftTap(),
                net.rightTap(),
                "--default",
                "allow",
                "--deny",
                "proto:tcp,dport:22",
                "--deny",
                "proto:udp,dport:53");
    }

    @Test
    void shouldAnswerPingsBothWays() {
        Namespaces.ping(net.left(), RIGHT4, 10);
        Namespaces.ping(net.right(), LEFT4, 10);
        Namespaces.ping(net.left(), RIGHT6, 10);
        Namespaces.ping(net.right(), LEFT6, 10);
    }

    @Test
    void shouldCarryAGigabyteOverIpv4Unchanged() {
        final double rate = Peers.transfer(net.left(), net.right(), RIGHT4, PORT, 1L << 30, SEED, 200);
        System.out.printf("1 GiB over IPv4 through two process guests: %.0f MB/s%n", rate / 1e6);
    }

    @Test
    void shouldCarryAGigabyteOverIpv6Unchanged() {
        final double rate = Peers.transfer(net.right(), net.left(), LEFT6, PORT, 1L << 30, SEED, 200);
        System.out.printf("1 GiB over IPv6 through two process guests: %.0f MB/s%n", rate / 1e6);
    }

    @Test
    void shouldBlockExactlyTheDeniedTcpPort() {
        for (int port : new int[] {21, 23, 53, 80, 2222}) {
            Peers.connects(net.left(), net.right(), RIGHT4, port);
            Peers.connects(net.right(), net.left(), LEFT6, port);
        }
        try (ChainStatus status = ChainStatus.open(scratch, "chain1")) {
            final long before = status.drops("guest:fw", DropReason.DENIED);
            Peers.cannotConnect(net.left(), net.right(), RIGHT4, 22);
            Peers.cannotConnect(net.right(), net.left(), LEFT4, 22);
            Peers.cannotConnect(net.left(), net.right(), RIGHT6, 22);
            Await.until(
                    "three denied connections in the counters",
                    LIMIT,
                    () -> status.drops("guest:fw", DropReason.DENIED) >= before + 3);
        }
    }

    @Test
    void shouldBlockExactlyTheDeniedUdpPort() {
        try (ChainStatus status = ChainStatus.open(scratch, "chain1")) {
            final long before = status.drops("guest:fw", DropReason.DENIED);
            Peers.datagramsArrive(net.left(), net.right(), RIGHT4, 52, 5);
            Peers.datagramsArrive(net.left(), net.right(), RIGHT6, 54, 5);
            Peers.datagramsArrive(net.right(), net.left(), LEFT4, 22, 5);
            Peers.noDatagramArrives(net.left(), net.right(), RIGHT4, 53, 5);
            Peers.noDatagramArrives(net.right(), net.left(), LEFT6, 53, 5);
            Await.until(
                    "ten denied datagrams in the counters",
                    LIMIT,
                    () -> status.drops("guest:fw", DropReason.DENIED) == before + 10,
                    () -> "denied: " + (status.drops("guest:fw", DropReason.DENIED) - before));
            assertThat(status.drops("guest:fw")).isEqualTo(status.drops("guest:fw", DropReason.DENIED));
            assertThat(status.drops("guest:nat")).isZero();
        }
        try (SluiceProcess json = SluiceProcess.start(scratch, "status", "--json")) {
            assertThat(json.awaitExit(LIMIT)).isZero();
            assertThat(json.output())
                    .containsPattern("\"label\"\\s*:\\s*\"guest:fw\"")
                    .containsPattern("\"denied\"\\s*:\\s*[1-9]")
                    .doesNotContainPattern("\"(malformed|table-full|fragment|bad-slot|failed)\"\\s*:\\s*[1-9]");
        }
    }
}
