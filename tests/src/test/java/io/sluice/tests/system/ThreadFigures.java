// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@code /proc/<pid>/task} tells of each thread of a process, proc(5). */
final class ThreadFigures {
    private ThreadFigures() {}

    /** What is to be told of one thread. */
    @FunctionalInterface
    interface Reader {
        /** The figure that is in the thread's folder {@code task}. */
        long read(Path task) throws IOException;
    }

    /** A figure for each thread of {@code process} by name; those of one name summed unless {@code numbered}. */
    static Map<String, Long> of(long process, boolean numbered, Reader reader) {
        final Map<String, Long> threads = new TreeMap<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(process), "task"))) {
            for (Path task : tasks.toList()) {
                add(threads, task, numbered, reader);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return threads;
    }

    private static void add(Map<String, Long> threads, Path task, boolean numbered, Reader reader) throws IOException {
        try {
            final String name = Files.readString(task.resolve("comm")).strip();
            threads.merge(numbered ? name + " " + task.getFileName() : name, reader.read(task), Long::sum);
        } catch (NoSuchFileException e) {
            // The thread has ended meanwhile.
        }
    }

    /** By how much each of {@code now} is more than in {@code earlier}. */
    static Map<String, Long> since(Map<String, Long> now, Map<String, Long> earlier) {
        return now.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue() - earlier.getOrDefault(entry.getKey(), 0L)));
    }
}
