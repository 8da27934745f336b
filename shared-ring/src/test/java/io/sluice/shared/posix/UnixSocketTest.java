// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {
    @TempDir
    private Path temporary;

    @Test
    void shouldConnectAndTellWhoConnected() {
        final String path = temporary.resolve("socket").toString();
        final int listener = PosixException.check(UnixSocket.listen(path, 4), "listen");
        assertThat(UnixSocket.accept(listener)).isEqualTo(-Errno.EAGAIN);
        assertThat(UnixSocket.listen(path, 4)).isEqualTo(-Errno.EADDRINUSE);
        final int client = PosixException.check(UnixSocket.connect(path), "connect");
        final int connection = PosixException.check(UnixSocket.accept(listener), "accept");
        assertThat(UnixSocket.peerProcess(connection))
                .isEqualTo((int) ProcessHandle.current().pid());
        Descriptors.close(client);
        Descriptors.close(connection);
        Descriptors.close(listener);
        assertThat(UnixSocket.connect(path)).isEqualTo(-Errno.ECONNREFUSED);
    }

    @Test
    void shouldSayThatNobodyListens() {
        assertThat(UnixSocket.connect(temporary.resolve("none").toString())).isEqualTo(-Errno.ENOENT);
        assertThat(UnixSocket.peerProcess(-1)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void shouldRefuseAPathThatTheKernelWouldCut() throws IOException {
        final long before = openDescriptors();
        for (String path : new String[] {"/" + "x".repeat(107), "/" + "ä".repeat(54)}) {
            assertThatThrownBy(() -> UnixSocket.listen(path, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("limit=107");
            assertThatThrownBy(() -> UnixSocket.connect(path)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(openDescriptors()).as("descriptors left open").isEqualTo(before);
    }

    @Test
    void shouldGiveANameToOneHolderAtATime() {
        final String name = "sluice-test-" + ProcessHandle.current().pid();
        final int first = UnixSocket.claimName(name);
        assertThat(first).isNotNegative();
        assertThat(UnixSocket.claimName(name)).isEqualTo(-Errno.EADDRINUSE);
        final int other = UnixSocket.claimName(name + "0");
        assertThat(other).isNotNegative();
        Descriptors.close(first);
        final int second = UnixSocket.claimName(name);
        assertThat(second).isNotNegative();
        Descriptors.close(second);
        Descriptors.close(other);
    }

    private static long openDescriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }
}
