// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.host.Limits;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.SharedMemory;
import java.lang.foreign.Arena;
import java.util.zip.CRC32;

/** Capture files of any bytes: every packet lies in the file, and a second pass over the file is as the first. */
class CaptureFuzzTest {
    private static final long LIMIT_BYTES = 16 << 20;

    @FuzzTest
    void shouldReadAnyPcapOrSayWhereItIsDamaged(byte[] input) throws Exception {
        Limits.hold(LIMIT_BYTES, () -> read(input));
    }

    @FuzzTest
    void shouldReadAnyPcapngOrSayWhereItIsDamaged(byte[] input) throws Exception {
        Limits.hold(LIMIT_BYTES, () -> read(input));
    }

    private static void read(byte[] input) {
        final int descriptor = PosixException.check(SharedMemory.memfd("capture", false), "memfd_create");
        try (Arena arena = Arena.ofConfined()) {
            final long bytes = arena.allocate(Math.max(1, input.length)).address();
            Memory.copyFromArray(input, 0, bytes, input.length);
            assertThat(Descriptors.write(descriptor, bytes, input.length)).isEqualTo(input.length);
            final CaptureInput file = new CaptureInput(descriptor);
            file.rewind();
            final CaptureReader reader = CaptureReader.of(file);
            final Pass first = pass(reader, input.length);
            reader.rewind();
            assertThat(pass(reader, input.length)).isEqualTo(first);
        } catch (CaptureException damaged) {
            assertThat(damaged.getMessage()).isNotBlank();
        } finally {
            Descriptors.close(descriptor);
        }
    }

    private record Pass(long packets, long content, long times, String damage) {}

    private static Pass pass(CaptureReader reader, int fileBytes) {
        final CRC32 content = new CRC32();
        long packets = 0;
        long times = 0;
        long bytes = 0;
        try {
            while (reader.next()) {
                final byte[] packet = new byte[reader.lengthBytes()];
                Memory.copyToArray(reader.packetAddress(), packet, 0, packet.length);
                content.update(packet);
                times = 31 * times + reader.timestampNanos();
                bytes += packet.length;
                packets++;
                assertThat(bytes).isLessThan(fileBytes);
            }
            return new Pass(packets, content.getValue(), times, "");
        } catch (CaptureException damaged) {
            return new Pass(packets, content.getValue(), times, damaged.getMessage());
        }
    }
}
