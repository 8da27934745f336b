// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllocationTest {
    private static final int PACKETS = 1_000_000;

    /** What a call to the kernel once in thousands of packets may allocate until it is compiled: 0.1 byte a packet. */
    private static final long LEEWAY_BYTES = PACKETS / 10;

    private final Slot slot = new Slot();

    @TempDir
    private Path folder;

    private void carry(Endpoint from, Endpoint to, int packets) {
        final PacketSource source = from.source();
        final PacketSink sink = to.sink();
        for (int i = 0; i < packets; i++) {
            final int length = source.receive(slot.address(), slot.capacity());
            if (length <= 0 || sink.transmit(slot.address(), length, i) != PacketSink.Result.SENT) {
                throw new AssertionError("packet " + i + ": " + length);
            }
        }
        sink.flush();
    }

    private void shouldAllocateNothing(Endpoint from, Endpoint to) {
        final var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        carry(from, to, PACKETS / 4);
        threads.getCurrentThreadAllocatedBytes();
        final long before = threads.getCurrentThreadAllocatedBytes();
        carry(from, to, PACKETS);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(LEEWAY_BYTES);
    }

    @Test
    void shouldGenerateAndCheckWithoutAllocating() {
        try (Endpoint gen = Endpoints.open("gen", "", Map.of("flows", "1000", "size", "imix"), true, false);
                Endpoint sink = Endpoints.open("null", "", Map.of("check", "true"), false, true)) {
            shouldAllocateNothing(gen, sink);
            assertThat(sink.details()).containsEntry("in-order", PACKETS + PACKETS / 4L);
        }
    }

    @Test
    void shouldReadAndWriteCapturesWithoutAllocating() throws IOException {
        final String file = folder.resolve("in.pcap").toString();
        try (Endpoint gen = Endpoints.open("gen", "", Map.of(), true, false);
                Endpoint pcap = Endpoints.open("pcap", file, Map.of(), false, true)) {
            carry(gen, pcap, 10_000);
        }
        assertThat(Files.size(Path.of(file))).isEqualTo(24 + 10_000 * 76);
        try (Endpoint in = Endpoints.open("pcap", file, Map.of("loop", "forever"), true, false);
                Endpoint out = Endpoints.open("pcap", "/dev/null", Map.of(), false, true)) {
            shouldAllocateNothing(in, out);
        }
    }

    @Test
    void shouldSendAndReceiveThroughTheKernelWithoutAllocating() {
        Namespace.assumePossible();
        try (var namespace = new Namespace();
                Endpoint tap = Endpoints.open("tap", "t0", Map.of("netns", namespace.name()), true, true);
                Endpoint packet = Endpoints.open("packet", "t0", Map.of("netns", namespace.name()), true, true)) {
            final byte[] frame = TestPackets.frame(60, 1);
            slot.put(frame);
            final var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            final var sinks = new PacketSink[] {tap.sink(), packet.sink()};
            final var sources = new PacketSource[] {packet.source(), tap.source()};
            long before = 0;
            long got = 0;
            for (int i = 0; i < 200_000; i++) {
                if (i == 100_000) {
                    got = 0;
                    threads.getCurrentThreadAllocatedBytes();
                    before = threads.getCurrentThreadAllocatedBytes();
                }
                final int way = i & 1;
                sinks[way].transmit(slot.address(), 60, 0);
                while (sources[way].receive(slot.address(), slot.capacity()) > 0) {
                    got++;
                }
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(got / 10);
            assertThat(got).isGreaterThanOrEqualTo(100_000);
        }
    }
}
