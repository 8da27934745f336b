// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.endpoint.Endpoint;
import io.sluice.host.endpoint.Endpoints;
import io.sluice.host.endpoint.TestPackets;
import io.sluice.host.ixgbe.model.packet.Rig.TransmitSide;
import io.sluice.shared.memory.Memory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checksums and segments that the card makes, against a plain reading of them and against tcpdump. */
final class OffloadTest {
    private static final long FRAME = TYPE_DATA | COMMAND_EXTENDED | COMMAND_CHECK_SEQUENCE;
    private static final int FLAGS = 13;

    private final Rig rig = new Rig();
    private final TransmitSide queue = rig.transmit(0, 1024);

    private static byte[] packet(boolean ipv6, int protocol, int payload) {
        return ipv6
                ? Frames.ip("2001:db8::1", 1234, "2001:db8::2", 9999, protocol, payload)
                : Frames.ip("192.0.2.1", 1234, "192.0.2.2", 9999, protocol, payload);
    }

    /** A context for {@code frame}, in context {@code index}. */
    private void context(byte[] frame, int segmentBytes, int tag, int index) {
        final int network = TestPackets.network(frame);
        final int ipBytes = TestPackets.transport(frame) - network;
        final boolean tcp = TestPackets.protocol(frame) == Frames.TCP;
        final long first = ipBytes | network << 9 | (long) tag << 16;
        final long type = TYPE_CONTEXT | COMMAND_EXTENDED | (TestPackets.ipv6(frame) ? 0 : CONTEXT_IPV4);
        final long second = type | (long) (tcp ? L4_TCP : L4_UDP) << CONTEXT_L4_SHIFT;
        queue.put(first, second | (long) index << CONTEXT_SHIFT | (tcp ? 20L : 8L) << 40 | (long) segmentBytes << 48);
    }

    /** Sends a packet in pieces of at most {@code pieceBytes}. */
    private void send(byte[] packet, int pieceBytes, long word1) {
        for (int at = 0; at < packet.length; at += pieceBytes) {
            final int end = Math.min(packet.length, at + pieceBytes);
            queue.put(Arrays.copyOfRange(packet, at, end), word1 | (end == packet.length ? COMMAND_END : 0));
        }
        queue.bell();
        rig.work();
    }

    private static long inserts(byte[] frame) {
        return INSERT_L4 | (TestPackets.ipv6(frame) ? 0 : INSERT_IP);
    }

    @ParameterizedTest
    @CsvSource({"false,6,0", "false,6,1001", "false,17,1", "true,6,333", "true,17,1200"})
    void shouldInsertChecksums(boolean ipv6, int protocol, int payload) {
        final byte[] frame = Frames.seed(packet(ipv6, protocol, payload), true);
        context(frame, 0, 0, 1);
        final long length = (long) frame.length << PAYLOAD_SHIFT;
        send(frame, 100, FRAME | inserts(frame) | length | 1L << CONTEXT_SHIFT);
        assertThat(rig.wire.fromCard).hasSize(1);
        assertThat(TestPackets.checksumsRight(rig.wire.fromCard.getFirst())).isTrue();
        assertThat(Arrays.copyOf(rig.wire.fromCard.getFirst(), frame.length))
                .isEqualTo(Frames.complete(packet(ipv6, protocol, payload)));
        assertThat(done(Offload.CHECKSUMS_INSERTED)).isEqualTo(1);
        assertThat(done(Offload.PACKETS_CUT)).isZero();
    }

    private long done(Offload offload) {
        return rig.engine.offloads().of(offload);
    }

