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
 * serve} plays. One machine serves all tests, which follow each other.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 360, unit = TimeUnit.SECONDS)
abstract class StockDriverChecks {
    static final String CARD = "model0";
    private static final long BYTES = (Boolean.getBoolean("sluice.long") ? 64 : 4) << 20;
    private static final long FRAME_BYTES = 1448;
    private static final double PROBE_SECONDS = 3;
    /** An address in the network that the machine does not have. */
    private static final String NOBODY = "10.77.0.99";
    /** A group that it is not in. */
    private static final String GROUP = "239.7.7.7";

    private static final int PINGS = 20;
    /** Loopback alone failed: the driver waits 200 ms for each round of frames, which a busy machine can sleep through. */
    private static final String LATE_LOOPBACK = "(?s).*\\s0\\R.*\\s0\\R.*\\s0\\R.*Loopback test.*\\s13\\R.*\\s0\\s*";

    private static final int OWN_TESTS = 3;

    private final String personality;
    private final long seed;
    private final Scratch scratch = new Scratch();
    private Namespaces net;
    private SluiceProcess card;

    JudgeMachine machine;
    StockDriver driver;

    /** With a card that has device id {@code personality}. */
    StockDriverChecks(String personality, long seed) {
        this.personality = personality;
        this.seed = seed;
    }

    @BeforeAll
    void boot() {
        Requirements.networkNamespaces();
        Requirements.judges();
        final Path socket = scratch.file("card.sock");
        net = new Namespaces();
        card = SluiceProcess.card(scratch, CARD, socket, "--personality", personality, "--wire", net.leftTap());
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
        final CardCounts before = counts();
        final double probe = driver.load();
        final CardCounts after = counts();
        final double link = driver.up();
        System.out.printf(
                "the stock driver has probed after %.2f s, %d reads and %d writes; the link is up after another %.1f s%n",
                probe, after.since(before, "bar-reads"), after.since(before, "bar-writes"), link);
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
        final CardCounts before = counts();
        driver.transfer("stock driver", BYTES, seed);
        final CardCounts after = counts();
        // Nearly all that is sent goes to the card in packets longer than a frame.
        final long frames = BYTES / FRAME_BYTES;
        assertThat(after.since(before, "packets-cut")).isBetween(1L, frames / 2);
        assertThat(after.since(before, "frames-cut")).isGreaterThan(frames * 3 / 4);
        assertThat(after.since(before, "checksums-inserted")).isGreaterThan(frames * 3 / 4);
        assertThat(driver.statistic("rx_bytes")).isGreaterThan(BYTES);
        assertThat(driver.statistic("tx_bytes")).isGreaterThan(BYTES);
        assertThat(driver.statistics("err|csum|timeout|restart|dropped|length|fragments|jabber"))
                .isEmpty();
    }

    private CardCounts counts() {
        return CardCounts.now(scratch, CARD);
    }

    @Test
    @Order(3)
    void shouldLeaveToTheStackWhatIsSwitchedOff() {
        machine.run("ethtool -K eth0 tso off tx off rx off", LIMIT);
        final CardCounts before = counts();
        driver.transfer("stock driver without offloads", BYTES / 4, seed + 3);
        final CardCounts without = counts();
        assertThat(without.since(before, "packets-cut")).isZero();
        assertThat(without.since(before, "checksums-inserted")).isZero();
        machine.run("ethtool -K eth0 rx on tx on tso on", LIMIT);
        driver.transfer("stock driver with offloads again", BYTES / 4, seed + 4);
        final CardCounts with = counts();
        assertThat(with.since(without, "packets-cut")).isPositive();
        assertThat(with.since(without, "checksums-inserted")).isPositive();
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
        driver.transfer("stock driver, 9000 bytes a packet", BYTES, seed + 1);
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
        Commands.run("ip", "-n", net.left(), "neigh", "add", NOBODY, "lladdr", "02:00:00:00:00:99", "dev", net.left());
        assertThat(received(NOBODY)).isLessThan(PINGS);
        assertThat(received(GROUP)).isLessThan(PINGS);
        machine.run("ifconfig eth0 allmulti", LIMIT);
        awaitReceived(GROUP);
        assertThat(received(NOBODY)).isLessThan(PINGS);
        machine.run("ifconfig eth0 -allmulti; ip link set eth0 promisc on", LIMIT);
        awaitReceived(NOBODY);
        awaitReceived(GROUP);
        machine.run("ip link set eth0 promisc off", LIMIT);
        assertThat(received(NOBODY)).isLessThan(PINGS);
        assertThat(received(GROUP)).isLessThan(PINGS);
    }

