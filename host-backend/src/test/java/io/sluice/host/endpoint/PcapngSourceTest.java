// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.OpenFile;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PcapngSourceTest {
    private static final byte[] NO_OPTIONS = {};
    private static final byte[] FIRST = TestPackets.frame(61, 1);
    private static final byte[] SECOND = TestPackets.frame(1514, 2);
    private static final long SECONDS = 1_700_000_000L;

    @TempDir
    private Path folder;

    private final Slot slot = new Slot();

    private Endpoint open(CaptureBytes capture) {
        return Endpoints.open("pcap", capture.in(folder).toString(), Map.of(), true, false);
    }

    private void shouldDeliver(Endpoint pcap, byte[] frame, long timestampNanos) {
        assertThat(slot.receive(pcap.source())).isEqualTo(frame);
        assertThat(pcap.source().timestampNanos()).isEqualTo(timestampNanos);
    }

    private void shouldEnd(Endpoint pcap) {
        assertThat(pcap.source().receive(slot.address(), slot.capacity())).isEqualTo(PacketSource.END);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReadSeveralInterfacesWithTheirOwnTimestamps(boolean bigEndian) {
        final ByteOrder order = bigEndian ? BIG_ENDIAN : LITTLE_ENDIAN;
        final byte[] nano = new CaptureBytes(order)
                .option(2, "eth1".getBytes())
                .option(9, (byte) 9)
                .option(0)
                .toByteArray();
        final byte[] binary = new CaptureBytes(order)
                .option(9, (byte) (0x80 | 20))
                .option(14, new CaptureBytes(order).u64(-100).toByteArray())
                .toByteArray();
        final var capture = new CaptureBytes(order)
                .section()
                .link(1, 65535, NO_OPTIONS)
                .block(0x0000_0BAD, new byte[20])
                .link(1, 0, nano)
                .link(1, 0, binary)
                .enhanced(0, SECONDS * 1_000_000 + 7, FIRST.length, FIRST, NO_OPTIONS)
                .enhanced(1, SECONDS * 1_000_000_000 + 7, SECOND.length, SECOND, nano)
                .enhanced(2, SECONDS << 20 | 1 << 19, FIRST.length, FIRST, NO_OPTIONS)
                .block(5, new byte[8]);
        try (Endpoint pcap = open(capture)) {
            shouldDeliver(pcap, FIRST, SECONDS * 1_000_000_000 + 7000);
            shouldDeliver(pcap, SECOND, SECONDS * 1_000_000_000 + 7);
            shouldDeliver(pcap, FIRST, (SECONDS - 100) * 1_000_000_000 + 500_000_000);
            shouldEnd(pcap);
            assertThat(pcap.failure()).isEmpty();
        }
    }

    @Test
    void shouldReadSimpleAndOldPackets() {
        final var capture = new CaptureBytes(LITTLE_ENDIAN)
                .section()
                .link(1, 61, NO_OPTIONS)
                .simple(61, FIRST)
                .simple(1514, FIRST)
                .block(
                        2,
                        new CaptureBytes(LITTLE_ENDIAN)
                                .u16(0)
                                .u16(3)
                                .u32(0)
                                .u32(5)
                                .u32(61)
                                .u32(61)
                                .padded(FIRST)
                                .toByteArray());
        try (Endpoint pcap = open(capture)) {
            shouldDeliver(pcap, FIRST, 0);
            shouldDeliver(pcap, FIRST, 0);
            shouldDeliver(pcap, FIRST, 5000);
            shouldEnd(pcap);
            assertThat(pcap.details()).containsEntry("truncated", 1L);
        }
    }

    @Test
    void shouldTakeEachSectionInItsByteOrder() {
        final var capture = new CaptureBytes(LITTLE_ENDIAN)
                .section()
                .link(1, 0, NO_OPTIONS)
                .link(1, 0, NO_OPTIONS)
                .enhanced(1, 1, FIRST.length, FIRST, NO_OPTIONS)
                .order(BIG_ENDIAN)
                .section()
                .link(1, 0, NO_OPTIONS)
                .enhanced(0, 2, SECOND.length, SECOND, NO_OPTIONS)
                .enhanced(1, 3, FIRST.length, FIRST, NO_OPTIONS);
        try (Endpoint pcap = open(capture)) {
            shouldDeliver(pcap, FIRST, 1000);
            shouldDeliver(pcap, SECOND, 2000);
            shouldEnd(pcap);
            assertThat(pcap.failure())
                    .hasValueSatisfying(why -> assertThat(why).contains("interface 1, where 1 are described"));
        }
    }

    @Test
    void shouldPassOverABlockLargerThanItsBuffer() {
        final var capture = new CaptureBytes(LITTLE_ENDIAN)
                .section()
                .block(10, new byte[3 * CaptureInput.CAPACITY_BYTES])
                .link(1, 0, NO_OPTIONS)
                .enhanced(0, 1, FIRST.length, FIRST, NO_OPTIONS);
        try (Endpoint pcap = open(capture)) {
            shouldDeliver(pcap, FIRST, 1000);
            shouldEnd(pcap);
        }
    }

    @Test
    void shouldNameTheInterfaceThatIsNotEthernet() {
        final var capture = new CaptureBytes(LITTLE_ENDIAN)
                .section()
                .link(1, 0, NO_OPTIONS)
                .link(113, 0, NO_OPTIONS)
                .enhanced(1, 1, FIRST.length, FIRST, NO_OPTIONS);
        assertThatExceptionOfType(EndpointException.class)
                .isThrownBy(() -> open(capture))
                .withMessageContaining("interface 1 has link type 113")
                .withMessageContaining("byte 68");
    }

    @Test
    void shouldReadUpToADefectAndNameTheByte() {
        final var good = new CaptureBytes(LITTLE_ENDIAN)
                .section()
                .link(1, 0, NO_OPTIONS)
                .enhanced(0, 1, FIRST.length, FIRST, NO_OPTIONS);
        final int at = good.size();
        final byte[] start = good.toByteArray();
        defect(start, block -> block.u32(6).u32(31).raw(new byte[60]), "byte " + at + ": damaged: a block of 31 bytes");
        defect(start, block -> block.u32(6).u32(0xFFFF_FFFCL).raw(new byte[60]), "byte " + at + ": damaged: a block");
        defect(start, block -> block.u32(6).u32(16).raw(new byte[60]), "byte " + at + ": damaged: a packet in a block");
        defect(start, block -> block.u32(6).u32(64).raw(new byte[20]), "byte " + at + ": the file ends within");
        defect(start, block -> block.block(9, new byte[40]).u32(1), "byte " + (at + 52) + ": the file ends within");
        defect(start, block -> block.u32(9).u32(16).u32(0).u32(20), "gives its length as 16 and at its end as 20");
        defect(
                start,
                block -> block.block(
                        6,
                        new CaptureBytes(LITTLE_ENDIAN)
                                .u32(0)
                                .u64(0)
                                .u32(0xFFFF_FFF0L)
                                .u32(60)
                                .toByteArray()),
                "byte " + at + ": damaged: a packet of 4294967280 bytes");
        defect(
                start,
                block -> block.link(
                        1,
                        0,
                        new CaptureBytes(LITTLE_ENDIAN).u16(2).u16(400).u32(0).toByteArray()),
                "an option that leaves its block");
    }

    private void defect(byte[] start, UnaryOperator<CaptureBytes> more, String words) {
        try (Endpoint pcap = open(more.apply(new CaptureBytes(LITTLE_ENDIAN).raw(start)))) {
            shouldDeliver(pcap, FIRST, 1000);
            shouldEnd(pcap);
            assertThat(pcap.failure()).hasValueSatisfying(why -> assertThat(why).contains(words));
        }
    }

    @Test
    void shouldSurviveAnyDamage() throws IOException {
        final long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        final var random = new Random(seed);
        final byte[] whole = new CaptureBytes(BIG_ENDIAN)
                .section()
                .link(
                        1,
                        0,
                        new CaptureBytes(BIG_ENDIAN)
                                .option(9, (byte) 9)
                                .option(0)
                                .toByteArray())
                .enhanced(0, 1, FIRST.length, FIRST, NO_OPTIONS)
                .simple(FIRST.length, FIRST)
                .section()
                .link(1, 0, NO_OPTIONS)
                .enhanced(0, 1, FIRST.length, FIRST, NO_OPTIONS)
                .toByteArray();
        final Path file = new CaptureBytes(BIG_ENDIAN).raw(whole).in(folder);
        for (int i = 0; i < 500; i++) {
            final byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            for (int changes = random.nextInt(4); changes > 0 && damaged.length > 0; changes--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            shouldEndSomehow(file, damaged);
        }
    }

    private static void shouldEndSomehow(Path file, byte[] content) throws IOException {
        Files.write(file, content);
        final int descriptor = OpenFile.open(file.toString(), OpenFile.READ_ONLY);
        try {
            final CaptureReader reader = CaptureReader.of(new CaptureInput(descriptor));
            int packets = 0;
            while (reader.next()) {
                assertThat(reader.lengthBytes()).isBetween(0, CaptureReader.MAX_PACKET_BYTES);
                assertThat(++packets).isLessThan(10);
            }
        } catch (CaptureException e) {
            assertThat(e.getMessage()).startsWith("byte ");
        } finally {
            Descriptors.close(descriptor);
        }
    }
}
