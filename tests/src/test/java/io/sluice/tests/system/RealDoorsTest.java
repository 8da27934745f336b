// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.tests.system.MachineOptions.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The driver against a kernel by every door of a real bus: a machine with two cards on a cable, the first one ours, the
 * second its kernel's.
 */
@Timeout(value = 1200, unit = TimeUnit.SECONDS)
final class RealDoorsTest {
    private static final String OURS4 = "10.79.0.1";
    private static final String OURS6 = "fd79::1";
    private static final String THEIRS4 = "10.79.0.2";
    private static final String THEIRS6 = "fd79::2";
    private static final boolean LONG = Boolean.getBoolean("sluice.long");
    private static final int MEBIBYTES = LONG ? 32 : 1;
    private static final int HUGE_PAGES = 48;
    private static final String VFIO = "vfio-pci";
    private static final Duration LIMIT = Duration.ofSeconds(120);
    /** A program of Java takes long to start where every instruction is emulated. */
    private static final Duration START = Duration.ofSeconds(400);

    private final Scratch scratch = new Scratch();
    private SluiceProcess cards;
    private MachineOptions options;
    private JudgeMachine machine;

    @BeforeEach
    void serve() {
        Requirements.judges();
        final Path[] sockets = {scratch.file("ours.sock"), scratch.file("theirs.sock")};
        cards = SluiceProcess.card(scratch, "ours", sockets[0], "--cable", "theirs=" + sockets[1]);
        options = MachineOptions.of(sockets)
                .with(Part.SUITE)
                .withHugePages(HUGE_PAGES)
                .withProcessors(2)
                .withMemory(1024);
    }

    @AfterEach
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {machine, cards, scratch}) {
            Closing.close(thing);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {VFIO, "uio_pci_generic"})
    void shouldPassTheDriversTestsAndCarryPackets(String driver) {
        machine = JudgeMachine.start(scratch, driver.equals(VFIO) ? options.withVirtualIommu() : options);
        machine.forgetLog();
        final String slot = options.slot(0);
        machine.bind(slot, driver);
        machine.bind(options.slot(1), "ixgbe");
        machine.run("modprobe tun; [ " + driver + " != vfio-pci ] || modprobe vfio_iommu_type1", LIMIT);
        // Nothing is sent there but what tests send.
        final String wire = machine.run("ls /sys/bus/pci/devices/" + options.slot(1) + "/net", LIMIT)
                .strip();
        machine.run("echo 1 >/proc/sys/net/ipv6/conf/" + wire + "/disable_ipv6; ip link set " + wire + " up", LIMIT);

        // Exits with 0 where no check failed.
        final String checks = machine.run("sluice nic selftest " + slot + " --report /tmp/card.txt", START);
        System.out.print(checks);
        // By sysfs there are no interrupts to check.
        assertThat(checks)
                .contains((driver.equals(VFIO) ? "14 of 14" : "13 of 13") + " checks are good")
                .doesNotContain("failed", "WARN");
        assertThat(machine.run("cat /tmp/card.txt", LIMIT)).contains(slot, "throughput");
        final long start = System.nanoTime();
        DriverSuite.run(machine, slot, wire);
        System.out.printf("the driver's tests by %s: %.1f s%n", driver, (System.nanoTime() - start) / 1e9);

        // By physical addresses other tests have chains in every run, and kernels that take cards back.
        if (LONG || driver.equals(VFIO)) {
            shouldCarryPacketsAndGiveTheCardBack(slot, wire, driver);
        }
        for (String card : new String[] {"ours", "theirs"}) {
            assertThat(CardStatus.counter(scratch, card, "dma-violations")).isZero();
        }
        assertThat(machine.warnings().stream().filter(line -> !line.contains("DMAR")))
                .isEmpty();
        machine.powerOff();
    }

    private void shouldCarryPacketsAndGiveTheCardBack(String slot, String wire, String driver) {
        machine.run("echo 0 >/proc/sys/net/ipv6/conf/" + wire + "/disable_ipv6", LIMIT);
        // Each backend's interface has the address of the one before it, which nobody needs to look for.
        machine.run("echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad", LIMIT);
        final JudgeHost theirs = JudgeHost.namespaceWith(machine, wire);
        theirs.run("ip addr add " + THEIRS4 + "/24 dev " + wire + " && ip -6 addr add " + THEIRS6 + "/64 dev " + wire
                + " && ip link set " + wire + " up");
        for (String wait : LONG ? List.of("spin", "block") : List.of("block")) {
            shouldCarryPackets(slot, theirs, driver, wait);
        }

        machine.run("echo " + slot + " >/sys/bus/pci/devices/" + slot + "/driver/unbind", LIMIT);
        machine.bind(slot, "ixgbe");
        final String ours =
                machine.run("ls /sys/bus/pci/devices/" + slot + "/net", LIMIT).strip();
        machine.run("ip addr add " + OURS4 + "/24 dev " + ours + "; ip link set " + ours + " up", LIMIT);
        JudgeHost.of(machine).ping(THEIRS4);
    }

    /** A chain whose helper threads wait as {@code wait} says: they ask, or have the card interrupt them where it can. */
    private void shouldCarryPackets(String slot, JudgeHost theirs, String driver, String wait) {
        machine.background(
                "backend", "sluice run 'ixgbe:" + slot + " <=> tap:sl0' --slots 256 --keep none --wait " + wait);
        machine.awaitOutput("backend", "running; ", START);
        machine.run(
                "ip addr add " + OURS4 + "/24 dev sl0 && ip -6 addr add " + OURS6 + "/64 dev sl0 && ip link set sl0 up",
                LIMIT);
        final JudgeHost ours = JudgeHost.of(machine);
        ours.ping(THEIRS4);
        theirs.ping(OURS4);
        System.out.printf(
                "our driver by %s, wait=%s: %.1f MB/s to the kernel's, %.1f MB/s from it%n",
                driver, wait, ours.transfer(theirs, THEIRS4, MEBIBYTES), theirs.transfer(ours, OURS6, MEBIBYTES));
        machine.run("P=$(cat /run/backend.pid); kill $P; while [ -e /proc/$P/exe ]; do usleep 10000; done", LIMIT);
        assertThat(machine.output("backend")).doesNotContain("WARN", "ERROR", "Exception");
    }
}
