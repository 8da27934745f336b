// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.host.attach.StatusFile;
import io.sluice.host.control.BackendStatus.Life;
import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusFilesTest {
    private static final int HEARTBEAT = 128;
    private static final int PROCESS = 136;
    private static final long LONG_AGO_NANOS = 60_000_000_000L;

    @TempDir
    private Path folder;

    private RuntimeDirectory directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = RuntimeDirectory.at(folder.resolve("run")).create();
    }

    private Path path(String chain) {
        return directory.path().resolve("backend-1-" + chain + StatusFile.SUFFIX);
    }

    /** A file as a backend of {@code process} leaves it that last beat a minute ago. */
    private Path leave(String chain, long process) throws IOException {
        final byte[] bytes;
        try (TestRegion region = new TestRegion(chain, path(chain))) {
            region.region().mirror();
            bytes = Files.readAllBytes(path(chain));
        }
        final ByteBuffer patched = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        patched.putLong(HEARTBEAT, EpochClock.nanos() - LONG_AGO_NANOS);
        patched.putLong(PROCESS, process);
        return Files.write(path(chain), bytes);
    }

    private static long deadProcess() throws IOException, InterruptedException {
        final Process process = new ProcessBuilder("true").start();
        process.waitFor();
        return process.pid();
    }

    @Test
    void shouldGroupChainsByTheirBackend() throws IOException {
        try (TestRegion two = new TestRegion("two", path("two"));
                TestRegion one = new TestRegion("one", path("one"))) {
            two.region().mirror();
            one.region().mirror();

            final List<BackendStatus> backends = StatusFiles.read(directory);

            assertThat(backends).hasSize(1);
            final BackendStatus backend = backends.getFirst();
            assertThat(backend.processId()).isEqualTo(ProcessHandle.current().pid());
            assertThat(backend.life()).isEqualTo(Life.RUNNING);
            assertThat(backend.chains()).extracting(ChainStatus::name).containsExactly("one", "two");
        }
        assertThat(StatusFiles.read(directory)).as("after their end").isEmpty();
    }

    @Test
    void shouldTellTheDeadFromTheSilent() throws IOException, InterruptedException {
        leave("dead", deadProcess());
        leave("silent", ProcessHandle.current().pid());

        assertThat(StatusFiles.read(directory))
                .extracting(BackendStatus::life)
                .containsExactlyInAnyOrder(Life.GONE, Life.SILENT);
        assertThat(StatusFiles.read(directory))
                .allSatisfy(backend -> assertThat(backend.silentNanos()).isGreaterThanOrEqualTo(LONG_AGO_NANOS));
    }

    @Test
    void shouldLeaveAloneWhatAKeeperHoldsForADeadBackend() throws IOException, InterruptedException {
        final Path kept = leave("kept", deadProcess());
        final int keeper = OpenFile.open(kept.toString(), OpenFile.READ_ONLY);
        assertThat(OpenFile.lockExclusive(keeper)).isZero();

        assertThat(StatusFiles.read(directory)).extracting(BackendStatus::life).containsExactly(Life.KEPT);
        StatusFiles.removeAbandoned(directory);
        assertThat(kept).exists();

        Descriptors.close(keeper);
        assertThat(StatusFiles.read(directory)).extracting(BackendStatus::life).containsExactly(Life.GONE);
        StatusFiles.removeAbandoned(directory);
        assertThat(kept).doesNotExist();
    }

    @Test
    void shouldRemoveOnlyWhatTheDeadHaveLeft() throws IOException, InterruptedException {
        final Path dead = leave("dead", deadProcess());
        final Path silent = leave("silent", ProcessHandle.current().pid());
        final Path starting = Files.write(path("starting"), new byte[1 << 16]);
        final Path empty = Files.createFile(path("empty"));

        StatusFiles.removeAbandoned(directory);

        assertThat(dead).doesNotExist();
        assertThat(List.of(silent, starting, empty))
                .allSatisfy(file -> assertThat(file).exists());
    }

    @Test
    void shouldLeaveOutFilesThatAreNotComplete() throws IOException {
        Files.createFile(path("empty"));
        Files.write(path("starting"), new byte[1 << 16]);

        assertThat(StatusFiles.read(directory)).isEmpty();
    }

    @Test
    void shouldFindNobodyWhereThereIsNoDirectory() throws IOException {
        assertThat(StatusFiles.read(RuntimeDirectory.at(folder.resolve("nowhere"))))
                .isEmpty();
    }

    @Test
    void shouldRefuseADirectoryThatOthersMayWrite() throws IOException {
        Files.setPosixFilePermissions(directory.path(), PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() -> StatusFiles.read(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("chmod 700");
    }
}
