// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.guest.port.GuestPort;
import io.sluice.host.chain.BackendConfig;
import io.sluice.host.chain.ChainOptions;
import io.sluice.host.control.Backend;
import io.sluice.shared.agent.AgentRunner;
import io.sluice.shared.pacing.WaitMode;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A hundred starts and stops leave no process, socket, file, thread, mapping or interface behind. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class StartAndStopTest {
    private static final int TIMES = 100;
    private static final int WARM_UP = 3;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Kept here, for loggers are forgotten when nobody holds them. */
    private static final Logger LOGGER = Logger.getLogger("io.sluice");

    private final Scratch scratch = new Scratch();

    @BeforeAll
    static void sayNothingOfEachGuest() {
        LOGGER.setLevel(Level.WARNING);
    }

    @AfterAll
    static void sayAllAgain() {
        LOGGER.setLevel(null);
    }

    @AfterEach
    void clearUp() {
        Closing.close(scratch);
    }

    @Test
    void shouldLeaveNothingBehindAfterAHundredBackends() throws IOException {
        for (int i = 0; i < WARM_UP; i++) {
            runOnce("gen:?count=100 => guest:g => null:");
        }
        final Belongings before = Belongings.now();
        for (int i = 0; i < TIMES; i++) {
            runOnce("gen:?count=100 => guest:g => null:");
        }
        awaitNoMoreThan(before);
        assertThat(scratch.leftovers()).isEmpty();
    }

    /** A backend with one guest, both in this process, until the last packet has passed. */
    private void runOnce(String chain) throws IOException {
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Backend backend = backend(chain);
                GuestPort port = GuestPort.open("ptnet:" + scratch.socket("g"));
                AgentRunner runner = port.start(
                        (packet, direction) -> {}, WaitMode.ADAPTIVE, AgentRunner.ANY_PROCESSOR, failure::set)) {
            Await.until("the last packet", LIMIT, backend::finished);
            assertThat(runner.alive()).isTrue();
        }
        assertThat(failure.get()).isNull();
    }

    private Backend backend(String chain) throws IOException {
        return new Backend(
                BackendConfig.ofCommandLine(List.of(chain), ChainOptions.DEFAULTS),
                RuntimeDirectory.at(scratch.runDirectory()));
    }

    @Test
    void shouldLeaveNothingBehindAfterAHundredGuests() throws IOException {
        runOnce("gen:?count=100 => guest:g => null:");
        final Belongings outside = Belongings.now();
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Backend backend = backend("gen:?rate=20000 => guest:g => null:?check=true");
                ChainStatus status = ChainStatus.open(scratch, "chain1")) {
            Belongings before = Belongings.now();
            for (int i = 0; i < TIMES + WARM_UP; i++) {
                if (i == WARM_UP) {
                    before = Belongings.now();
                }
                final long passed = status.packets("null:");
                try (GuestPort port = GuestPort.open("ptnet:" + scratch.socket("g"));
                        AgentRunner _ = port.start(
                                (packet, direction) -> {},
                                WaitMode.ADAPTIVE,
                                AgentRunner.ANY_PROCESSOR,
                                failure::set)) {
                    Await.until("packets", LIMIT, () -> status.packets("null:") > passed + 10);
                }
                Await.until("the guest's departure", LIMIT, () -> !status.attached("g"));
            }
            assertThat(failure.get()).isNull();
            awaitNoMoreThan(before);
            assertThat(backend.failure()).isNull();
        }
        awaitNoMoreThan(outside);
        assertThat(scratch.leftovers()).isEmpty();
    }

    private static void awaitNoMoreThan(Belongings before) {
        // An eventfd that a thread may be about to write to is closed two seconds later.
        Await.until(
                "what was there before: " + before,
                Duration.ofSeconds(10),
                () -> Belongings.now().within(before),
                () -> Belongings.now() + "\n" + Belongings.details());
    }

    @Test
    void shouldLeaveNoInterfaceBehind() throws IOException {
        Requirements.networkNamespaces();
        try (Namespaces net = new Namespaces()) {
            for (int i = 0; i < 10; i++) {
                try (SluiceProcess backend =
                                SluiceProcess.backend(scratch, net.leftTap() + " <=> guest:g <=> " + net.rightTap());
                        GuestPort port = GuestPort.open("ptnet:" + scratch.socket("g"))) {
                    assertThat(net.links()).contains(net.left(), net.right());
                    assertThat(port.live()).isTrue();
                    backend.stop();
                    Await.until("the backend's end at the guest", LIMIT, () -> !port.live());
                    assertThat(port.retired()).isTrue();
                }
                assertThat(net.links()).isEmpty();
                assertThat(scratch.processes()).isEmpty();
                assertThat(scratch.leftovers()).isEmpty();
            }
        }
    }
}
