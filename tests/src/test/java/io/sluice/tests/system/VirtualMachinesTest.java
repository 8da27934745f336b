// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.LEFT6;
import static io.sluice.tests.system.Namespaces.RIGHT4;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.ring.DropReason;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * Real Linux at both ends and virtual machines between: two network namespaces joined only by TAP interfaces and a chain
 * of two guests in QEMU. One pair of machines serves all tests, for under emulation booting is what takes the time.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 360, unit = TimeUnit.SECONDS)
final class VirtualMachinesTest extends TwoGuests {
    private static final long SEED = 30;
    private static final long BYTES = (Boolean.getBoolean("sluice.long") ? 20 : 2) << 20;

    private SluiceProcess replacement;

    @BeforeAll
    void join() {
        joinByMachines(net.leftTap(), net.rightTap(), "--default", "allow", "--deny", "proto:tcp,dport:22");
    }

    @AfterAll
    void leave() {
        Closing.close(replacement);
    }

    @Test
    @Order(1)
    void shouldAnswerPingsBothWays() {
        pingBothWays();
    }

    @Test
    @Order(2)
    void shouldCarryBytesUnchanged() {
        transferBothWays("two virtual machines", BYTES, SEED);
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
        endWithTheBackend(firewall, replacement);
    }
}
