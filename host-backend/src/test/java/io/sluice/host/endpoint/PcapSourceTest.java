// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PcapSourceTest {
    private static final long MICRO = 0xA1B2C3D4L;
    private static final long NANO = 0xA1B23C4DL;
    private static final byte[] FIRST = TestPackets.frame(60, 1);
    private static final byte[] SECOND = TestPackets.frame(1514, 2);

    @TempDir
    private Path folder;

    private final Slot slot = new Slot();

    private Endpoint open(CaptureBytes capture, Map<String, String> options) {
        return Endpoints.open("pcap", capture.in(folder).toString(), options, true, false);
    }

    private int result(Endpoint endpoint) {
        return endpoint.source().receive(slot.address(), slot.capacity());
    }

    private static CaptureBytes two() {
        return new CaptureBytes(LITTLE_ENDIAN)
                .pcapHeader(MICRO, 1)
                .record(10, 20, 60, FIRST)
                .record(10, 30, 1514, SECOND);
    }

    @ParameterizedTest
    @CsvSource({"LITTLE_ENDIAN,true", "LITTLE_ENDIAN,false", "BIG_ENDIAN,true", "BIG_ENDIAN,false"})
    void shouldReadEitherByteOrderAndPrecision(String orderName, boolean nano) {
        final ByteOrder order = orderName.equals("BIG_ENDIAN") ? BIG_ENDIAN : LITTLE_ENDIAN;
        final var capture = new CaptureBytes(order)
                .pcapHeader(nano ? NANO : MICRO, 1)
                .record(1_700_000_000L, 123_456, 60, FIRST)
                .record(0xFFFF_FFFFL, 999_999, 1514, SECOND);
        final long unit = nano ? 1 : 1000;
        try (Endpoint pcap = open(capture, Map.of())) {
            assertThat(slot.receive(pcap.source())).isEqualTo(FIRST);
            assertThat(pcap.source().timestampNanos()).isEqualTo(1_700_000_000_000_000_000L + 123_456 * unit);
            assertThat(slot.receive(pcap.source())).isEqualTo(SECOND);
            assertThat(pcap.source().timestampNanos()).isEqualTo(0xFFFF_FFFFL * 1_000_000_000L + 999_999 * unit);
            assertThat(result(pcap)).isEqualTo(PacketSource.END);
            assertThat(pcap.failure()).isEmpty();
        }
    }

    @Test
    void shouldCountPacketsThatWereCutAtCapture() {
        final var capture = new CaptureBytes(LITTLE_ENDIAN)
                .pcapHeader(MICRO, 1)
                .record(1, 0, 1514, FIRST)
                .record(2, 0, 60, new byte[0])
                .record(3, 0, 60, FIRST);
        try (Endpoint pcap = open(capture, Map.of())) {
            assertThat(slot.receive(pcap.source())).isEqualTo(FIRST);
            assertThat(slot.receive(pcap.source())).isEqualTo(FIRST);
            assertThat(result(pcap)).isEqualTo(PacketSource.END);
            assertThat(pcap.details()).containsEntry("truncated", 1L).containsEntry("empty", 1L);
        }
    }

    @Test
    void shouldLeaveOffACapturedCheckSequence() {
        final var capture = new CaptureBytes(LITTLE_ENDIAN)
                .pcapHeader(MICRO, 0x2400_0001L)
                .record(1, 0, 60, FIRST)
                .record(1, 0, 1514, FIRST);
        try (Endpoint pcap = open(capture, Map.of())) {
            assertThat(slot.receive(pcap.source())).isEqualTo(Arrays.copyOf(FIRST, 56));
            assertThat(slot.receive(pcap.source())).isEqualTo(FIRST);
        }
    }

    @Test
    void shouldTellAPacketThatDoesNotFitAndGoOn() {
        final var capture = new CaptureBytes(LITTLE_ENDIAN)
                .pcapHeader(MICRO, 1)
                .record(1, 0, 262_144, new byte[262_144])
                .record(1, 0, 60, FIRST);
        try (Endpoint pcap = open(capture, Map.of())) {
            assertThat(result(pcap)).isEqualTo(PacketSource.OVERSIZE);
            assertThat(slot.receive(pcap.source())).isEqualTo(FIRST);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 700, 1513, 1514, 1515, 1522, 1529})
    void shouldReadUpToATruncationAndNameTheByte(int missing) {
        final byte[] whole = two().toByteArray();
        final var capture = new CaptureBytes(LITTLE_ENDIAN).raw(Arrays.copyOf(whole, whole.length - missing));
        final String where = missing <= SECOND.length ? "a packet: " : "a packet's header: ";
        try (Endpoint pcap = open(capture, Map.of())) {
            assertThat(slot.receive(pcap.source())).isEqualTo(FIRST);
            assertThat(result(pcap)).isEqualTo(PacketSource.END);
            assertThat(result(pcap)).isEqualTo(PacketSource.END);
            assertThat(pcap.failure())
                    .hasValueSatisfying(why -> assertThat(why).contains("byte 100: the file ends within " + where));
        }
    }

    @Test
    void shouldStopAtALengthThatCannotBe() {
        final var capture = new CaptureBytes(LITTLE_ENDIAN)
                .pcapHeader(MICRO, 1)
                .record(1, 0, 60, FIRST)
                .u32(1)
                .u32(0)
                .u32(0x7FFF_FFFF)
                .u32(60)
                .raw(FIRST);
        try (Endpoint pcap = open(capture, Map.of())) {
            assertThat(slot.receive(pcap.source())).isEqualTo(FIRST);
            assertThat(result(pcap)).isEqualTo(PacketSource.END);
            assertThat(pcap.failure())
                    .hasValueSatisfying(why -> assertThat(why).contains("byte 100", "2147483647", "262144"));
        }
    }

    @Test
    void shouldSayWhatIsWrongWithAFileAtOnce() {
        shouldRefuse(new byte[0], "empty");
        shouldRefuse("hello, this is text".getBytes(), "ends within its header");
        shouldRefuse("hello, this is text that goes on".getBytes(), "neither a pcap nor a pcapng");
        shouldRefuse(new byte[] {0x1F, (byte) 0x8B, 8, 0, 0, 0}, "gzip");
        shouldRefuse(new CaptureBytes(BIG_ENDIAN).pcapHeader(MICRO, 113).toByteArray(), "link type 113", "Ethernet");
        shouldRefuse(new CaptureBytes(BIG_ENDIAN).pcapHeader(0xA1B2CD34L, 1).toByteArray(), "editcap");
    }

    private void shouldRefuse(byte[] file, String... words) {
        assertThatExceptionOfType(EndpointException.class)
                .isThrownBy(() -> open(new CaptureBytes(BIG_ENDIAN).raw(file), Map.of()))
                .satisfies(e -> assertThat(e.getMessage()).contains("pcap:").contains(words));
    }

    @Test
    void shouldSayThatAFileIsMissing() {
        assertThatExceptionOfType(EndpointException.class)
                .isThrownBy(() -> Endpoints.open("pcap", folder + "/none.pcap", Map.of(), true, false))
                .withMessageContaining("there is no file");
        assertThatExceptionOfType(EndpointException.class)
                .isThrownBy(() -> Endpoints.open("pcap", folder.toString(), Map.of(), true, false))
                .withMessageContaining("not a regular file");
    }

    @Test
    void shouldReadAsOftenAsAsked() {
        try (Endpoint pcap = open(two(), Map.of("loop", "3"))) {
            for (int pass = 0; pass < 3; pass++) {
                assertThat(slot.receive(pcap.source())).isEqualTo(FIRST);
                assertThat(slot.receive(pcap.source())).isEqualTo(SECOND);
                assertThat(pcap.source().timestampNanos()).isEqualTo(10_000_030_000L);
            }
            assertThat(result(pcap)).isEqualTo(PacketSource.END);
        }
        try (Endpoint pcap = open(two(), Map.of("loop", "forever", "limit", "2001"))) {
            for (int i = 0; i < 2001; i++) {
                assertThat(slot.receive(pcap.source())).isEqualTo(i % 2 == 0 ? FIRST : SECOND);
            }
            assertThat(result(pcap)).isEqualTo(PacketSource.END);
        }
    }

    @Test
    void shouldEndWhereThereIsNothingToRepeat() {
        final var capture = new CaptureBytes(LITTLE_ENDIAN).pcapHeader(MICRO, 1);
        try (Endpoint pcap = open(capture, Map.of("loop", "forever"))) {
            assertThat(result(pcap)).isEqualTo(PacketSource.END);
            assertThat(pcap.failure()).isEmpty();
        }
    }

    @Test
    void shouldKeepTheRecordedGaps() {
        final var capture = new CaptureBytes(LITTLE_ENDIAN)
                .pcapHeader(NANO, 1)
                .record(5, 0, 60, FIRST)
                .record(4, 999_999_999, 60, FIRST)
                .record(5, 150_000_000, 60, FIRST);
        final long before = System.nanoTime();
        try (Endpoint pcap = open(capture, Map.of("pace", "capture"))) {
            assertThat(slot.receive(pcap.source())).isEqualTo(FIRST);
            assertThat(slot.receive(pcap.source()))
                    .as("earlier than the first: at once")
                    .isEqualTo(FIRST);
            int refusals = 0;
            while (result(pcap) == PacketSource.NOTHING) {
                refusals++;
                assertThat(pcap.source().nextDueNanos()).isLessThanOrEqualTo(150_000_000L);
                LockSupport.parkNanos(pcap.source().nextDueNanos());
            }
            assertThat(refusals).isPositive();
            assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(150_000_000L);
            assertThat(result(pcap)).isEqualTo(PacketSource.END);
        }
    }

    @Test
    void shouldReadMoreThanItsBuffer() {
        final var capture = new CaptureBytes(LITTLE_ENDIAN).pcapHeader(NANO, 1);
        for (int i = 0; i < 5000; i++) {
            capture.record(i, i, 100 + i % 1400, TestPackets.frame(100 + i % 1400, i));
        }
        try (Endpoint pcap = open(capture, Map.of("loop", "2"))) {
            for (int i = 0; i < 10_000; i++) {
                final int number = i % 5000;
                assertThat(slot.receive(pcap.source())).isEqualTo(TestPackets.frame(100 + number % 1400, number));
            }
            assertThat(result(pcap)).isEqualTo(PacketSource.END);
        }
    }
}
