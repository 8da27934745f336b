// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCaptureTest {
    @TempDir
    private Path folder;

    private final Slot slot = new Slot();

    private Path capture() throws IOException {
        final Path file = folder.resolve("capture.pcap");
        try (InputStream resource = DemoCaptureTest.class.getResourceAsStream("/io/sluice/host/demo/capture.pcap")) {
            Files.copy(resource, file);
        }
        return file;
    }

    @Test
    void shouldHoldWhatADemoNeeds() throws IOException {
        final Set<Integer> etherTypes = new TreeSet<>();
        try (Endpoint pcap = Endpoints.open("pcap", capture().toString(), Map.of(), true, false)) {
            int packets = 0;
            for (byte[] frame = slot.receive(pcap.source()); frame != null; frame = slot.receive(pcap.source())) {
                packets++;
                assertThat(frame.length).isBetween(14, 1518);
                etherTypes.add(TestPackets.uint16(frame, 12));
            }
            assertThat(packets).isBetween(300, 1000);
            assertThat(etherTypes).containsExactly(0x0800, 0x0806, 0x8100, 0x86DD);
            assertThat(pcap.details()).containsEntry("truncated", 0L);
            assertThat(pcap.failure()).isEmpty();
        }
    }

    @Test
    void shouldSurviveACopyToTheByte() throws IOException {
        final Path file = capture();
        final Path copy = folder.resolve("copy.pcap");
        try (Endpoint from = Endpoints.open("pcap", file.toString(), Map.of(), true, false);
                Endpoint to = Endpoints.open("pcap", copy.toString(), Map.of("precision", "micro"), false, true)) {
            for (byte[] frame = slot.receive(from.source()); frame != null; frame = slot.receive(from.source())) {
                assertThat(slot.transmit(to.sink(), frame, from.source().timestampNanos()))
                        .isEqualTo(PacketSink.Result.SENT);
            }
        }
        final byte[] original = Files.readAllBytes(file);
        final byte[] written = Files.readAllBytes(copy);
        assertThat(Arrays.copyOfRange(written, PcapReader.HEADER_BYTES, written.length))
                .isEqualTo(Arrays.copyOfRange(original, PcapReader.HEADER_BYTES, original.length));
    }
}
