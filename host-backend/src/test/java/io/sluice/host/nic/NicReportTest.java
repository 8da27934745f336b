// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NicReportTest {
    private static final long MINUTE = 60_000_000_000L;

    @TempDir
    private Path folder;

    private RuntimeDirectory directory;

    @BeforeEach
    void makeDirectory() {
        directory = RuntimeDirectory.at(folder.resolve("run"));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory.path())) {
            return files.toList();
        }
    }

    private Path leave(String name, long process, long beatNanos) throws IOException {
        return leave(name, process, beatNanos - MINUTE, beatNanos);
    }

    private Path leave(String name, long process, long startedNanos, long beatNanos) throws IOException {
        final StringWriter text = new StringWriter();
        NicJson.writeReport(
                text,
                new NicHolder(process, "run", NicHolder.Life.RUNNING, startedNanos, beatNanos),
                TestCards.model(name, 1));
        return Files.writeString(directory.path().resolve(NicFiles.fileName(name, process)), text.toString());
    }

    private static long deadProcess() throws IOException, InterruptedException {
        final Process process = new ProcessBuilder("true").start();
        process.waitFor();
        return process.pid();
    }

    @Test
    void shouldSayWhatTheCardDoes() throws IOException {
        final NicCard card = TestCards.model("model0", 3);
        try (NicReport report = NicReport.start(directory, "model0", "run", () -> card)) {
            assertThat(report).isNotNull();
            final NicFiles.Found found = NicFiles.read(directory);

            assertThat(found.removed()).isEmpty();
            assertThat(found.nics()).singleElement().satisfies(nic -> {
                assertThat(nic.card()).isEqualTo(card);
                assertThat(nic.holder().orElseThrow().life()).isEqualTo(NicHolder.Life.RUNNING);
                assertThat(nic.holder().orElseThrow().process())
                        .isEqualTo(ProcessHandle.current().pid());
                assertThat(nic.holder().orElseThrow().role()).isEqualTo("run");
            });
            assertThat(files())
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void shouldGoOnSayingIt() throws IOException, InterruptedException {
        final AtomicLong asked = new AtomicLong();
        final CountDownLatch often = new CountDownLatch(4);
        try (NicReport report = NicReport.start(directory, "model0", "run", () -> {
            often.countDown();
            if (asked.incrementAndGet() == 2) {
                throw new IllegalStateException("a card that cannot be asked for a moment");
            }
            return TestCards.model("model0", asked.get());
        })) {
            assertThat(report).isNotNull();
            assertThat(often.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(NicFiles.read(directory).nics())
                    .singleElement()
                    .satisfies(nic ->
                            assertThat(nic.card().traffic().receivedPackets()).isGreaterThan(1_000));
        }
    }

    @Test
    void shouldTellModelsOfOneNameApart() throws IOException {
        directory.create();
        leave("model0", 1, EpochClock.nanos());
        try (NicReport report = NicReport.start(directory, "model0", "serve", () -> TestCards.model("model0", 1))) {
            assertThat(report).isNotNull();
            assertThat(NicFiles.read(directory).nics())
                    .hasSize(2)
                    .extracting(Nic::key)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldKeepANameThatIsAPath() throws IOException {
        final String path = "/run/sluice/" + "x".repeat(90) + ".sock";
        try (NicReport report = NicReport.start(directory, path, "run", () -> TestCards.model(path, 1))) {
            assertThat(report).isNotNull();
            assertThat(NicFiles.read(directory).nics()).extracting(Nic::name).containsExactly(path);
        }
    }

    @Test
    void shouldRemoveWhatADeadProcessLeft() throws IOException, InterruptedException {
        directory.create();
        final long dead = deadProcess();
        final Path left = leave("model0", dead, EpochClock.nanos());
        final Path unfinished = Files.writeString(Path.of(left + NicFiles.UNFINISHED), "{\"format");

        final NicFiles.Found found = NicFiles.read(directory);

        assertThat(found.nics()).isEmpty();
        assertThat(found.removed()).singleElement().asString().contains("model0", "process " + dead, "is removed");
        assertThat(left).doesNotExist();
        assertThat(unfinished).doesNotExist();
    }

    @Test
    void shouldRemoveWhatAProcessLeftWhoseIdIsAnothers() throws IOException {
        directory.create();
        final Path left = leave("model0", ProcessHandle.current().pid(), 100 * MINUTE);

        assertThat(NicFiles.read(directory).nics()).isEmpty();
        assertThat(left).doesNotExist();
    }

    @Test
    void shouldCallAProcessSilentThatStandsStill() throws IOException, InterruptedException {
        directory.create();
        final Process process = new ProcessBuilder("sleep", "60").start();
        try {
            final long started = process.info().startInstant().orElseThrow().getEpochSecond() * 1_000_000_000L;
            leave("model0", process.pid(), started, EpochClock.nanos() - 3_000_000_000L);

            assertThat(NicFiles.read(directory).nics())
                    .singleElement()
                    .satisfies(
                            nic -> assertThat(nic.holder().orElseThrow().life()).isEqualTo(NicHolder.Life.SILENT));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldLeaveOutAFileThatIsDamaged() throws IOException {
        directory.create();
        final Path file = leave("model0", 1, EpochClock.nanos());
        Files.writeString(file, Files.readString(file).substring(0, 100));

        assertThat(NicFiles.read(directory).nics()).isEmpty();
        assertThat(file).exists();
    }

    @Test
    void shouldRefuseADirectoryThatOthersCanWrite() throws IOException {
        directory.create();
        Files.setPosixFilePermissions(directory.path(), PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() -> NicFiles.read(directory)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> NicReport.start(directory, "model0", "run", () -> TestCards.model("model0", 1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("chmod 700");
    }

    @Test
    void shouldFindNothingWhereThereIsNoDirectory() throws IOException {
        assertThat(NicFiles.read(directory).nics()).isEmpty();
    }
}
