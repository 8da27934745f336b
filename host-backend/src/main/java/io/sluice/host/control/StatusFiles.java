// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.control;

import io.sluice.host.attach.BackendProcess;
import io.sluice.host.attach.StatusFile;
import io.sluice.host.control.BackendStatus.Life;
import io.sluice.host.control.ChainStatus.Segment;
import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.ring.RegionFormatException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Finds the backends of a runtime directory by the status files that they keep there, living and dead ones. */
public final class StatusFiles {
    private static final System.Logger LOG = System.getLogger(StatusFiles.class.getName());

    /** A backend beats ten times a second. */
    private static final long SILENT_NANOS = 2_000_000_000L;

    /** By name, and the segments of a chain in their order. */
    private static final Comparator<ChainStatus> BY_CHAIN = Comparator.comparing(
                    (ChainStatus chain) -> chain.segment().map(Segment::chain).orElse(chain.name()))
            .thenComparing(chain -> chain.segment().map(Segment::number).orElse(0));

    private StatusFiles() {}

    /**
     * Every backend that has files in {@code directory}, by process id; none where there is no such directory.
     *
     * @throws IOException where the directory is not its user's alone or cannot be read
     */
    public static List<BackendStatus> read(RuntimeDirectory directory) throws IOException {
        final Map<Long, List<BackendStatus>> byProcess = new TreeMap<>();
        for (Path path : files(directory)) {
            readFile(path)
                    .ifPresent(status -> byProcess
                            .computeIfAbsent(status.processId(), process -> new ArrayList<>())
                            .add(status));
        }
        return byProcess.values().stream().map(StatusFiles::merged).toList();
    }

    /** Deletes the files in {@code directory} whose backends have died. */
    static void removeAbandoned(RuntimeDirectory directory) throws IOException {
        for (Path path : files(directory)) {
            if (isAbandoned(path)) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static boolean isAbandoned(Path path) {
        try (StatusFile file = StatusFile.open(path)) {
            return file.processId() != 0 && life(file) == Life.GONE;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "{0} is left alone: {1}", path, e.getMessage());
            return false;
        }
    }

    private static List<Path> files(RuntimeDirectory directory) throws IOException {
        if (!Files.exists(directory.path())) {
            return List.of();
        }
        directory.check();
        final List<Path> paths = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory.path(), "*" + StatusFile.SUFFIX)) {
            entries.forEach(paths::add);
        }
        return paths;
    }

    /** What one file says; nothing where it has just gone or is not complete yet. */
    private static Optional<BackendStatus> readFile(Path path) {
        try (StatusFile file = StatusFile.open(path)) {
            final ChainStatus chain = StatusReader.read(file);
            return Optional.of(new BackendStatus(
                    file.processId(),
                    life(file),
                    file.startedNanos(),
                    EpochClock.nanos() - file.heartbeatNanos(),
                    List.of(chain)));
        } catch (IOException | RegionFormatException e) {
            LOG.log(System.Logger.Level.DEBUG, "{0} is left out: {1}", path, e.getMessage());
            return Optional.empty();
        }
    }

    private static BackendStatus merged(List<BackendStatus> parts) {
        final List<ChainStatus> chains = parts.stream()
                .flatMap(part -> part.chains().stream())
                .sorted(BY_CHAIN)
                .toList();
        final BackendStatus liveliest = parts.stream()
                .min(Comparator.comparing(BackendStatus::life).thenComparing(BackendStatus::silentNanos))
                .orElseThrow();
        return new BackendStatus(
                liveliest.processId(), liveliest.life(), liveliest.startedNanos(), liveliest.silentNanos(), chains);
    }

    private static Life life(StatusFile file) {
        if (EpochClock.nanos() - file.heartbeatNanos() < SILENT_NANOS) {
            return Life.RUNNING;
        }
        if (BackendProcess.lives(file)) {
            return Life.SILENT;
        }
        return StatusFile.held(file.path()) ? Life.KEPT : Life.GONE;
    }
}
