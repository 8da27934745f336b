// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeDirectoryTest {
    @TempDir
    private Path temporary;

    @Test
    void shouldChooseByEnvironmentAndUser() {
        Map<String, String> session = Map.of("XDG_RUNTIME_DIR", "/run/user/7");
        assertThat(RuntimeDirectory.of(Map.of("SLUICE_RUN", "/x", "XDG_RUNTIME_DIR", "/y"), 0)
                        .path())
                .isEqualTo(Path.of("/x"));
        assertThat(RuntimeDirectory.of(session, 0).path()).isEqualTo(Path.of("/run/sluice"));
        assertThat(RuntimeDirectory.of(session, 7).path()).isEqualTo(Path.of("/run/user/7/sluice"));
        assertThat(RuntimeDirectory.of(Map.of("SLUICE_RUN", ""), 7).path()).isEqualTo(Path.of("/tmp/sluice-7"));
    }

    @Test
    void shouldCreateForItsUserAlone() throws IOException {
        RuntimeDirectory directory = at(temporary.resolve("run"), myUserId());
        directory.create().create();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path())))
                .isEqualTo("rwx------");
    }

    @Test
    void shouldRefuseADirectoryOfSomebodyElse() throws IOException {
        Path path = Files.createDirectory(temporary.resolve("theirs"));
        assertThatThrownBy(at(path, myUserId() + 1)::create)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("belongs to uid=" + myUserId());
    }

    @Test
    void shouldRefuseADirectoryThatOthersCanWrite() throws IOException {
        Path path = Files.createDirectory(temporary.resolve("open"));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwx---"));
        assertThatThrownBy(at(path, myUserId())::create)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("chmod 700 " + path);
    }

    @Test
    void shouldRefuseASymbolicLink() throws IOException {
        Path target = Files.createDirectory(temporary.resolve("target"));
        Path link = Files.createSymbolicLink(temporary.resolve("link"), target);
        assertThatThrownBy(at(link, myUserId())::create)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a directory");
    }

    @Test
    void shouldNameTheSocketOfAGuest() throws IOException {
        assertThat(at(Path.of("/run/x"), 1).guestSocket("fw-1")).isEqualTo(Path.of("/run/x/fw-1.sock"));
        assertThatThrownBy(() -> at(Path.of("/run/x"), 1).guestSocket("../fw"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name=../fw");
        assertThatThrownBy(() -> at(Path.of("/" + "x".repeat(100)), 1).guestSocket("fw"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 107");
        assertThat(at(Path.of("/" + "x".repeat(98)), 1).guestSocket("fw").toString())
                .hasSize(107);
    }

    private static RuntimeDirectory at(Path path, int userId) {
        return RuntimeDirectory.of(Map.of("SLUICE_RUN", path.toString()), userId);
    }

    private int myUserId() throws IOException {
        return (Integer) Files.getAttribute(temporary, "unix:uid");
    }
}