    @Test
    void shouldInsertTheOneChecksumOfALegacyDescriptor() {
        final byte[] frame = Frames.seed(packet(true, Frames.TCP, 200), true);
        send(
                frame,
                2000,
                COMMAND_CHECK_SEQUENCE | COMMAND_LEGACY_CHECKSUM | 54L << 40 | Frames.checksumField(frame) << 16);
        assertThat(TestPackets.checksumsRight(rig.wire.fromCard.getFirst())).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "false,6,0,1448",
        "true,6,0,1400",
        "false,6,291,536",
        "true,6,5,1000",
        "false,17,0,1000",
        "true,17,7,512"
    })
    void shouldCutAPacketIntoFrames(boolean ipv6, int protocol, int tag, int segmentBytes) {
        final int payloadBytes = 40_003;
        final byte[] packet = Frames.seed(packet(ipv6, protocol, payloadBytes), false);
        final int transport = Frames.transport(packet);
        final boolean tcp = protocol == Frames.TCP;
        final int headerBytes = transport + (tcp ? 20 : 8);
        if (tcp) {
            packet[transport + FLAGS] = (byte) 0x99; // CWR, ACK, PSH, FIN
        }
        context(packet, segmentBytes, tag, 0);
        final long command = FRAME | COMMAND_SEGMENT | inserts(packet) | (tag == 0 ? 0 : COMMAND_TAG);
        send(packet, 4096, command | (long) payloadBytes << PAYLOAD_SHIFT);
        final List<byte[]> frames = rig.wire.fromCard;
        assertThat(frames).hasSize((payloadBytes + segmentBytes - 1) / segmentBytes);
        final var payload = new ByteArrayOutputStream();
        for (int i = 0; i < frames.size(); i++) {
            final byte[] frame = frames.get(i);
            final int at = TestPackets.transport(frame);
            assertThat(at).isEqualTo(transport + (tag == 0 ? 0 : 4));
            assertThat(TestPackets.checksumsRight(frame)).isTrue();
            if (tag != 0) {
                assertThat(TestPackets.int32(frame, 12)).isEqualTo(0x8100_0000 | tag);
            }
            if (!ipv6) {
                assertThat(TestPackets.uint16(frame, TestPackets.network(frame) + 4))
                        .isEqualTo(0x1234 + i);
            }
            if (tcp) {
                assertThat(TestPackets.int32(frame, at + 4)).isEqualTo(0xFFFF_FF00 + i * segmentBytes);
                final boolean last = i == frames.size() - 1;
                assertThat(frame[at + FLAGS] & 0x19).isEqualTo(last ? 0x19 : 0x10);
            }
            payload.write(frame, at + (tcp ? 20 : 8), TestPackets.end(frame) - at - (tcp ? 20 : 8));
        }
        assertThat(payload.toByteArray()).isEqualTo(Arrays.copyOfRange(packet, headerBytes, packet.length));
        assertThat(rig.engine.misuses().met()).isEmpty();
        assertThat(done(Offload.PACKETS_CUT)).isEqualTo(1);
        assertThat(done(Offload.FRAMES_CUT)).isEqualTo(frames.size());
        assertThat(done(Offload.CHECKSUMS_INSERTED)).isEqualTo(frames.size());
        assertThat(done(Offload.TAGS_INSERTED)).isEqualTo(tag == 0 ? 0 : frames.size());
    }

    @Test
    void shouldGoOnCuttingWhereAFullWireHasStoppedIt() {
        final byte[] packet = Frames.seed(packet(false, Frames.TCP, 10_000), false);
        context(packet, 1000, 0, 0);
        rig.wire.room = 3;
        send(packet, 20_000, FRAME | COMMAND_SEGMENT | COMMAND_REPORT | inserts(packet) | 10_000L << PAYLOAD_SHIFT);
        assertThat(rig.wire.fromCard).hasSize(3);
        assertThat(queue.done(1)).isFalse();
        rig.wire.room = Integer.MAX_VALUE;
        rig.work();
        assertThat(rig.wire.fromCard).hasSize(10);
        assertThat(queue.done(1)).isTrue();
        assertThat(done(Offload.PACKETS_CUT)).isEqualTo(1);
        assertThat(done(Offload.FRAMES_CUT)).isEqualTo(10);
        for (int i = 0; i < 10; i++) {
            assertThat(TestPackets.uint16(rig.wire.fromCard.get(i), 18)).isEqualTo(0x1234 + i);
        }
    }

    @Test
    void shouldRefuseOffsetsOutsideTheFrame() {
        final byte[] frame = packet(false, Frames.TCP, 100);
        final long length = (long) frame.length << PAYLOAD_SHIFT;
        queue.put(0x1FF | 0x7F << 9, TYPE_CONTEXT | COMMAND_EXTENDED | (long) L4_TCP << CONTEXT_L4_SHIFT);
        send(frame, 2000, FRAME | INSERT_L4 | length);
        send(frame, 2000, FRAME | INSERT_IP | length);
        send(frame, 2000, FRAME | COMMAND_SEGMENT | length);
        send(frame, 2000, COMMAND_CHECK_SEQUENCE | COMMAND_LEGACY_CHECKSUM | 255L << 40 | 255 << 16);
        assertThat(rig.wire.fromCard).isEmpty();
        assertThat(rig.engine.misuses().of(Misuse.TRANSMIT_OFFLOAD)).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void shouldMakeWhatTcpdumpFindsRight(int seed, @TempDir Path folder) throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/tcpdump")), "needs tcpdump");
        System.out.println("seed=" + seed);
        final Random random = new Random(seed);
        int packets = 0;
        for (int i = 0; i < 60; i++) {
            final boolean ipv6 = random.nextBoolean();
            final int protocol = random.nextBoolean() ? Frames.TCP : Frames.UDP;
            final boolean cuts = random.nextBoolean();
            final int payload = 1 + random.nextInt(cuts ? 9000 : 1400);
            final int segment = 200 + random.nextInt(1200);
            final byte[] packet = Frames.seed(packet(ipv6, protocol, payload), !cuts);
            final int tag = random.nextInt(4) == 0 ? 1 + random.nextInt(4000) : 0;
            context(packet, cuts ? segment : 0, tag, i & 1);
            final long size = cuts ? payload : packet.length;
            send(
                    packet,
                    250 + random.nextInt(4000), // 40 descriptors at most
                    FRAME
                            | (cuts ? COMMAND_SEGMENT : 0)
                            | (tag == 0 ? 0 : COMMAND_TAG)
                            | inserts(packet)
                            | (long) (i & 1) << CONTEXT_SHIFT
                            | size << PAYLOAD_SHIFT);
            packets += cuts ? (payload + segment - 1) / segment : 1;
        }
        assertThat(rig.wire.fromCard).hasSize(packets);
        final Path file = folder.resolve("sent.pcap");
        try (Arena arena = Arena.ofConfined();
                Endpoint pcap = Endpoints.open("pcap", file.toString(), Map.of(), false, true)) {
            final long buffer = arena.allocate(PacketBuffer.MAX_FRAME_BYTES).address();
            for (byte[] frame : rig.wire.fromCard) {
                Memory.copyFromArray(frame, 0, buffer, frame.length);
                pcap.sink().transmit(buffer, frame.length, 1);
            }
        }
        final Process tcpdump = new ProcessBuilder("/usr/bin/tcpdump", "-r", file.toString(), "-n", "-vv")
                .redirectErrorStream(true)
                .start();
        final String text = new String(tcpdump.getInputStream().readAllBytes());
        assertThat(tcpdump.waitFor()).as(text).isZero();
        assertThat(text.split("\\[udp sum ok\\]|cksum 0x[0-9a-f]+ \\(correct\\)", -1))
                .hasSize(packets + 1);
        assertThat(text)
                .doesNotContain("incorrect")
                .doesNotContain("bad cksum")
                .doesNotContain("bad udp cksum")
                .doesNotContain("truncated");
    }
}
