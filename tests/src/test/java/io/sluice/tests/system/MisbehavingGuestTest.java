// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.guest.port.GuestPort;
import io.sluice.host.chain.BackendConfig;
import io.sluice.host.chain.ChainOptions;
import io.sluice.host.control.Backend;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.DescriptorPassing;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.posix.UnixSocket;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.Ring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A guest that breaks the ring's rules takes its own region down, by name, and nothing else. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class MisbehavingGuestTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int STAGE = 1;

    private final Scratch scratch = new Scratch();

    @AfterEach
    void clearUp() {
        Closing.close(scratch);
    }

    /** A program that speaks the attachment's protocol and then does as it likes. */
    private static final class RawGuest implements AutoCloseable {
        private final int socket;
        private final SharedRegion region;

        RawGuest(Path path) throws IOException {
            socket = UnixSocket.connect(path.toString());
            assertThat(socket).isNotNegative();
            DescriptorPassing.Message message;
            do {
                message = DescriptorPassing.receive(socket);
            } while (message.descriptor() < 0);
            region = SharedRegion.attach(
                    message.descriptor(), Files.size(Path.of("/proc/self/fd/" + message.descriptor())));
            // The eventfds behind the memory are of no use here.
            DescriptorPassing.Message bell;
            do {
                bell = DescriptorPassing.receive(socket);
                Descriptors.close(bell.descriptor());
            } while (bell.number() == 0);
        }

        Ring ring() {
            return Directory.shared(region.address(), region.lengthBytes()).ring(0);
        }

        void position(long position) {
            Memory.longRelease(ring().lineAddress(STAGE) + RegionDescriptor.LINE_POSITION_OFFSET, position);
        }

        void leave() {
            UnixSocket.shutdown(socket);
        }

        @Override
        public void close() {
            Descriptors.close(socket);
            region.close();
        }
    }

    @Test
    void shouldRetireTheRegionOfAGuestThatRunsAhead() throws IOException {
        shouldRetire("position-beyond", Long.MAX_VALUE / 2);
    }

    @Test
    void shouldRetireTheRegionOfAGuestThatGoesBack() throws IOException {
        shouldRetire("position-backwards", 0);
    }

    private void shouldRetire(String reason, long position) throws IOException {
        final List<String> chains = List.of("gen:?rate=50000 => guest:bad => null:", "gen:?rate=5000 => null:");
        try (Backend backend = new Backend(
                        BackendConfig.ofCommandLine(chains, ChainOptions.DEFAULTS),
                        RuntimeDirectory.at(scratch.runDirectory()));
                ChainStatus other = ChainStatus.open(scratch, "chain2");
                RawGuest guest = new RawGuest(scratch.socket("bad"))) {
            final Ring ring = guest.ring();
            Await.until("packets", LIMIT, () -> ring.positionAcquire(0) > 10);
            guest.position(10);
            Await.until("the host to take them", LIMIT, () -> ring.positionAcquire(2) == 10);
            guest.position(position);

            Await.until(
                    "the end of the region",
                    LIMIT,
                    () -> backend.chains().getFirst().ended());
            assertThat(backend.chains().getFirst().failure()).hasMessageContaining(reason);
            assertThat(backend.finished()).isFalse();
            final long before = other.packets("null:");
            Await.until("packets of the other chain", LIMIT, () -> other.packets("null:") > before + 1_000);
            guest.leave();
            assertThatThrownBy(() ->
                            GuestPort.open("ptnet:" + scratch.socket("bad")).close())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("has ended; start its backend");
        }
        assertThat(scratch.leftovers()).isEmpty();
    }
}
