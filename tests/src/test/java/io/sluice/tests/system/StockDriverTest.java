// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.LEFT4;
import static io.sluice.tests.system.StockDriver.ADDRESS4;
import static io.sluice.tests.system.StockDriver.ADDRESS6;
import static io.sluice.tests.system.StockDriver.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
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
 * A judge that was not written here: Linux's own driver, in a machine whose PCI bus has the card that {@code sluice nic
 * serve} plays, with a module in its cage. One machine serves all tests, which follow each other.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 360, unit = TimeUnit.SECONDS)
final class StockDriverTest {
    private static final long SEED = 51;
    private static final long BYTES = (Boolean.getBoolean("sluice.long") ? 64 : 4) << 20;
    private static final double PROBE_SECONDS = 3;

    private final Scratch scratch = new Scratch();
    private Namespaces net;
    private SluiceProcess card;
    private JudgeMachine machine;
    private StockDriver driver;

    @BeforeAll
    void boot() {
        Requirements.networkNamespaces();
        Requirements.judges();
        final Path socket = scratch.file("card.sock");
        net = new Namespaces();
        card = SluiceProcess.start(
                        scratch, "nic", "serve", "model0", "--vfio-user", socket.toString(), "--wire", net.leftTap())
                .awaitOutput("serving model0", Await.START);
        net.addLeftAddresses();
        final long start = System.nanoTime();
        machine = JudgeMachine.start(scratch, socket);
        driver = new StockDriver(machine, net.left());
        System.out.printf("a machine with the stock kernel is up after %.1f s%n", (System.nanoTime() - start) / 1e9);
        machine.forgetLog();
    }

    @AfterAll
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {machine, card, net, scratch}) {
            Closing.close(thing);
        }
    }

    @Test
    @Order(1)
    void shouldProbeAndFindTheLink() {
        final double probe = driver.load();
        final double link = driver.up();
        System.out.printf(
                "the stock driver has probed after %.2f s, the link is up after another %.1f s%n", probe, link);
        assertThat(machine.run("ethtool eth0", LIMIT)).contains("Speed: 10000Mb/s", "Link detected: yes");
        assertThat(machine.run("ethtool -i eth0", LIMIT)).contains("driver: ixgbe");
        driver.ping();
        assertThat(probe).as(machine::log).isLessThan(PROBE_SECONDS);
    }

    @Test
    @Order(2)
    void shouldOffloadAndCarryBytesUnchanged() {
        assertThat(machine.run("ethtool -k eth0", LIMIT))
                .contains(
                        "rx-checksumming: on",
                        "tx-checksumming: on",
                        "tcp-segmentation-offload: on",
                        "rx-vlan-offload: on",
                        "receive-hashing: on");
        driver.transfer("stock driver", BYTES, SEED);
        assertThat(driver.statistic("rx_bytes")).isGreaterThan(BYTES);
        assertThat(driver.statistic("tx_bytes")).isGreaterThan(BYTES);
        assertThat(driver.statistics("err|csum|timeout|restart|dropped|length|fragments|jabber"))
                .isEmpty();
    }

    @Test
    @Order(3)
    void shouldShowTheModulesMemory() {
        assertThat(machine.run("ethtool -m eth0", LIMIT)).contains("(SFP)", "10G Base-SR", "Vendor name");
    }

    @Test
    @Order(4)
    void shouldSpreadConnectionsOverQueues() {
        assertThat(machine.run("ethtool -l eth0", LIMIT)).containsPattern("Combined:\\s+" + JudgeMachine.PROCESSORS);
        final String interrupts = machine.run("cat /proc/interrupts", LIMIT);
        for (int i = 0; i < JudgeMachine.PROCESSORS; i++) {
            assertThat(interrupts).contains("eth0-TxRx-" + i);
        }
        // Nobody listens there: each answer is a packet of a flow of its own.
        machine.run("for i in $(seq 32); do nc -w 5 " + LEFT4 + " $((9000 + i)) </dev/null; done; true", LIMIT);
        for (int i = 0; i < JudgeMachine.PROCESSORS; i++) {
            assertThat(driver.statistic("rx_queue_" + i + "_packets"))
                    .as("queue %d", i)
                    .isPositive();
        }
    }

    @Test
    @Order(5)
    void shouldCarryLongPackets() {
        Commands.run("ip", "-n", net.left(), "link", "set", net.left(), "mtu", "9000");
        machine.run("ip link set eth0 mtu 9000", LIMIT);
        driver.awaitCarrier(true);
        Namespaces.awaitAnswer(net.left(), ADDRESS4, LIMIT);
        Commands.run(
                "ip", "netns", "exec", net.left(), "ping", "-c", "3", "-W", "20", "-M", "do", "-s", "8972", ADDRESS4);
        driver.transfer("stock driver, 9000 bytes a packet", BYTES, SEED + 1);
        machine.run("ip link set eth0 mtu 1500", LIMIT);
        Commands.run("ip", "-n", net.left(), "link", "set", net.left(), "mtu", "1500");
        driver.awaitCarrier(true);
        Namespaces.awaitAnswer(net.left(), ADDRESS4, LIMIT);
    }

    /** Neighbour discovery begins with a packet to a multicast address of the interface's own. */
    @Test
    @Order(6)
    void shouldFilterAddresses() {
        Namespaces.awaitAnswer(net.left(), ADDRESS6, LIMIT);
        Commands.run(
                "ip", "-n", net.left(), "neigh", "add", "10.77.0.99", "lladdr", "02:00:00:00:00:99", "dev", net.left());
        final int count = 20;
        final long before = driver.statistic("rx_packets");
        pingNobody(count);
        assertThat(driver.statistic("rx_packets") - before).isLessThan(count);
        machine.run("ip link set eth0 promisc on", LIMIT);
        final long promiscuous = driver.statistic("rx_packets");
        pingNobody(count);
        Await.until(
                "packets to others, in promiscuous mode",
                LIMIT,
                () -> driver.statistic("rx_packets") - promiscuous >= count);
        machine.run("ip link set eth0 promisc off", LIMIT);
    }

    private void pingNobody(int count) {
        Commands.attempt(
                "ip",
                "netns",
                "exec",
                net.left(),
                "ping",
                "-c",
                Integer.toString(count),
                "-i",
                "0.01",
                "-W",
                "1",
                "10.77.0.99");
    }

    @Test
    @Order(7)
    void shouldGoDownAndUp() {
        machine.run("ip link set eth0 down", LIMIT);
        machine.run("ip link set eth0 up", LIMIT);
        driver.awaitCarrier(true);
        driver.ping();
    }

    @Test
    @Order(8)
    void shouldPassTheDriversOwnTest() {
        final Commands.Result result = machine.attempt("ethtool -t eth0 offline", LIMIT);
        assertThat(result.output()).contains("The test result is PASS");
        driver.awaitCarrier(true);
        driver.ping();
    }

    @Test
    @Order(9)
    void shouldBeUnloadedAndLoadedAgain() {
        driver.unload();
        assertThat(driver.load()).as(machine::log).isLessThan(PROBE_SECONDS);
        driver.up();
        driver.ping();
        driver.transfer("stock driver, loaded again", BYTES, SEED + 2);
    }

    @Test
    @Order(10)
    void shouldHaveWarnedOfNothing() {
        assertThat(machine.warnings()).isEmpty();
        machine.powerOff();
        card.awaitOutput("is free of process", LIMIT);
        card.stop();
        assertThat(scratch.leftovers()).isEmpty();
        assertThat(net.links()).isEmpty();
    }
}
