// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.attach.HostRegion;
import io.sluice.host.chain.BackendConfig;
import io.sluice.host.chain.ChainOptions;
import io.sluice.host.control.Backend;
import io.sluice.shared.posix.DescriptorPassing;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.posix.UnixSocket;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a guest's socket bears, and what it leaves behind. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class AttachSocketTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long HAMMERING_NANOS = 2_000_000_000L;

    private final Scratch scratch = new Scratch();

    @AfterEach
    void clearUp() {
        Closing.close(scratch);
    }

    private Backend backend() throws IOException {
        return new Backend(
                BackendConfig.ofCommandLine(
                        List.of("gen:?rate=20000 => guest:g => null:"), ChainOptions.DEFAULTS.with("slots", "256")),
                RuntimeDirectory.at(scratch.runDirectory()));
    }

    private static HostRegion region(Backend backend) {
        return backend.chains().getFirst().segments().getFirst().region();
    }

    /** The socket that is passed listens, and can be connected to for as long as anybody holds it. */
    @Test
    void shouldKeepNoDescriptorThatAGuestSends() throws IOException {
        final String path = scratch.file("passed.sock").toString();
        try (Backend backend = backend();
                RawGuest guest = new RawGuest(scratch.socket("g"), LieShape.MIDDLE)) {
            final int passed = UnixSocket.listen(path, 1);
            for (int i = 0; i < 100; i++) {
                DescriptorPassing.send(guest.socket(), i, passed);
            }
            Descriptors.close(passed);
            Await.until("the last holder's end", LIMIT, () -> !listens(path));
            Await.until("the region's end", LIMIT, () -> region(backend).retired());
            assertThat(region(backend).retireReason()).isEqualTo(Violation.SOCKET_DATA);
        }
    }

    private static boolean listens(String path) {
        final int connection = UnixSocket.connect(path);
        if (connection >= 0) {
            Descriptors.close(connection);
        }
        return connection != -Errno.ECONNREFUSED;
    }

    @Test
    void shouldBearProgramsThatTryAgainAndAgain() throws Exception {
        try (Backend backend = backend();
                RawGuest guest = new RawGuest(scratch.socket("g"), LieShape.MIDDLE)) {
            final AtomicLong refused = new AtomicLong();
            final long end = System.nanoTime() + HAMMERING_NANOS;
            final List<Thread> programs = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                programs.add(Thread.ofPlatform().start(() -> {
                    while (System.nanoTime() < end) {
                        tryOnce();
                        refused.incrementAndGet();
                    }
                }));
            }
            while (System.nanoTime() < end) {
                guest.behave(10);
            }
            for (Thread program : programs) {
                program.join();
            }
            assertThat(refused.get()).isBetween(20L, 20L * (HAMMERING_NANOS / 100_000_000L));
            assertThat(region(backend).retired()).isFalse();
            final long before = guest.position();
            guest.behave(1_000);
            assertThat(guest.position()).isEqualTo(before + 1_000);
        }
    }

    private void tryOnce() {
        final int connection = UnixSocket.connect(scratch.socket("g").toString());
        try {
            assertThat(DescriptorPassing.receive(connection)).isNull();
        } finally {
            Descriptors.close(connection);
        }
    }
}
