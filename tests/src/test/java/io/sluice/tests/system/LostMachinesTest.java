// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.RIGHT4;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.attach.GuestState;
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
 * TCP through two virtual machines that are stopped, continued and killed, whole or only the program in them: past one
 * packets go while it is not there, for the other they wait. Both boot once for all tests, and each test leaves them as
 * the next one needs them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 360, unit = TimeUnit.SECONDS)
final class LostMachinesTest {
    private static final long SEED = 303;
    private static final int PORT = 5303;
    private static final long SOME = 128 << 10;
    private static final Duration BOOT = Duration.ofSeconds(300);
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final Duration QUIET = Duration.ofMillis(1_500);

    private final Scratch scratch = new Scratch();
    private Namespaces net;
    private SluiceProcess backend;
    private GuestMachine passed;
    private GuestMachine awaited;
    private SluiceProcess inPlaceOfPassed;
    private SluiceProcess inPlaceOfAwaited;
    private ChainStatus status;
    private LongTransfer transfer;

    @BeforeAll
    void boot() throws IOException, InterruptedException {
        Requirements.networkNamespaces();
        Requirements.virtualMachines();
        final GuestImage image = GuestImage.build();
        final long start = System.nanoTime();
        net = new Namespaces();
        backend = SluiceProcess.start(
                        scratch,
                        "run",
                        "--suspect",
                        "1s",
                        "--lost",
                        "2s",
                        net.leftTap() + " <=> guest:passed?on-loss=bypass <=> guest:awaited <=> " + net.rightTap())
                .awaitOutput("running; ", Await.START);
        net.addAddresses();
        passed = GuestMachine.start(scratch, image, "passed", "forward");
        awaited = GuestMachine.start(scratch, image, "awaited", "forward");
        status = ChainStatus.open(scratch, "chain1");
        passed.awaitAttached(BOOT);
        awaited.awaitAttached(BOOT);
        System.out.printf("two virtual machines attached after %.1f s%n", (System.nanoTime() - start) / 1e9);
        Namespaces.awaitAnswer(net.left(), RIGHT4, BOOT);
        transfer = new LongTransfer(net.left(), net.right(), RIGHT4, PORT, SEED);
    }

    @AfterAll
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {
            transfer, status, inPlaceOfPassed, inPlaceOfAwaited, backend, passed, awaited, net, scratch
        }) {
            Closing.close(thing);
        }
    }

    private void awaitBack(String guest) {
        Await.until(
                guest + " to be back",
                LIMIT,
                () -> status.life(guest).state() == GuestState.PRESENT
                        && !status.life(guest).stoodIn());
    }

    @Test
    @Order(1)
    void shouldPassByAMachineThatIsStoppedUntilItGoesOn() {
        transfer.awaitProgress(SOME, LIMIT);
        passed.suspend();
        status.awaitStandIn("passed", GuestState.LOST, LIMIT);
        transfer.awaitProgress(SOME, LIMIT);
        assertThat(status.attached("passed")).as("QEMU holds its socket").isTrue();
        passed.resume();
        awaitBack("passed");
        passed.awaitOutput("has its place again", LIMIT);
        transfer.awaitProgress(SOME, LIMIT);
    }

    @Test
    @Order(2)
    void shouldWaitForAMachineThatIsStopped() {
        transfer.awaitProgress(SOME, LIMIT);
        awaited.suspend();
        status.await("awaited", GuestState.LOST, LIMIT);
        transfer.awaitStall(QUIET, LIMIT);
        awaited.resume();
        status.await("awaited", GuestState.PRESENT, LIMIT);
        transfer.awaitProgress(SOME, LIMIT);
    }

    /** Only its heartbeat tells: the machine lives, and QEMU holds the socket. */
    @Test
    @Order(3)
    void shouldNoticeProgramsThatDieInsideLivingMachinesAndThatAreStartedAgainThere() {
        final int grantsOfPassed = status.life("passed").grants();
        final int grantsOfAwaited = status.life("awaited").grants();
        passed.killProgram();
        status.awaitStandIn("passed", GuestState.LOST, LIMIT);
        passed.awaitOutput("the guest command was killed by signal 3; starting it again", LIMIT);
        assertThat(status.attached("passed")).isTrue();
        transfer.awaitProgress(SOME, LIMIT);
        awaited.killProgram();
        status.await("awaited", GuestState.LOST, LIMIT);
        transfer.awaitStall(QUIET, LIMIT);
        assertThat(status.life("awaited").stoodIn()).isFalse();
        awaitBack("passed");
        awaitBack("awaited");
        assertThat(status.life("passed").grants()).isGreaterThan(grantsOfPassed);
        assertThat(status.life("awaited").grants()).isGreaterThan(grantsOfAwaited);
        transfer.awaitProgress(SOME, LIMIT);
    }

    @Test
    @Order(4)
    void shouldCompleteTheTransferThoughMachinesAreKilledAndProcessesTakeTheirPlaces() {
        passed.kill();
        status.awaitStandIn("passed", GuestState.ABSENT, LIMIT);
        transfer.awaitProgress(SOME, LIMIT);
        awaited.kill();
        status.await("awaited", GuestState.ABSENT, LIMIT);
        transfer.awaitStall(QUIET, LIMIT);
        inPlaceOfAwaited = SluiceProcess.startGuest(scratch, "awaited", "forward");
        inPlaceOfPassed = SluiceProcess.startGuest(scratch, "passed", "forward");
        awaitBack("awaited");
        awaitBack("passed");
        transfer.awaitProgress(SOME, LIMIT);
        final long bytes = transfer.finish(LIMIT);
        System.out.printf("%d KiB by TCP through lost machines%n", bytes >> 10);
        backend.stop();
        assertThat(scratch.leftovers()).isEmpty();
        assertThat(net.links()).isEmpty();
    }
}
