// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.posix.PollSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PcapSinkTest {
    private static final long NANOS = 1_700_000_000_123_456_789L;
    private static final byte[] FIRST = TestPackets.frame(60, 1);
    private static final byte[] SECOND = TestPackets.frame(1514, 2);

    @TempDir
    private Path folder;

    private final Slot slot = new Slot();

    private static Endpoint write(Path file, Map<String, String> options) {
        return Endpoints.open("pcap", file.toString(), options, false, true);
    }

    private static Endpoint read(Path file) {
        return Endpoints.open("pcap", file.toString(), Map.of(), true, false);
    }

    @Test
    void shouldWriteNanosecondsToTheByte() throws IOException {
        final Path file = folder.resolve("out.pcap");
        try (Endpoint pcap = write(file, Map.of())) {
            assertThat(slot.transmit(pcap.sink(), FIRST, NANOS)).isEqualTo(PacketSink.Result.SENT);
            assertThat(slot.transmit(pcap.sink(), SECOND, NANOS + 1)).isEqualTo(PacketSink.Result.SENT);
        }
        assertThat(Files.readAllBytes(file))
                .isEqualTo(new CaptureBytes(LITTLE_ENDIAN)
                        .u32(0xA1B23C4DL)
                        .u16(2)
                        .u16(4)
                        .u32(0)
                        .u32(0)
                        .u32(262_144)
                        .u32(1)
                        .record(1_700_000_000, 123_456_789, 60, FIRST)
                        .record(1_700_000_000, 123_456_790, 1514, SECOND)
                        .toByteArray());
    }

    @Test
    void shouldWriteMicrosecondsWhereAsked() throws IOException {
        final Path file = folder.resolve("out.pcap");
        try (Endpoint pcap = write(file, Map.of("precision", "micro"))) {
            slot.transmit(pcap.sink(), FIRST, NANOS);
        }
        try (Endpoint pcap = read(file)) {
            assertThat(slot.receive(pcap.source())).isEqualTo(FIRST);
            assertThat(pcap.source().timestampNanos()).isEqualTo(1_700_000_000_123_456_000L);
        }
        assertThat(Files.readAllBytes(file)).startsWith(0xD4, 0xC3, 0xB2, 0xA1);
    }

    @Test
    void shouldBeReadByTcpdump() throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/tcpdump")), "needs tcpdump");
        final Path file = folder.resolve("out.pcap");
        try (Endpoint gen = Endpoints.open("gen", "", Map.of("count", "1000", "size", "imix"), true, false);
                Endpoint pcap = write(file, Map.of())) {
            for (byte[] frame = slot.receive(gen.source()); frame != null; frame = slot.receive(gen.source())) {
                slot.transmit(pcap.sink(), frame, NANOS);
            }
        }
        final Process tcpdump = new ProcessBuilder(
                        "/usr/bin/tcpdump", "-r", file.toString(), "-n", "-v", "-tt", "--nano")
                .redirectErrorStream(true)
                .start();
        final String text = new String(tcpdump.getInputStream().readAllBytes());
        assertThat(tcpdump.waitFor()).as(text).isZero();
        assertThat(text.lines().filter(line -> line.contains("198.18.0.1.1024 > 198.19.0.1.9: UDP")))
                .hasSize(1000);
        assertThat(text.lines().filter(line -> line.startsWith("1700000000.123456789")))
                .hasSize(1000);
        assertThat(text).doesNotContain("bad ").doesNotContain("truncated");
    }

    @Test
    void shouldKeepAMicrosecondFilesTimestamps() throws IOException {
        final var capture = new CaptureBytes(LITTLE_ENDIAN)
                .pcapHeader(0xA1B2C3D4L, 1)
                .record(1_700_000_000, 999_999, 60, FIRST)
                .record(1_700_000_001, 1, 1514, SECOND);
        final Path file = folder.resolve("out.pcap");
        try (Endpoint from = read(capture.in(folder));
                Endpoint to = write(file, Map.of("precision", "micro"))) {
            for (byte[] frame = slot.receive(from.source()); frame != null; frame = slot.receive(from.source())) {
                slot.transmit(to.sink(), frame, from.source().timestampNanos());
            }
        }
        final byte[] written = Files.readAllBytes(file);
        final byte[] original = capture.toByteArray();
        assertThat(Arrays.copyOfRange(written, 24, written.length))
                .isEqualTo(Arrays.copyOfRange(original, 24, original.length));
    }

    @Test
    void shouldBeReadableWhileItIsWritten() throws IOException {
        final Path file = folder.resolve("out.pcap");
        final Path copy = folder.resolve("copy.pcap");
        try (Endpoint pcap = write(file, Map.of())) {
            assertThat(Files.size(file)).as("the header is there at once").isEqualTo(24);
            slot.transmit(pcap.sink(), FIRST, NANOS);
            pcap.sink().flush();
            assertThat(Files.size(file)).isEqualTo(24 + 16 + 60);
            for (int i = 0; i < 1000; i++) {
                slot.transmit(pcap.sink(), SECOND, NANOS);
            }
            Files.copy(file, copy); // as after a sudden end
            try (Endpoint half = read(copy)) {
                int packets = 0;
                while (slot.receive(half.source()) != null) {
                    packets++;
                }
                assertThat(packets).isBetween(300, 1000);
                assertThat(half.failure()).isEmpty();
            }
        }
    }

    @Test
    void shouldNotOverwriteAFileThatIsBeingRead() throws IOException {
        final Path file = new CaptureBytes(LITTLE_ENDIAN)
                .pcapHeader(0xA1B2C3D4L, 1)
                .record(1, 1, 60, FIRST)
                .in(folder);
        final long size = Files.size(file);
        try (Endpoint reading = read(file)) {
            assertThatExceptionOfType(EndpointException.class)
                    .isThrownBy(() -> write(file, Map.of()))
                    .withMessageContaining("in use by another endpoint");
            assertThat(slot.receive(reading.source())).isEqualTo(FIRST);
        }
        assertThatExceptionOfType(EndpointException.class)
                .isThrownBy(() -> Endpoints.open("pcap", file.toString(), Map.of("write", file.toString()), true, true))
                .withMessageContaining("in use by another endpoint");
        assertThat(Files.size(file)).isEqualTo(size);
    }

    @Test
    void shouldReadOneFileAndWriteAnother() throws IOException {
        final Path file = new CaptureBytes(LITTLE_ENDIAN)
                .pcapHeader(0xA1B2C3D4L, 1)
                .record(1, 1, 60, FIRST)
                .in(folder);
        final Path other = folder.resolve("other.pcap");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Endpoints.open("pcap", file.toString(), Map.of(), true, true))
                .withMessageContaining("write=PATH");
        try (Endpoint both = Endpoints.open("pcap", file.toString(), Map.of("write", other.toString()), true, true)) {
            assertThat(slot.receive(both.source())).isEqualTo(FIRST);
            slot.transmit(both.sink(), SECOND, NANOS);
        }
        try (Endpoint written = read(other)) {
            assertThat(slot.receive(written.source())).isEqualTo(SECOND);
        }
    }

    @Test
    void shouldSayWhatIsWrongWithAPath() {
        assertThatExceptionOfType(EndpointException.class)
                .isThrownBy(() -> write(folder.resolve("none/out.pcap"), Map.of()))
                .withMessageContaining("folder");
    }

    @Test
    void shouldTellAFullDiskOnceAndGoOn() {
        Assumptions.assumeTrue(Files.exists(Path.of("/dev/full")), "needs /dev/full");
        try (Endpoint pcap = write(Path.of("/dev/full"), Map.of())) {
            int errors = 0;
            for (int i = 0; i < 1000; i++) {
                errors += slot.transmit(pcap.sink(), SECOND, NANOS) == PacketSink.Result.ERROR ? 1 : 0;
            }
            assertThat(errors).isBetween(800, 850);
            assertThat(pcap.failure()).hasValueSatisfying(why -> assertThat(why).contains("ENOSPC"));
        }
    }

    @Test
    void shouldWaitForThePipesReader() throws IOException, InterruptedException {
        final Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThatExceptionOfType(EndpointException.class)
                .isThrownBy(() -> write(pipe, Map.of()))
                .withMessageContaining("pipe that nobody reads");
        final int reader = OpenFile.open(pipe.toString(), OpenFile.READ_ONLY | OpenFile.NON_BLOCKING);
        try (Endpoint pcap = write(pipe, Map.of());
                var polls = new PollSet(1)) {
            int sent = 0;
            while (slot.transmit(pcap.sink(), SECOND, NANOS) == PacketSink.Result.SENT) {
                sent++;
            }
            assertThat(slot.transmit(pcap.sink(), SECOND, NANOS)).isEqualTo(PacketSink.Result.BUSY);
            polls.add(pcap.sink().pollDescriptor(), PollSet.WRITABLE);
            assertThat(polls.await(0)).isZero();
            long read = drain(reader);
            assertThat(polls.await(0)).isEqualTo(1);
            assertThat(slot.transmit(pcap.sink(), SECOND, NANOS)).isEqualTo(PacketSink.Result.SENT);
            for (long more = 1; more > 0; read += more) {
                pcap.sink().flush();
                more = drain(reader);
            }
            assertThat(read).isEqualTo(24 + (sent + 1) * (16L + SECOND.length));
            assertThat(pcap.failure()).isEmpty();
        } finally {
            Descriptors.close(reader);
        }
    }

    private long drain(int reader) {
        final var target = new Slot(1 << 16);
        long sum = 0;
        for (long read = 1; read > 0; ) {
            read = Descriptors.read(reader, target.address(), target.capacity());
            sum += Math.max(0, read);
        }
        return sum;
    }
}
