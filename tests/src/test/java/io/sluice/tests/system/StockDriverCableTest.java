// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.StockDriver.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Linux's own driver at both ends of a cable: one machine with two cards, each in a network namespace of its own, and VLANs
 * between them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 360, unit = TimeUnit.SECONDS)
final class StockDriverCableTest {
    private static final int VLAN = 5;
    /** A VLAN that the near end is not in. */
    private static final int FOREIGN = 77;

    private static final String NEAR_VLAN = "10.5.0.1";
    private static final String FAR_VLAN = "10.5.0.2";
    private static final String FAR4 = "10.78.0.2";
    private static final String FAR6 = "fd78::2";
    private static final int MEBIBYTES = Boolean.getBoolean("sluice.long") ? 32 : 1;
    private static final long FRAMES = (MEBIBYTES << 20) / 1448;
    /** TCP sends some one by one, which nobody needs to cut; how many, is the moment's. */
    private static final long CUT = FRAMES / 2;

    private static final int PINGS = 20;

    private final Scratch scratch = new Scratch();
    private SluiceProcess cards;
    private JudgeMachine machine;
    private JudgeHost near;
    private JudgeHost far;

    @BeforeAll
    void boot() {
        Requirements.judges();
        final Path socket = scratch.file("near.sock");
        final Path farSocket = scratch.file("far.sock");
        cards = SluiceProcess.card(scratch, "near", socket, "--cable", "far=" + farSocket, "--personality", "10f7");
        machine =
                JudgeMachine.start(scratch, MachineOptions.of(socket, farSocket).withProcessors(2));
        machine.forgetLog();
        machine.run("modprobe ixgbe && modprobe 8021q", LIMIT);
        near = JudgeHost.of(machine);
        far = JudgeHost.namespaceWith(machine, "eth1");
        near.run("ip addr add 10.78.0.1/24 dev eth0; ip -6 addr add fd78::1/64 dev eth0; ip link set eth0 up");
        far.run("ip addr add " + FAR4 + "/24 dev eth1; ip -6 addr add " + FAR6 + "/64 dev eth1; ip link set eth1 up");
        awaitLinks();
    }

    private void awaitLinks() {
        near.awaitCarrier("eth0");
        far.awaitCarrier("eth1");
    }

    @AfterAll
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {machine, cards, scratch}) {
            Closing.close(thing);
        }
    }

    private CardCounts counts(String card) {
        return CardCounts.now(scratch, card);
    }

    @Test
    @Order(1)
    void shouldCarryBothKindsOfAddresses() {
        near.ping(FAR4);
        final CardCounts before = counts("near");
        for (String address : List.of(FAR4, FAR6)) {
            System.out.printf("to %s by a cable: %.1f MB/s%n", address, near.transfer(far, address, MEBIBYTES));
        }
        final CardCounts after = counts("near");
        assertThat(after.since(before, "frames-cut")).isGreaterThan(2 * CUT);
        assertThat(after.since(before, "tags-inserted")).isZero();
    }

    @ParameterizedTest
    @CsvSource({"on,on", "off,on", "on,off", "off,off"})
    @Order(2)
    void shouldCarryTaggedPackets(String inserts, String removes) {
        near.run("ethtool -K eth0 txvlan " + inserts + " rxvlan " + removes);
        far.run("ethtool -K eth1 txvlan " + inserts + " rxvlan " + removes);
        near.run(vlan("eth0", VLAN, NEAR_VLAN));
        far.run(vlan("eth1", VLAN, FAR_VLAN));
        awaitLinks();
        near.ping(FAR_VLAN);
        final CardCounts nearBefore = counts("near");
        final CardCounts farBefore = counts("far");
        System.out.printf(
                "in a VLAN, tags inserted by the card: %s, removed by it: %s: %.1f MB/s%n",
                inserts, removes, near.transfer(far, FAR_VLAN, MEBIBYTES));
        final CardCounts nearAfter = counts("near");
        final CardCounts farAfter = counts("far");
        assertThat(nearAfter.since(nearBefore, "frames-cut")).isGreaterThan(CUT);
        assertThat(nearAfter.since(nearBefore, "tags-inserted")).satisfies(tags -> done(inserts, tags));
        assertThat(farAfter.since(farBefore, "tags-removed")).satisfies(tags -> done(removes, tags));
        near.run("ip link del eth0." + VLAN);
        far.run("ip link del eth1." + VLAN);
    }

    private static String vlan(String device, int vlan, String address) {
        final String name = device + "." + vlan;
        return "ip link add link " + device + " name " + name + " type vlan id " + vlan + " && ip addr add " + address
                + "/24 dev " + name + " && ip link set " + name + " up";
    }

    private static void done(String wanted, long tags) {
        if (wanted.equals("on")) {
            assertThat(tags).isGreaterThan(FRAMES * 3 / 4);
        } else {
            assertThat(tags).isZero();
        }
    }

    /** The card takes frames of its VLANs alone, and of all while it is promiscuous. */
    @Test
    @Order(3)
    void shouldFilterVlans() {
        near.run("ethtool -K eth0 txvlan on rxvlan on");
        far.run("ethtool -K eth1 txvlan on rxvlan on");
        far.run(vlan("eth1", FOREIGN, "10.6.0.2"));
        far.run("arp -i eth1." + FOREIGN + " -s 10.6.0.1 "
                + near.run("cat /sys/class/net/eth0/address").strip());
        awaitLinks();
        near.ping(FAR4);
        assertThat(receivedOfForeign()).isLessThan(PINGS);
        near.run("ip link set eth0 promisc on");
        awaitLinks();
        near.ping(FAR4);
        assertThat(receivedOfForeign()).isGreaterThanOrEqualTo(PINGS);
        near.run("ip link set eth0 promisc off");
        near.run(vlan("eth0", FOREIGN, "10.6.0.1"));
        awaitLinks();
        near.ping("10.6.0.2");
    }

    private long receivedOfForeign() {
        final long before = near.statistic("eth0", "rx_packets");
        far.attempt("ping -c " + PINGS + " -i 0.05 -W 1 10.6.0.1");
        return near.statistic("eth0", "rx_packets") - before;
    }

    @Test
    @Order(4)
    void shouldCountTheSameAtBothEnds() {
        machine.run("sleep 1", LIMIT);
        assertThat(near.statistic("eth0", "tx_packets")).isPositive();
        final CardCounts nearCounts = counts("near");
        final CardCounts farCounts = counts("far");
        assertThat(farCounts.of("wire-received")).isEqualTo(nearCounts.of("wire-transmitted"));
        assertThat(nearCounts.of("wire-received")).isEqualTo(farCounts.of("wire-transmitted"));
        for (CardCounts counts : List.of(nearCounts, farCounts)) {
            assertThat(counts.of("dma-violations")).isZero();
        }
        assertThat(machine.warnings()).isEmpty();
        machine.powerOff();
        cards.stop();
        assertThat(scratch.leftovers()).isEmpty();
    }
}
