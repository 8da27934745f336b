// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.control.BackendStatus.Life;
import io.sluice.host.control.StatusFiles;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guests and backends that are killed, come twice, or are not there. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class LostPeersTest {
    private static final int REFUSED = 3;
    private static final long SEED = 7;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Scratch scratch = new Scratch();

    @AfterEach
    void clearUp() {
        Closing.close(scratch);
    }

    @Test
    void shouldLoseNoPacketWhenAGuestIsKilled() {
        final int packets = 200_000;
        final Path input = Capture.write(scratch.file("in.pcap"), packets, 20_000, SEED);
        final Path output = scratch.file("out.pcap");
        final String end = "pcap:" + output;
        try (SluiceProcess backend = SluiceProcess.backend(
                        scratch, "pcap:" + input + "?pace=capture => guest:a => guest:b => " + end);
                SluiceProcess other = SluiceProcess.guest(scratch, "b", "forward");
                ChainStatus status = ChainStatus.open(scratch, "chain1")) {
            for (int i = 0; i < 3; i++) {
                final long before = status.packets(end);
                try (SluiceProcess guest = SluiceProcess.guest(scratch, "a", "forward")) {
                    Await.until("packets", LIMIT, () -> status.packets(end) > Math.min(before + 1_000, packets - 1));
                    guest.kill();
                }
                Await.until("the guest's departure", LIMIT, () -> !status.attached("a"));
                assertThat(status.attached("b")).isTrue();
            }
            try (SluiceProcess guest = SluiceProcess.guest(scratch, "a", "forward")) {
                assertThat(backend.awaitExit(LIMIT)).as(backend::output).isZero();
                assertThat(guest.awaitExit(LIMIT)).isZero();
                assertThat(other.awaitExit(LIMIT)).isZero();
            }
        }
        assertThat(Capture.records(output)).isEqualTo(Capture.records(input));
        assertThat(scratch.leftovers()).isEmpty();
    }

    @Test
    void shouldTurnASecondGuestOfOneNameAway() {
        try (SluiceProcess _ = SluiceProcess.backend(scratch, "gen:?rate=1000 => guest:g => null:");
                SluiceProcess first = SluiceProcess.guest(scratch, "g", "forward");
                SluiceProcess second = SluiceProcess.startGuest(scratch, "g", "forward");
                ChainStatus status = ChainStatus.open(scratch, "chain1")) {
            assertThat(second.awaitExit(LIMIT)).isEqualTo(REFUSED);
            assertThat(second.output()).contains("attached already", "one process or virtual machine at a time");
            final long before = status.packets("null:");
            Await.until("more packets", LIMIT, () -> status.packets("null:") > before + 100);
            assertThat(first.alive()).isTrue();
        }
    }

    @Test
    void shouldSayWhatToStartWhereThereIsNoBackend() {
        try (SluiceProcess guest = SluiceProcess.startGuest(scratch, "fw", "forward")) {
            assertThat(guest.awaitExit(LIMIT)).isEqualTo(REFUSED);
            assertThat(guest.output()).contains("no such socket", "sluice run '... guest:fw ...'");
        }
    }

    @Test
    void shouldTakeOverFromABackendThatWasKilled() {
        final String chain = "gen:?rate=1000 => guest:g => null:";
        try (SluiceProcess first = SluiceProcess.backend(scratch, "--keep", "none", chain);
                SluiceProcess guest = SluiceProcess.guest(scratch, "g", "forward")) {
            first.kill();
            assertThat(guest.awaitExit(LIMIT)).as(guest::output).isEqualTo(REFUSED);
            assertThat(guest.output()).contains("lost the backend of chain chain1");
        }
        assertThat(scratch.socket("g")).exists();
        try (SluiceProcess late = SluiceProcess.startGuest(scratch, "g", "forward")) {
            assertThat(late.awaitExit(LIMIT)).isEqualTo(REFUSED);
            assertThat(late.output()).contains("its backend has ended");
        }
        Await.until("its death to show in the status", LIMIT, () -> life() == Life.GONE);
        try (SluiceProcess second = SluiceProcess.backend(scratch, chain);
                SluiceProcess guest = SluiceProcess.guest(scratch, "g", "forward")) {
            second.stop();
            assertThat(guest.awaitExit(LIMIT)).isZero();
            assertThat(guest.output()).contains("the backend has ended chain chain1");
        }
        assertThat(scratch.leftovers()).isEmpty();
    }

    private Life life() {
        try {
            return StatusFiles.read(RuntimeDirectory.at(scratch.runDirectory()))
                    .getFirst()
                    .life();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
