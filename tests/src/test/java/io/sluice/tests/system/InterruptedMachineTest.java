// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.LEFT6;
import static io.sluice.tests.system.Namespaces.RIGHT4;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.vm.GuestImage;
import java.io.IOException;
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
 * A guest in a virtual machine with an IOMMU: it has its ring device through vfio-pci, is woken by its interrupts, and
 * sleeps until then. One machine serves all tests.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 480, unit = TimeUnit.SECONDS)
final class InterruptedMachineTest {
    private static final long SEED = 305;
    private static final int PORT = 5305;
    private static final long BYTES = 1 << 20;
    private static final Duration BOOT = Duration.ofSeconds(300);
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final Duration OBSERVED = Duration.ofSeconds(5);
    private static final String INTERRUPTS = ": woken by interrupts)";

    /** A machine that looks for packets after short sleeps takes a fifth of a core, one that is woken a fiftieth. */
    private static final double LIMIT_OF_A_CORE = 0.08;

    private final Scratch scratch = new Scratch();
    private Namespaces net;
    private SluiceProcess backend;
    private GuestMachine guest;

    @BeforeAll
    void boot() throws IOException, InterruptedException {
        Requirements.networkNamespaces();
        Requirements.virtualMachines();
        final GuestImage image = GuestImage.build();
        net = new Namespaces();
        backend = SluiceProcess.backend(scratch, net.leftTap() + " <=> guest:fw <=> " + net.rightTap());
        net.addAddresses();
        final long start = System.nanoTime();
        guest = GuestMachine.startWithInterrupts(scratch, image, "fw", "forward", "--wait", "block")
                .awaitAttached(BOOT);
        System.out.printf("a virtual machine with an IOMMU attached after %.1f s%n", (System.nanoTime() - start) / 1e9);
    }

    @AfterAll
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {backend, guest, net, scratch}) {
            Closing.close(thing);
        }
    }

    @Test
    @Order(1)
    void shouldCarryPacketsOfAGuestThatIsWokenByInterrupts() {
        assertThat(guest.console()).contains(INTERRUPTS);
        Namespaces.awaitAnswer(net.left(), RIGHT4, LIMIT);
        Namespaces.ping(net.right(), LEFT6, 5);
        final double rate = Peers.transfer(net.left(), net.right(), RIGHT4, PORT, BYTES, SEED, LIMIT.toSeconds());
        System.out.printf("TCP through a machine that is woken by interrupts: %.1f MB/s%n", rate / 1e6);
    }

    @Test
    @Order(2)
    void shouldSleepWhileThereIsNothingToDo() {
        final double[] share = {1};
        Await.until(
                "rest of the machine",
                LIMIT,
                () -> {
                    final ProcessorTime before = ProcessorTime.of(guest.processId());
                    final long start = System.nanoTime();
                    Await.until(
                            "the time of observation",
                            OBSERVED.multipliedBy(10),
                            () -> System.nanoTime() - start >= OBSERVED.toNanos());
                    share[0] = (double) ProcessorTime.of(guest.processId())
                                    .since(before)
                                    .nanos()
                            / (System.nanoTime() - start);
                    return share[0] < LIMIT_OF_A_CORE;
                },
                () -> "of a core: " + share[0]);
        System.out.printf("an idle machine that is woken by interrupts: %.1f %% of a core%n", 100 * share[0]);
    }

    /** The kernel takes the device from the dead program, and gives it to the next one. */
    @Test
    @Order(3)
    void shouldHaveInterruptsAgainAfterTheProgramWasKilled() {
        guest.killProgram();
        guest.awaitOutput(INTERRUPTS, 2, BOOT);
        Namespaces.awaitAnswer(net.left(), RIGHT4, LIMIT);
        Namespaces.ping(net.right(), LEFT6, 3);
    }
}
