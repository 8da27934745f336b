// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.LEFT4;
import static io.sluice.tests.system.Namespaces.LEFT6;
import static io.sluice.tests.system.Namespaces.RIGHT4;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.tests.system.MachineOptions.Part;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
 * Our driver in a machine without an IOMMU, by sysfs and physical addresses: two cards that {@code sluice nic serve} plays,
 * the first one of no driver, the second of uio_pci_generic, and between them a chain. Each has a namespace of this machine
 * at its wire, from which packets keep coming while backends are killed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 7200, unit = TimeUnit.SECONDS)
final class PhysicalCardTest {
    private static final long SEED = Long.getLong("sluice.seed", 57);
    private static final int KILLS = Integer.getInteger("sluice.kills", Boolean.getBoolean("sluice.long") ? 100 : 1);
    private static final int PORT = 5202;
    private static final long BYTES = 1 << 20;
    private static final int HUGE_PAGES = 24;
    private static final Duration LIMIT = Duration.ofSeconds(600);
    private static final int MAX_RUN_MILLIS = 300;
    private static final Duration STRAY = Duration.ofSeconds(1);

    private final Scratch scratch = new Scratch();
    private final SluiceProcess[] cards = new SluiceProcess[2];
    private final List<Process> floods = new ArrayList<>();
    private Namespaces net;
    private MachineOptions options;
    private JudgeMachine machine;

    @BeforeAll
    void boot() {
        Requirements.networkNamespaces();
        Requirements.judges();
        net = new Namespaces();
        final Path[] sockets = {scratch.file("card0.sock"), scratch.file("card1.sock")};
        cards[0] = SluiceProcess.card(scratch, "model0", sockets[0], "--wire", net.leftTap());
        cards[1] = SluiceProcess.card(scratch, "model1", sockets[1], "--wire", net.rightTap());
        net.addAddresses();
        options = MachineOptions.of(sockets)
                .with(Part.SLUICE)
                .withHugePages(HUGE_PAGES)
                .withProcessors(2)
                .withMemory(1024);
        machine = JudgeMachine.start(scratch, options);
        machine.run("modprobe uio_pci_generic", LIMIT);
        machine.run(
                "echo uio_pci_generic >" + folder(1) + "/driver_override && echo " + options.slot(1)
                        + " >/sys/bus/pci/drivers_probe && readlink " + folder(1) + "/driver | grep uio",
                LIMIT);
        machine.forgetLog();
    }

    private String folder(int card) {
        return "/sys/bus/pci/devices/" + options.slot(card);
    }

    @AfterAll
    void leave() {
        floods.forEach(Process::destroy);
        for (AutoCloseable thing : new AutoCloseable[] {machine, cards[0], cards[1], net, scratch}) {
            Closing.close(thing);
        }
    }

    private void startBackend() {
        machine.background("backend", "sluice run 'ixgbe:" + options.slot(0) + " <=> ixgbe:" + options.slot(1) + "'");
        try {
            Namespaces.awaitAnswer(net.left(), RIGHT4, LIMIT);
        } catch (AssertionError e) {
            throw new AssertionError(
                    machine.output("backend")
                            + machine.attempt("sluice nic list; cat /run/sluice/.keeper.log", LIMIT)
                                    .output()
                            + machine.log(),
                    e);
        }
    }

    /** A number for the machine's shell: not 0 where the card may reach memory (command register, bit 2). */
    private String busMaster(int card) {
        return "$(($(dd if=" + folder(card) + "/config bs=1 skip=4 count=1 2>/dev/null | od -An -tu1) & 4))";
    }

    private void awaitBusMaster(boolean on) {
        for (int card = 0; card < cards.length; card++) {
            awaitInside("[ " + busMaster(card) + " = " + (on ? 4 : 0) + " ]");
        }
    }

    private void awaitFreePages(int count) {
        awaitInside("grep -q '^HugePages_Free: *" + count + "$' /proc/meminfo");
    }

    /** Waits until {@code condition} holds in the machine's shell. */
    private void awaitInside(String condition) {
        machine.run("until " + condition + "; do sleep 0.1; done", LIMIT);
    }

    @Test
    @Order(1)
    void shouldCarryPacketsBothWays() {
        final long start = System.nanoTime();
        startBackend();
        System.out.printf("the backend in the machine answers after %.1f s%n", (System.nanoTime() - start) / 1e9);
        Namespaces.ping(net.left(), RIGHT4, 3);
        Namespaces.ping(net.right(), LEFT4, 3);
        final double right = Peers.transfer(net.left(), net.right(), RIGHT4, PORT, BYTES, SEED, LIMIT.toSeconds());
        final double left = Peers.transfer(net.right(), net.left(), LEFT6, PORT, BYTES, SEED + 1, LIMIT.toSeconds());
        System.out.printf(
                "by physical addresses: %.1f MB/s to the right, %.1f MB/s to the left%n", right / 1e6, left / 1e6);
        assertThat(machine.run("sluice nic list", LIMIT)).contains(options.slot(0), options.slot(1));
        awaitBusMaster(true);
        machine.run("kill $(cat /run/backend.pid)", LIMIT);
        awaitBusMaster(false);
        awaitFreePages(HUGE_PAGES);
    }

