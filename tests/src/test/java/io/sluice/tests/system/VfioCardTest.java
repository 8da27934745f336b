// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.LEFT4;
import static io.sluice.tests.system.StockDriver.ADDRESS4;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.chain.Chain;
import io.sluice.host.chain.Hop;
import io.sluice.host.endpoint.Endpoints;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.Personality;
import io.sluice.host.nic.NicCard;
import io.sluice.host.nic.ServedModel;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.tests.system.MachineOptions.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * The driver and a card on the PCI bus of a machine, by VFIO behind an IOMMU; the card's other end is a namespace of this
 * machine. The model that plays the card sees every address that it was given. One machine serves all tests, which follow
 * each other.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 7200, unit = TimeUnit.SECONDS)
final class VfioCardTest {
    private static final long SEED = Long.getLong("sluice.seed", 55);
    private static final long BYTES = (Boolean.getBoolean("sluice.long") ? 32 : 2) << 20;
    private static final int KILLS = Integer.getInteger("sluice.kills", Boolean.getBoolean("sluice.long") ? 100 : 1);
    private static final int MAX_RUN_MILLIS = 300;
    /** A program of Java takes long to start where every instruction is emulated. */
    private static final Duration START = Duration.ofSeconds(400);

    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final int HUGE_PAGES = 40;
    private static final int BUS_MASTER = 1 << 2;

    private final Scratch scratch = new Scratch();
    private Namespaces net;
    private ServedModel card;
    private JudgeMachine machine;
    private String slot;
    private String probe;

    @BeforeAll
    void boot() throws IOException {
        Requirements.networkNamespaces();
        Requirements.judges();
        final Path socket = scratch.file("card.sock");
        net = new Namespaces();
        final Hop wire = Chain.parse(net.leftTap() + " => null:").first();
        card = new ServedModel(
                ModelOptions.of("model0").with(Personality.KX4),
                Endpoints.open(wire.kind(), wire.address(), wire.singleOptions(), true, true),
                socket,
                RuntimeDirectory.at(scratch.runDirectory()));
        net.addLeftAddresses();
        final MachineOptions options = MachineOptions.of(socket)
                .with(Part.SLUICE)
                .withVirtualIommu()
                .withHugePages(HUGE_PAGES)
                .withProcessors(2)
                .withMemory(768);
        slot = options.slot(0);
        machine = JudgeMachine.start(scratch, options);
        machine.run("modprobe tun", LIMIT);
        probe = MachineProgram.install(machine, VfioProbe.class) + " " + slot + " /tmp/seen";
        machine.forgetLog();
    }

    @AfterAll
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {machine, card, net, scratch}) {
            Closing.close(thing);
        }
    }

    private long violations() {
        return card.card().counters().stream()
                .filter(counter -> counter.register().equals("dma-violations"))
                .mapToLong(NicCard.Counter::count)
                .sum();
    }

    /** The card is off its bus, and does nothing on its wire. */
    private void shouldBeQuiet() {
        final String command =
                machine.run("hexdump -s 4 -n 2 -e '1/2 \"%04x\"' /sys/bus/pci/devices/" + slot + "/config", LIMIT);
        assertThat(Integer.parseInt(command.strip(), 16) & BUS_MASTER).isZero();
        assertThat(card.card().queues()).isEmpty();
    }

    @Test
    @Order(1)
    void shouldSayWhatToTypeUntilItWorks() {
        final Commands.Result refused = machine.attempt(probe, START);
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.output()).contains(slot, "driver=none", "type: modprobe vfio-pci");
        machine.run(MachineProgram.remedy(refused.output()), LIMIT);
        assertThat(machine.run("readlink /sys/bus/pci/devices/" + slot + "/driver", LIMIT))
                .contains("vfio-pci");
    }

    private void startBackend() {
        machine.background(
                "backend", "sluice run 'ixgbe:" + slot + " <=> tap:sl0' --keep none --slots 256 --wait block");
        Await.until(
                "the interface of a chain in a machine",
                START,
                () -> machine.attempt("ip link set sl0 up", LIMIT).exitCode() == 0,
                () -> machine.output("backend"));
        machine.run("ip addr add " + ADDRESS4 + "/24 dev sl0", LIMIT);
        Namespaces.awaitAnswer(net.left(), ADDRESS4, LIMIT);
    }

    @Test
    @Order(2)
    void shouldCarryPackets() {
        machine.run("modprobe vfio_iommu_type1", LIMIT);
        final long start = System.nanoTime();
        startBackend();
        System.out.printf("a chain in a machine carries packets after %.1f s%n", (System.nanoTime() - start) / 1e9);
        Namespaces.ping(net.left(), ADDRESS4, 3);
        machine.run("ping -c 3 -W 20 " + LEFT4, LIMIT);
        new StockDriver(machine, net.left()).transfer("our driver by VFIO", BYTES, SEED);
        assertThat(violations()).isZero();
        killBackend();
    }

    private void killBackend() {
        machine.run("P=$(cat /run/backend.pid); kill -9 $P; while [ -e /proc/$P/exe ]; do usleep 10000; done", LIMIT);
        Await.until(
                "a quiet card",
                LIMIT,
                () -> card.card().queues().isEmpty(),
                () -> card.card().toString());
        shouldBeQuiet();
    }

    @Test
    @Order(3)
    void shouldBeQuietAfterEveryKill() throws IOException {
        System.out.println("seed " + SEED + ", kills " + KILLS);
        final Random random = new Random(SEED);
        final Process pings = new ProcessBuilder(
                        "ip", "netns", "exec", net.left(), "ping", "-n", "-i", "0.005", "-s", "1400", ADDRESS4)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            for (int kill = 1; kill <= KILLS; kill++) {
                startBackend();
                final long before = card.card().traffic().receivedPackets();
                Await.until("pings", LIMIT, () -> card.card().traffic().receivedPackets() > before + 50);
                LockSupport.parkNanos(random.nextInt(MAX_RUN_MILLIS) * 1_000_000L);
                killBackend();
                assertThat(violations()).as("kill %d", kill).isZero();
            }
        } finally {
            pings.destroyForcibly();
        }
    }

    @Test
    @Order(4)
    void shouldSignalAndReachNothingElse() {
        machine.background("probe", probe);
        machine.awaitOutput("probe", "strayed", START);
        System.out.print(machine.output("probe"));
        assertThat(machine.output("probe"))
                .contains(
                        "tails-mapped=true", "vector=0 signalled=10", "vector=5 signalled=10", "vector=63 signalled=10")
                .contains("mapped first=0x100000000 second=0x100000000");
        Await.until("a violation", LIMIT, () -> violations() > 0);
        machine.run("touch /tmp/seen", LIMIT);
        machine.awaitOutput("probe", "closed", LIMIT);
        shouldBeQuiet();
    }

    @Test
    @Order(5)
    void shouldLeaveTheCardToTheKernelsDriver() {
        final String device = "/sys/bus/pci/devices/" + slot;
        machine.run(
                "echo " + slot + " >" + device + "/driver/unbind; echo >" + device + "/driver_override; modprobe ixgbe",
                LIMIT);
        machine.run("[ -e " + device + "/driver ] || echo " + slot + " >/sys/bus/pci/drivers_probe", LIMIT);
        final StockDriver driver = new StockDriver(machine, net.left());
        driver.up();
        driver.ping();
        assertThat(machine.warnings().stream().filter(line -> !line.contains("DMAR")))
                .isEmpty();
        machine.powerOff();
    }
}
