// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.memory.Memory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import jnr.posix.CmsgHdr;
import jnr.posix.MsgHdr;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorPassingTest {
    @TempDir
    private Path temporary;

    private int sender;
    private int receiver;

    @BeforeEach
    void connect() {
        final String path = temporary.resolve("socket").toString();
        final int listener = PosixException.check(UnixSocket.listen(path, 1), "listen");
        sender = PosixException.check(UnixSocket.connect(path), "connect");
        receiver = PosixException.check(UnixSocket.accept(listener), "accept");
        Descriptors.nonBlocking(receiver, false);
        Descriptors.close(listener);
        DescriptorPassing.warmUp();
    }

    @AfterEach
    void close() {
        Descriptors.close(sender);
        Descriptors.close(receiver);
    }

    private static long openDescriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    @Test
    void shouldPassMemoryUnderPressureFromTheCollector() throws Exception {
        final Thread collector = Thread.ofPlatform().daemon().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                System.gc();
            }
        });
        try {
            for (int round = 0; round < 300; round++) {
                final int memory = PosixException.check(SharedMemory.memfd("passed", false), "memfd_create");
                PosixException.check(SharedMemory.truncate(memory, 4096), "ftruncate");
                final long here = SharedMemory.map(memory, 0, 4096);
                Memory.longAt(here + 8, round);
                assertThat(DescriptorPassing.send(sender, 1000 + round, memory)).isZero();
                final DescriptorPassing.Message message = DescriptorPassing.receive(receiver);
                assertThat(message.number()).isEqualTo(1000 + round);
                assertThat(message.descriptor()).isGreaterThanOrEqualTo(0).isNotEqualTo(memory);
                final long there = SharedMemory.map(message.descriptor(), 0, 4096);
                assertThat(Memory.longAt(there + 8)).isEqualTo(round);
                SharedMemory.unmap(here, 4096);
                SharedMemory.unmap(there, 4096);
                Descriptors.close(memory);
                Descriptors.close(message.descriptor());
            }
        } finally {
            collector.interrupt();
            collector.join();
        }
    }

    @Test
    void shouldPassNumbersAlone() {
        assertThat(DescriptorPassing.send(sender, -1, -1)).isZero();
        assertThat(DescriptorPassing.send(sender, Long.MIN_VALUE, -1)).isZero();
        assertThat(DescriptorPassing.receive(receiver)).isEqualTo(new DescriptorPassing.Message(-1, -1));
        assertThat(DescriptorPassing.receive(receiver)).isEqualTo(new DescriptorPassing.Message(Long.MIN_VALUE, -1));
    }

    @Test
    void shouldTellWhenThePeerHasClosed() {
        Descriptors.close(sender);
        assertThat(DescriptorPassing.receive(receiver)).isNull();
        assertThat(DescriptorPassing.send(receiver, 1, -1)).isEqualTo(-Errno.EPIPE);
        sender = PosixException.check(EventFd.create(), "eventfd");
    }

    @Test
    void shouldSayWhatIsNoSocket() {
        final int memory = PosixException.check(SharedMemory.memfd("no-socket", false), "memfd_create");
        assertThat(DescriptorPassing.send(memory, 1, -1)).isNegative();
        assertThatThrownBy(() -> DescriptorPassing.receive(memory))
                .isInstanceOf(PosixException.class)
                .hasMessageContaining("recvmsg");
        Descriptors.close(memory);
    }

    @Test
    void shouldSayThatNothingIsThereYet() {
        Descriptors.nonBlocking(receiver, true);
        assertThatThrownBy(() -> DescriptorPassing.receive(receiver))
                .isInstanceOfSatisfying(
                        PosixException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EAGAIN));
    }

    @Test
    void shouldRefuseATornMessage() {
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Descriptors.write(sender, arena.allocate(3).address(), 3))
                    .isEqualTo(3);
        }
        assertThatThrownBy(() -> DescriptorPassing.receive(receiver))
                .isInstanceOf(PosixException.class)
                .hasMessageContaining("bytes=3");
    }

    @Test
    void shouldRefuseAndCloseASecondDescriptor() throws IOException {
        final int memory = PosixException.check(SharedMemory.memfd("two", false), "memfd_create");
        final long before = openDescriptors();
        for (int descriptors = 2; descriptors <= 4; descriptors++) {
            sendMany(memory, descriptors);
            assertThatThrownBy(() -> DescriptorPassing.receive(receiver))
                    .isInstanceOf(PosixException.class)
                    .hasMessageContaining("at most one descriptor");
        }
        assertThat(openDescriptors()).isEqualTo(before);
        Descriptors.close(memory);
    }

    private void sendMany(int descriptor, int count) {
        final POSIX posix = POSIXFactory.getNativePOSIX();
        final MsgHdr message = posix.allocateMsgHdr();
        final ByteBuffer data = ByteBuffer.allocateDirect(8);
        message.setIov(new ByteBuffer[] {data});
        final ByteBuffer rights = ByteBuffer.allocateDirect(4 * count).order(ByteOrder.nativeOrder());
        for (int i = 0; i < count; i++) {
            rights.putInt(4 * i, descriptor);
        }
        final CmsgHdr control = message.allocateControl(4 * count);
        control.setLevel(1);
        control.setType(1);
        control.setData(rights);
        assertThat(posix.sendmsg(sender, message, 0)).isEqualTo(8);
    }
}
