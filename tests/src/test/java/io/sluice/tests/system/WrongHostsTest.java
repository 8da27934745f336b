// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Machines that were made wrong on purpose: {@code sluice doctor} and {@code sluice nic bind} name what is wrong, and what
 * they say helps when it is typed as printed.
 */
@Timeout(value = 900, unit = TimeUnit.SECONDS)
final class WrongHostsTest {
    /** Java starts slowly in a machine without KVM, and slower where others want the processors too. */
    private static final Duration LIMIT = Duration.ofSeconds(180);

    private static final String DOCTOR = "sluice doctor --json";
    private static final String USER = "ann";
    private static final int MEMORY_MEBIBYTES = 768;

    private final Scratch scratch = new Scratch();
    private final SluiceProcess[] cards = new SluiceProcess[2];
    private final Path[] sockets = {scratch.file("card0.sock"), scratch.file("card1.sock")};
    private JudgeMachine machine;

    @BeforeEach
    void serve() {
        Requirements.judges();
        for (int i = 0; i < cards.length; i++) {
            cards[i] = SluiceProcess.card(scratch, "model" + i, sockets[i]);
        }
    }

    @AfterEach
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {machine, cards[0], cards[1], scratch}) {
            Closing.close(thing);
        }
    }

    private MachineOptions options() {
        return MachineOptions.of(sockets)
                .with(MachineOptions.Part.SLUICE)
                .withVirtualIommu()
                .withProcessors(2)
                .withMemory(MEMORY_MEBIBYTES);
    }

    private void start(MachineOptions options) {
        machine = JudgeMachine.start(scratch, options);
        machine.run("modprobe ixgbe", LIMIT);
        machine.forgetLog();
    }

    /** A group that two cards share, no huge pages, a module that is missing, and a user who may lock too little. */
    @Test
    void shouldMendAHostThatIsNotReady() {
        final MachineOptions options = options().withSharedBus();
        final String card = options.slot(0);
        start(options);

        final MachineDoctor first = MachineDoctor.ask(machine, DOCTOR, LIMIT);
        first.finding("IOMMU", "ok");
        first.finding("interrupt remapping", "ok");
        first.finding("module vfio-pci", "ok");
        final MachineDoctor.Finding shared = first.finding("card " + card, "warning");
        assertThat(shared.found()).contains("which can have one owner only", options.slot(1) + " (ixgbe, eth1)");
        assertThat(shared.commands()).containsExactly("sluice nic bind " + card + " --with-group");
        final MachineDoctor.Finding pages = first.finding("huge pages", "warning");
        assertThat(pages.found()).isEqualTo("none");
        pages.commands().forEach(command -> machine.run(command, LIMIT));

        machine.run("mv $(find /lib/modules -name vfio-pci.ko) /tmp", LIMIT);
        assertRefused(shared.commands().getFirst(), "modprobe vfio-pci failed", "apt-get install linux-image-amd64");
        machine.run("mv /tmp/vfio-pci.ko /lib/modules/*/kernel/drivers/vfio/pci", LIMIT);
        assertDriver("ixgbe", card, options.slot(1));

        machine.run(assertRefused("sluice nic bind " + card, "IOMMU group", options.slot(1) + " (ixgbe, eth1)"), LIMIT);
        assertDriver("vfio-pci", card, options.slot(1));

        // What a shell may lock is what its programs may.
        machine.run(
                "ulimit -l unlimited; mkdir -p /etc; echo " + USER + ":x:1000:1000::/tmp:/bin/sh >>/etc/passwd", LIMIT);
        final String little = "ulimit -S -l 8192; ";
        final MachineDoctor second = MachineDoctor.ask(machine, byUser(little + DOCTOR), LIMIT);
        assertThat(second.exitCode()).isEqualTo(3);
        final MachineDoctor.Finding locked = second.finding("locked memory", "missing");
        assertThat(locked.found()).startsWith("up to 8192 KiB");
        final MachineDoctor.Finding closed = second.finding("card " + card, "missing");
        closed.commands().forEach(command -> machine.run(byRoot(command), LIMIT));
        final MachineDoctor third = MachineDoctor.ask(
                machine, byUser(little + String.join("; ", locked.commands()) + "; " + DOCTOR), LIMIT);
        third.finding("locked memory", "ok");
        third.finding("card " + card, "ok");
        third.finding("huge pages", "ok");
        assertThat(third.exitCode()).isZero();

        machine.run("sluice nic unbind " + card + " --with-group", LIMIT);
        assertDriver("ixgbe", card, options.slot(1));
        assertThat(machine.run("ls /sys/class/net /run/sluice", LIMIT))
                .contains("eth0", "eth1")
                .doesNotContain("bound-");
    }

    /** An IOMMU that the kernel does not use, an interface that is in use, and a bind that was killed half-way. */
    @Test
    void shouldMendAHostWithoutIommu() {
        final MachineOptions options = options().withKernelParameters("intel_iommu=off");
        final String card = options.slot(0);
        start(options);
        machine.run(
                "ip address add 10.9.0.2/24 dev eth0; ip link set eth0 up; ip route add default via 10.9.0.1", LIMIT);

        final MachineDoctor first = MachineDoctor.ask(machine, DOCTOR, LIMIT);
        assertThat(first.exitCode()).isEqualTo(3);
        assertThat(first.finding("IOMMU", "missing").found())
                .contains("the firmware describes one", "add 'intel_iommu=on' to the kernel's command line");
        final MachineDoctor.Finding pages = first.finding("huge pages", "missing");
        pages.commands().forEach(command -> machine.run(command, LIMIT));
        assertThat(first.finding("card " + card, "warning").found()).contains("an IOMMU");

        final String unsafe = assertRefused("sluice nic bind " + card, "vfio-pci needs an IOMMU");
        assertThat(unsafe).endsWith("--driver uio_pci_generic");
        final String force = assertRefused(unsafe, "eth0 carries the default route, has the address 10.9.0.2/24");
        assertDriver("ixgbe", card);
        machine.run(force, LIMIT);
        assertDriver("uio_pci_generic", card);

        machine.run("echo " + card + " >/sys/bus/pci/drivers/uio_pci_generic/unbind", LIMIT);
        final MachineDoctor second = MachineDoctor.ask(machine, DOCTOR, LIMIT);
        second.finding("huge pages", "ok");
        final MachineDoctor.Finding left = second.finding("bound " + card, "warning");
        assertThat(left.found()).contains("did not come to its end", "ixgbe had it before, as eth0");
        assertThat(left.commands()).hasSize(1);
        final String back = machine.run(left.commands().getFirst(), LIMIT);
        assertDriver("ixgbe", card);
        machine.run(lastLine(back).split(": ", 2)[1], LIMIT);
        assertThat(machine.run("ip address show dev eth0", LIMIT)).contains("UP", "inet 10.9.0.2/24");
        assertThat(machine.warnings()).isEmpty();
    }

    private static String byUser(String command) {
        return "su " + USER + " -c '" + command + "'";
    }

    /** The machine has no sudo, and its shell is root's. */
    private static String byRoot(String command) {
        assertThat(command).startsWith("sudo ");
        return command.substring("sudo ".length());
    }

    /** Types a command that is refused for {@code reasons}; answers the command that it says to type instead. */
    private String assertRefused(String command, String... reasons) {
        final Commands.Result result = machine.attempt(command, LIMIT);
        assertThat(result.output()).contains(reasons);
        assertThat(result.exitCode()).as(result.output()).isEqualTo(3);
        return result.output().substring(result.output().lastIndexOf(": ") + 2).strip();
    }

    private void assertDriver(String driver, String... slots) {
        for (String slot : List.of(slots)) {
            assertThat(machine.run("readlink /sys/bus/pci/devices/" + slot + "/driver", LIMIT)
                            .strip())
                    .endsWith("/" + driver);
        }
    }

    private static String lastLine(String text) {
        return text.strip().lines().reduce("", (earlier, later) -> later);
    }
}