    /** Frames come from both wires all the time, whether somebody answers or not. */
    private void flood() {
        flood(net.left(), RIGHT4, net.right());
        flood(net.right(), LEFT4, net.left());
    }

    private void flood(String from, String address, String to) {
        final String mac = Commands.run("ip", "netns", "exec", to, "cat", "/sys/class/net/" + to + "/address")
                .strip();
        Commands.run("ip", "-n", from, "neigh", "replace", address, "lladdr", mac, "dev", from);
        final List<String> command = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        command.addAll(List.of("ip", "netns", "exec", from, "ping", "-f", "-q", "-s", "1000", address));
        try {
            floods.add(new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectInput(new File("/dev/null"))
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void startGrabber() {
        final String program = MachineProgram.install(machine, PageGrabber.class);
        machine.run("mkfifo /tmp/words && : >/tmp/grabber.log && (sleep 1000000 >/tmp/words </dev/null &)", LIMIT);
        machine.run(program + " </tmp/words >/tmp/grabber.log 2>&1 &", LIMIT);
        awaitInside("grep -q ready /tmp/grabber.log");
    }

    /** Has the program follow {@code word}, and answers what it says. */
    private String grabber(String word) {
        machine.run("lines=$(wc -l </tmp/grabber.log); echo " + word + " >/tmp/words", LIMIT);
        awaitInside("[ $(wc -l </tmp/grabber.log) -gt $lines ]");
        return machine.run("tail -n 1 /tmp/grabber.log", LIMIT).strip();
    }

    private long violations() {
        return CardStatus.counter(scratch, "model0", "dma-violations")
                + CardStatus.counter(scratch, "model1", "dma-violations");
    }

    @Test
    @Order(2)
    void shouldStopTheCardsBeforeTheirMemoryIsAnothers() {
        System.out.println("seed " + SEED + ", kills " + KILLS);
        startGrabber();
        final Random random = new Random(SEED);
        flood();
        for (int kill = 1; kill <= KILLS; kill++) {
            startBackend();
            awaitBusMaster(true);
            assertThat(grabber("grab")).isEqualTo("grabbing");
            LockSupport.parkNanos(random.nextInt(MAX_RUN_MILLIS) * 1_000_000L);
            machine.run("kill -9 $(cat /run/backend.pid)", LIMIT);
            awaitBusMaster(false);
            awaitFreePages(0);
            LockSupport.parkNanos(STRAY.toNanos()); // for what would come astray
            assertThat(grabber("check")).as("kill %d", kill).isEqualTo(HUGE_PAGES + " pages intact");
            System.out.println("kill " + kill + ": all pages intact");
        }
        assertThat(violations()).isZero();
    }

    /** What the test before would see, did nobody hold the switch. */
    @Test
    @Order(3)
    void shouldWarnOfACardThatNobodyStopped() {
        startBackend();
        awaitBusMaster(true);
        grabber("grab");
        // First the keeper, or it would do what it is for; the pattern is not to find itself.
        machine.run(
                "kill -9 $(grep -l 'Keepe[r]Main' /proc/[0-9]*/cmdline | cut -d/ -f3) $(cat /run/backend.pid)", LIMIT);
        awaitFreePages(0);
        assertThat(machine.run("echo " + busMaster(0), LIMIT).strip()).isEqualTo("4");
        assertThat(machine.run("echo " + busMaster(1), LIMIT).strip())
                .as("uio_pci_generic stops its card by itself")
                .isEqualTo("0");
        LockSupport.parkNanos(STRAY.toNanos());
        final String result = grabber("check");
        System.out.println("nobody held the switch: " + result + ", violations " + violations());
        assertThat(result.endsWith("intact") && violations() == 0).isFalse();
        startBackend();
        assertThat(machine.output("backend")).contains(options.slot(0) + " was running, though nobody drives it");
        machine.run("kill $(cat /run/backend.pid)", LIMIT);
        awaitBusMaster(false);
    }

    @Test
    @Order(4)
    void shouldGiveTheCardsBackToTheKernel() {
        floods.forEach(Process::destroy);
        machine.run(
                "echo " + options.slot(1) + " >" + folder(1) + "/driver/unbind && echo >" + folder(1)
                        + "/driver_override && modprobe ixgbe",
                LIMIT);
        machine.run(
                "echo " + options.slot(1) + " >/sys/bus/pci/drivers_probe; readlink " + folder(1) + "/driver", LIMIT);
        for (int card = 0; card < cards.length; card++) {
            final String host = card == 0 ? net.left() : net.right();
            final String address = "10.77.0.1" + card;
            final String name =
                    machine.run("ls " + folder(card) + "/net", LIMIT).strip();
            machine.run("ip addr add " + address + "/24 dev " + name + " && ip link set " + name + " up", LIMIT);
            Namespaces.awaitAnswer(host, address, LIMIT);
            Namespaces.ping(host, address, 3);
            machine.run("ip addr del " + address + "/24 dev " + name, LIMIT);
        }
        assertThat(machine.warnings()).isEmpty();
    }
}
