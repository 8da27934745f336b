// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import io.sluice.host.attach.BackendProcess;
import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the cards that processes of ours report in a runtime directory, those of living and of dead ones. */
public final class NicFiles {
    /** How the name of a report ends that is being written. */
    static final String UNFINISHED = ".new";

    private static final System.Logger LOG = System.getLogger(NicFiles.class.getName());
    private static final String CONTROL = ".control";

    private static final Pattern NAME = Pattern.compile("nic-.*\\.(\\d{1,18})\\.(json(\\.new)?|control)");
    private static final int MAX_NAME = 64;

    /** Of a socket, whose whole path has room for 107 bytes (unix(7)). */
    private static final int MAX_CONTROL_NAME = 24;

    /** A process reports four times a second. */
    private static final long SILENT_NANOS = 2_000_000_000L;

    private NicFiles() {}

    /**
     * What a directory has.
     *
     * @param nics by name, then by process; none of a process that is gone
     * @param removed what was found of processes that are gone, and has been removed, in words
     */
    public record Found(List<Nic> nics, List<String> removed) {
        public Found {
            nics = List.copyOf(nics);
            removed = List.copyOf(removed);
        }
    }

    static String fileName(String name, long process) {
        return start(name, MAX_NAME, process) + ".json";
    }

    /** The socket where a process takes orders for the card {@code name}. */
    static String controlName(String name, long process) {
        return start(name, MAX_CONTROL_NAME, process) + CONTROL;
    }

    private static String start(String name, int most, long process) {
        final String safe = name.replaceAll("[^A-Za-z0-9_-]", "_");
        return "nic-" + safe.substring(Math.max(0, safe.length() - most)) + '.' + process;
    }

    /**
     * Every card reported in {@code directory}; none where there is no such directory. What a process that is gone has
     * left is removed.
     *
     * @throws IOException where the directory is not its user's alone or cannot be read
     */
    public static Found read(RuntimeDirectory directory) throws IOException {
        final List<Nic> nics = new ArrayList<>();
        final List<String> removed = new ArrayList<>();
        for (Path file : files(directory)) {
            final long process = process(file);
            final Optional<Nic> nic = readFile(file);
            // Of a file that cannot be read its name tells whose it is.
            final long started =
                    nic.flatMap(Nic::holder).map(NicHolder::startedNanos).orElse(EpochClock.nanos());
            if (BackendProcess.lives(process, started)) {
                nic.ifPresent(nics::add);
            } else if (Files.deleteIfExists(file) && nic.isPresent()) {
                removed.add("card " + nic.get().name() + ": process " + process + ", which held it, is gone; its file "
                        + file + " was left behind and is removed");
            }
        }
        nics.sort(Comparator.comparing(Nic::name)
                .thenComparing(nic -> nic.holder().map(NicHolder::process).orElse(0L)));
        return new Found(nics, removed);
    }

    private static long process(Path file) {
        final Matcher name = NAME.matcher(file.getFileName().toString());
        return name.matches() ? Long.parseLong(name.group(1)) : 0;
    }

    private static List<Path> files(RuntimeDirectory directory) throws IOException {
        if (!Files.exists(directory.path())) {
            return List.of();
        }
        directory.check();
        final List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(
                directory.path(),
                file -> NAME.matcher(file.getFileName().toString()).matches())) {
            entries.forEach(files::add);
        }
        return files;
    }

    /** What one file says; nothing where it has just gone or is damaged, which is logged. */
    private static Optional<Nic> readFile(Path file) {
        if (file.toString().endsWith(UNFINISHED) || file.toString().endsWith(CONTROL)) {
            return Optional.empty();
        }
        try {
            final Nic nic = NicJsonReader.read(Files.readAllBytes(file));
            final NicHolder holder = nic.holder().orElseThrow();
            final boolean beats = EpochClock.nanos() - holder.beatNanos() < SILENT_NANOS;
            return Optional.of(Nic.held(nic.card(), holder.in(beats ? NicHolder.Life.RUNNING : NicHolder.Life.SILENT)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} is left out: {1}", file, e.getMessage());
            return Optional.empty();
        }
    }
}
