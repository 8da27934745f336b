// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A folder of one test's own, gone when it is closed: files, logs, and a runtime directory for backends.
 *
 * <p>It lies in /tmp because the path of a unix socket has 107 bytes at most, a stage's label 47.
 */
final class Scratch implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Path root;

    Scratch() {
        try {
            root = Files.createDirectory(
                    Path.of("/tmp", "slt-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet()));
            Files.createDirectory(root.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SLUICE_RUN of this test's processes. */
    Path runDirectory() {
        return root.resolve("run");
    }

    Path socket(String guest) {
        return runDirectory().resolve(guest + ".sock");
    }

    Path file(String name) {
        return root.resolve(name);
    }

    Path newLog(String name) {
        try {
            return Files.createTempFile(root.resolve("log"), name, ".log");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What backends have left in the runtime directory: nothing, once all have ended. */
    List<String> leftovers() {
        if (!Files.exists(runDirectory())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(runDirectory())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Processes that still have this test's runtime directory in their environment, as what it starts inherits. */
    List<Long> processes() {
        final String entry = "SLUICE_RUN=" + runDirectory() + "\0";
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> environment(pid).contains(entry))
                .toList();
    }

    private static String environment(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "environ"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // another user's, or ended meanwhile
        }
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList().reversed()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