    /** How many packets the interface has received when so many pings have been sent to {@code address}, and some more. */
    private long received(String address) {
        final long before = driver.statistic("rx_packets");
        ping(address);
        // What was sent before this is received before it.
        Namespaces.awaitAnswer(net.left(), ADDRESS4, LIMIT);
        return driver.statistic("rx_packets") - before;
    }

    private void awaitReceived(String address) {
        final long before = driver.statistic("rx_packets");
        ping(address);
        Await.until("packets to " + address, LIMIT, () -> driver.statistic("rx_packets") - before >= PINGS);
    }

    /** Nobody answers. */
    private void ping(String address) {
        Commands.attempt(
                "ip",
                "netns",
                "exec",
                net.left(),
                "ping",
                "-I",
                net.left(),
                "-c",
                Integer.toString(PINGS),
                "-i",
                "0.01",
                "-W",
                "1",
                address);
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
        String result = ownTest();
        for (int attempt = 1; attempt < OWN_TESTS && result.matches(LATE_LOOPBACK); attempt++) {
            System.out.println("the driver's own test saw frames come back late; once more: " + result);
            result = ownTest();
        }
        assertThat(result).contains("The test result is PASS");
        driver.awaitCarrier(true);
        driver.ping();
    }

    private String ownTest() {
        return machine.attempt("ethtool -t eth0 offline", LIMIT).output();
    }

    @Test
    @Order(9)
    void shouldNoticeThatTheLinkIsLostAndThere() {
        fault("link-down");
        driver.awaitCarrier(false);
        fault("link-up");
        driver.awaitCarrier(true);
        driver.ping();
        assertThat(machine.log()).containsPattern("(?s)Up 10 Gbps.*NIC Link is Down.*Up 10 Gbps");
    }

    /** A card whose wire is an interface that is down has no link either. */
    @Test
    @Order(10)
    void shouldHaveTheLinkOfItsWire() {
        final String end = net.left();
        // Its address of IPv6 would be gone behind this.
        Commands.run("ip", "netns", "exec", end, "sysctl", "-qw", "net.ipv6.conf." + end + ".keep_addr_on_down=1");
        Commands.run("ip", "-n", end, "link", "set", end, "down");
        driver.awaitCarrier(false);
        Commands.run("ip", "-n", end, "link", "set", end, "up");
        driver.awaitCarrier(true);
        driver.ping();
    }

    /** As a user orders it; who serves the card may be too busy to be heard of for a while. */
    private void fault(String what) {
        Await.until("the fault " + what, LIMIT, () -> {
            try (SluiceProcess order = SluiceProcess.start(scratch, "nic", "fault", CARD, what)) {
                return order.awaitExit(Await.START) == 0;
            }
        });
    }

    @Test
    @Order(29)
    void shouldBeUnloadedResetAndLoadedAgain() {
        driver.unload();
        driver.resetFunction();
        assertThat(driver.load()).as(machine::log).isLessThan(PROBE_SECONDS);
        driver.up();
        driver.ping();
        driver.transfer("stock driver, loaded again", BYTES, seed + 2);
    }

    @Test
    @Order(30)
    void shouldHaveWarnedOfNothing() {
        assertThat(machine.warnings()).isEmpty();
        assertThat(counts().counts())
                .containsEntry("dma-violations", 0L)
                .containsEntry("memory-faults", 0L)
                .containsEntry("odd-accesses", 0L)
                .containsEntry("refused-commands", 0L);
        System.out.println("what the card has counted: " + counts().counts());
        machine.powerOff();
        card.awaitOutput("is free of process", LIMIT);
        card.stop();
        assertThat(scratch.leftovers()).isEmpty();
        assertThat(net.links()).isEmpty();
    }
}
