// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.tests.system.Namespaces.RIGHT4;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.attach.GuestState;
import io.sluice.host.attach.LossPolicy;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** TCP between two Linux network stacks while a guest on its way is killed, stopped, continued and started again. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class LostGuestTransferTest {
    private static final long SEED = 301;
    private static final int PORT = 5301;
    private static final int ROUNDS = Boolean.getBoolean("sluice.long") ? 40 : 4;
    private static final long SOME = 4 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration QUIET = Duration.ofMillis(400);

    private final Scratch scratch = new Scratch();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private Namespaces net;
    private SluiceProcess backend;
    private SluiceProcess lost;
    private SluiceProcess other;
    private ChainStatus status;
    private LongTransfer transfer;

    @BeforeEach
    void requireNamespaces() {
        Requirements.networkNamespaces();
        System.out.println("seed=" + SEED);
    }

    @AfterEach
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {transfer, status, lost, other, backend, net, scratch}) {
            Closing.close(thing);
        }
    }

    private void begin(LossPolicy policy) {
        net = new Namespaces();
        backend = SluiceProcess.start(
                        scratch,
                        "run",
                        "--suspect",
                        "200ms",
                        "--lost",
                        "600ms",
                        net.leftTap() + " <=> guest:a?on-loss=" + policy.word() + " <=> guest:b <=> " + net.rightTap())
                .awaitOutput("running; ", Await.START);
        net.addAddresses();
        lost = SluiceProcess.startGuest(scratch, "a", "forward");
        other = SluiceProcess.startGuest(scratch, "b", "forward");
        lost.awaitAttached();
        other.awaitAttached();
        status = ChainStatus.open(scratch, "chain1");
        transfer = new LongTransfer(net.left(), net.right(), RIGHT4, PORT, SEED);
    }

    private void some() {
        transfer.awaitProgress(random.nextLong(SOME / 4, SOME), LIMIT);
    }

    private void end() {
        some();
        final long bytes = transfer.finish(LIMIT);
        assertThat(status.life("b").grants()).isPositive();
        assertThat(other.alive()).isTrue();
        System.out.printf(
                "%d MiB by TCP; guest a was given its place %d times%n",
                bytes >> 20, status.life("a").grants());
        backend.stop();
        assertThat(lost.awaitExit(LIMIT)).as(lost::output).isZero();
        assertThat(scratch.leftovers()).isEmpty();
    }

    @Test
    void shouldCompleteATransferPastAGuestThatIsLostUnderBypass() {
        begin(LossPolicy.BYPASS);
        for (int round = 0; round < ROUNDS; round++) {
            some();
            if (round % 2 == 0) {
                lost.suspend();
                status.awaitStandIn("a", GuestState.LOST, LIMIT);
                assertThat(status.attached("a")).isTrue();
                some();
                assertThat(status.life("a").state()).isEqualTo(GuestState.LOST);
                lost.resume();
                status.await("a", GuestState.PRESENT, LIMIT);
                lost.awaitOutput("has its place again", LIMIT);
            } else {
                lost.kill();
                status.awaitStandIn("a", GuestState.ABSENT, LIMIT);
                some();
                lost = SluiceProcess.guest(scratch, "a", "forward");
                status.await("a", GuestState.PRESENT, LIMIT);
            }
            assertThat(status.life("a").stoodIn()).isFalse();
        }
        end();
    }

    @Test
    void shouldStallUnderHoldAndGoOnWhenTheGuestIsBack() {
        begin(LossPolicy.HOLD);
        for (int round = 0; round < ROUNDS; round++) {
            some();
            if (round % 2 == 0) {
                lost.suspend();
                status.await("a", GuestState.LOST, LIMIT);
                transfer.awaitStall(QUIET, LIMIT);
                assertThat(status.life("a").stoodIn()).isFalse();
                lost.resume();
                status.await("a", GuestState.PRESENT, LIMIT);
                assertThat(lost.output()).as("its place was kept").doesNotContain("has its place again");
            } else {
                lost.kill();
                status.await("a", GuestState.ABSENT, LIMIT);
                transfer.awaitStall(QUIET, LIMIT);
                lost = SluiceProcess.guest(scratch, "a", "forward");
                status.await("a", GuestState.PRESENT, LIMIT);
            }
        }
        end();
    }
}
