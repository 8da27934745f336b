// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The processor time that each thread of a process has used, in nanoseconds, by the scheduler's own account: the first
 * number of {@code /proc/<pid>/task/<tid>/schedstat}. The ticks of {@code /proc/<pid>/stat} would miss short turns.
 */
record ProcessorTime(Map<String, Long> nanosByThread) {
    /** What {@code process} has used up to now. */
    static ProcessorTime of(long process) {
        final Map<String, Long> threads = new TreeMap<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(process), "task"))) {
            for (Path task : tasks.toList()) {
                add(threads, task);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ProcessorTime(threads);
    }

    private static void add(Map<String, Long> threads, Path task) throws IOException {
        try {
            final String name = Files.readString(task.resolve("comm")).strip() + " " + task.getFileName();
            final String[] figures = Files.readString(task.resolve("schedstat")).split(" ");
            threads.put(name, Long.parseLong(figures[0]));
        } catch (NoSuchFileException e) {
            // The thread has ended meanwhile.
        }
    }

    /** What was used since {@code earlier}. */
    ProcessorTime since(ProcessorTime earlier) {
        return new ProcessorTime(nanosByThread.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> entry.getValue() - earlier.nanosByThread.getOrDefault(entry.getKey(), 0L))));
    }

    /** Of all threads together. */
    long nanos() {
        return nanosByThread.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The threads that used most of it. */
    String busiest(int count) {
        return nanosByThread.entrySet().stream()
                .sorted(Comparator.comparing(Map.Entry<String, Long>::getValue).reversed())
                .limit(count)
                .map(entry -> "%s %.1f ms".formatted(entry.getKey(), entry.getValue() / 1e6))
                .collect(Collectors.joining(", "));
    }
}
