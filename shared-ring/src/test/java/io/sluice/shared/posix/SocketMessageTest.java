// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SocketMessageTest {
    @TempDir
    Path folder;

    private final SocketMessage sender = new SocketMessage(4);
    private final SocketMessage receiver = new SocketMessage(2);
    private final Arena arena = Arena.ofConfined();
    private final long bytes = arena.allocate(64, 8).address();
    private int near;
    private int far;

    @BeforeEach
    void connect() {
        final String path = folder.resolve("s").toString();
        final int listener = PosixException.check(UnixSocket.listen(path, 1), "listen");
        near = PosixException.check(UnixSocket.connect(path), "connect");
        far = PosixException.check(UnixSocket.accept(listener), "accept");
        Descriptors.close(listener);
    }

    @AfterEach
    void disconnect() {
        Descriptors.close(near);
        Descriptors.close(far);
        arena.close();
    }

    @Test
    void shouldPassDescriptorsWithTheFirstByte() {
        final int bell = EventFd.create();
        Memory.longAt(bytes, 0x0102_0304_0506_0708L);
        assertThat(sender.send(near, bytes, 8, bell, bell)).isEqualTo(8);

        assertThat(receiver.receive(far, bytes + 8, 3)).isEqualTo(3);
        assertThat(receiver.descriptors()).isEqualTo(2);
        EventFd.signal(receiver.descriptor(1));
        assertThat(EventFd.drain(bell)).isEqualTo(1);
        Descriptors.close(receiver.descriptor(0));
        Descriptors.close(receiver.descriptor(1));
        assertThat(receiver.receive(far, bytes + 11, 64 - 11)).isEqualTo(5);
        assertThat(receiver.descriptors()).isZero();
        assertThat(Memory.longAt(bytes + 8)).isEqualTo(0x0102_0304_0506_0708L);
        Descriptors.close(bell);
    }

    @Test
    void shouldNotWait() {
        assertThat(receiver.receive(far, bytes, 8)).isEqualTo(-Errno.EAGAIN);
        long sent = 0;
        while (sent >= 0) {
            sent = sender.send(near, bytes, 64);
        }
        assertThat(sent).isEqualTo(-Errno.EAGAIN);
    }

    @Test
    void shouldKeepNoneOfTooManyDescriptors() {
        final int bell = EventFd.create();
        assertThat(sender.send(near, bytes, 8, bell, bell, bell)).isEqualTo(8);
        assertThat(receiver.receive(far, bytes, 8)).isEqualTo(-Errno.EMSGSIZE);
        assertThat(receiver.descriptors()).isZero();
        assertThat(sender.send(near, bytes, 8, bell, bell, bell, bell, bell)).isEqualTo(-Errno.EINVAL);
        assertThatThrownBy(() -> new SocketMessage(3)).hasMessageContaining("odd");
        Descriptors.close(bell);
    }

    @Test
    void shouldTellThatThePeerHasGone() {
        UnixSocket.shutdown(near);
        assertThat(receiver.receive(far, bytes, 8)).isZero();
        assertThat(sender.send(far, bytes, 8)).isEqualTo(-Errno.EPIPE);
    }

    @Test
    void shouldTellThePageOfAFile() {
        final int memory = PosixException.check(SharedMemory.memfd("pages", false), "memfd_create");
        PosixException.check(SharedMemory.truncate(memory, 3 * 4096), "ftruncate");
        assertThat(SharedMemory.pageBytes(memory)).isEqualTo(4096);
        final long first = SharedMemory.mapPart(memory, 0, 3 * 4096);
        final long last = SharedMemory.mapPart(memory, 2 * 4096, 4096);
        Memory.longAt(last, 7);
        assertThat(Memory.longAt(first + 2 * 4096)).isEqualTo(7);
        SharedMemory.unmap(first, 3 * 4096);
        SharedMemory.unmap(last, 4096);
        Descriptors.close(memory);
        assertThat(SharedMemory.pageBytes(-1)).isEqualTo(-Errno.EBADF);
        final int huge = SharedMemory.memfd("huge", true);
        if (huge >= 0) {
            assertThat(SharedMemory.pageBytes(huge)).isEqualTo(2 << 20);
            Descriptors.close(huge);
        }
    }
}
