// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hundred million packets from one process to another, each looked at: order, length, time and 64 bytes of content. */
class HundredMillionTest {
    private static final long PACKETS = 100_000_000;
    private static final Duration ENDING = Duration.ofSeconds(20);
    private static final long DEADLINE_NANOS = Duration.ofSeconds(240).toNanos();

    @TempDir
    private Path folder;

    @Test
    void shouldCarryAHundredMillionPacketsToAnotherProcess() throws Exception {
        try (RingHost host = new RingHost(folder, 0, 1)) {
            final NumberedSender sender = new NumberedSender(host.stage(0), PACKETS, 0);
            host.start(sender, sender.stage());
            try (OtherProgram guest = OtherProgram.startJava(
                    folder, NumberedReceiver.class, host.socket().toString(), Long.toString(PACKETS))) {
                final long deadline = System.nanoTime() + DEADLINE_NANOS;
                host.awaitPosition(1, 1, guest, deadline);
                final long start = System.nanoTime();
                host.awaitPosition(1, PACKETS, guest, deadline);
                final long nanos = System.nanoTime() - start;
                assertThat(guest.end(ENDING)).as(guest.output()).isZero();
                assertThat(guest.output().strip()).isEqualTo("received=" + PACKETS + " mismatches=0 first=-1");
                assertThat(host.failure()).isNull();
                assertThat(host.region().retired()).isFalse();
                NumberedPackets.checkCounters(host.ring().counters(1), PACKETS);
                System.out.printf(
                        "%,d packets between two processes: %.1f ns each, %.1f million a second, %d kicks%n",
                        PACKETS,
                        (double) nanos / PACKETS,
                        PACKETS * 1e3 / nanos,
                        sender.stage().kicks());
            }
        }
    }
}
