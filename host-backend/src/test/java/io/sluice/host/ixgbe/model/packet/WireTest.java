// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.endpoint.Endpoint;
import io.sluice.host.endpoint.Endpoints;
import io.sluice.host.endpoint.PacketSource;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.host.ixgbe.model.packet.Rig.ReceiveSide;
import io.sluice.host.ixgbe.model.packet.Rig.TransmitSide;
import io.sluice.host.ixgbe.register.LinkRegisters;
import io.sluice.host.ixgbe.register.StatisticsRegisters;
import io.sluice.shared.memory.Memory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class WireTest {
    private static final int CAPACITY = PacketBuffer.MAX_FRAME_BYTES;
    private static final long STATION = 0x0200_0000_0002L;
    private static final ModelOptions OPTIONS = ModelOptions.of("rig").with(RegisterAccess.TRAPPED);

    private final Arena arena = Arena.ofShared();
    private final long near = arena.allocate(CAPACITY, 64).address();
    private final long far = arena.allocate(CAPACITY, 64).address();

    @AfterEach
    void free() {
        arena.close();
    }

    /** A sequence number and its length's worth of bytes that follow from it. */
    private static int length(int number) {
        return 60 + (int) (number * 0x9E37_79B9L >>> 16 & 0x3FFF) % 9000;
    }

    @Test
    void shouldCarryFramesInOrderBetweenThreads() throws Exception {
        final var ends = CableWire.pair();
        final int frames = 20_000;
        final var sender = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < frames; i++) {
                Memory.intAt(near, i);
                Memory.intAt(near + length(i) - 4, ~i);
                while (!ends.get(0).transmit(near, length(i))) {
                    Thread.onSpinWait();
                }
            }
        });
        for (int i = 0; i < frames; i++) {
            int length = ends.get(1).receive(far, CAPACITY);
            while (length == PacketSource.NOTHING && !sender.isCompletedExceptionally()) {
                Thread.onSpinWait();
                length = ends.get(1).receive(far, CAPACITY);
            }
            assertThat(length).isEqualTo(length(i));
            assertThat(Memory.intAt(far)).isEqualTo(i);
            assertThat(Memory.intAt(far + length - 4)).isEqualTo(~i);
        }
        sender.get();
        assertThat(ends.get(1).receive(far, CAPACITY)).isEqualTo(PacketSource.NOTHING);
    }

    @Test
    void shouldBeFullAndUnplugged() {
        final var ends = CableWire.pair();
        int sent = 0;
        while (ends.get(0).transmit(near, 1514)) {
            sent++;
        }
        assertThat(sent).isBetween(150, 175);
        assertThat(ends.get(1).receive(far, 100)).isEqualTo(PacketSource.OVERSIZE);
        assertThat(ends.get(0).transmit(near, 1514)).isTrue();
        assertThat(ends.get(1).transmit(near, 60)).as("the other way is empty").isTrue();
        assertThat(ends.get(0).receive(far, CAPACITY)).isEqualTo(60);
        ends.get(0).close();
        assertThat(ends.get(1).carrier()).isFalse();
    }

    @Test
    void shouldJoinTwoModels() {
        final var ends = CableWire.pair();
        final Rig left = new Rig(OPTIONS, ends.get(0)).promiscuous();
        final Rig right = new Rig(OPTIONS, ends.get(1)).promiscuous();
        final TransmitSide transmit = left.transmitWithHead(0, 256);
        final ReceiveSide receive = right.receive(0, 256, true).fill();
        final Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            final byte[] frame = Frames.to(STATION, 60 + random.nextInt(1455));
            transmit.put(frame, COMMAND_END | COMMAND_CHECK_SEQUENCE | COMMAND_REPORT)
                    .bell();
            left.work();
            right.work();
            assertThat(receive.next()).isEqualTo(frame);
        }
        assertThat(transmit.writtenHead()).isEqualTo(200);
    }

    @Test
    void shouldPlayACaptureAndRecordOne(@TempDir Path folder) throws IOException {
        final Path in = folder.resolve("in.pcap");
        final Path out = folder.resolve("out.pcap");
        try (Endpoint gen = Endpoints.open("gen", "", Map.of("count", "50", "size", "imix"), true, false);
                Endpoint pcap = Endpoints.open("pcap", in.toString(), Map.of(), false, true)) {
            for (int length = gen.source().receive(near, CAPACITY);
                    length > 0;
                    length = gen.source().receive(near, CAPACITY)) {
                pcap.sink().transmit(near, length, 1);
            }
            Memory.zero(near, 60);
            pcap.sink().transmit(near, 42, 1);
        }
        final Endpoint pcap = Endpoints.open("pcap", in.toString(), Map.of("write", out.toString()), true, true);
        final Rig rig = new Rig(OPTIONS, new EndpointWire(pcap, true, System::nanoTime)).promiscuous();
        final ReceiveSide receive = rig.receive(0, 128, false).fill();
        final TransmitSide transmit = rig.transmit(0, 128);
        rig.work();
        byte[] last = null;
        int frames = 0;
        for (byte[] frame = receive.next(); frame != null; frame = receive.next()) {
            transmit.put(frame, COMMAND_END | COMMAND_CHECK_SEQUENCE);
            last = frame;
            frames++;
        }
        transmit.bell();
        rig.work();
        rig.model.close();
        assertThat(frames).isEqualTo(51);
        assertThat(last).as("the other end's card pads").hasSize(60);
        // All but times, which are those of the sending, and the frame that was padded.
        assertThat(Files.size(out)).isEqualTo(Files.size(in) + 18);
        try (Endpoint first = Endpoints.open("pcap", in.toString(), Map.of(), true, false);
                Endpoint second = Endpoints.open("pcap", out.toString(), Map.of(), true, false)) {
            for (int i = 0; i < 50; i++) {
                final int length = first.source().receive(near, CAPACITY);
                assertThat(second.source().receive(far, CAPACITY)).isEqualTo(length);
                assertThat(Memory.longAt(far + length - 8)).isEqualTo(Memory.longAt(near + length - 8));
            }
        }
    }

    /** A wire that obeys pause frames turns a flood into what the driver takes: nothing is missed. */
    @Test
    void shouldSlowASenderDownInsteadOfLosing() {
        final long[] now = {0};
        final Endpoint gen = Endpoints.open("gen", "", Map.of("count", "5000", "size", "1518"), true, false);
        final EndpointWire wire = new EndpointWire(gen, false, () -> now[0]);
        final Rig rig = new Rig(OPTIONS, wire).promiscuous();
        rig.write(LinkRegisters.FCCFG, 1 << 3);
        rig.write(LinkRegisters.fcttv(0), 0xFFFF);
        rig.write(LinkRegisters.fcrth(0), 1 << 31 | 32 << 10);
        rig.write(LinkRegisters.fcrtl(0), 1 << 31 | 16 << 10);
        final ReceiveSide receive = rig.receive(0, 16, false).fill();
        int frames = 0;
        for (int turn = 0; turn < 5000 && frames < 5000; turn++) {
            rig.model.doWork();
            while (receive.next() != null) {
                frames++;
            }
        }
        assertThat(frames).isEqualTo(5000);
        assertThat(rig.read(StatisticsRegisters.rxmpc(0))).isZero();
        assertThat(wire.details().get("wire-pauses")).isGreaterThan(10);
    }
}
