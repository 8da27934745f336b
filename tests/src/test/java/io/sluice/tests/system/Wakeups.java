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

/**
 * How often each thread of a process has left off by itself, to wait, and gone on again: {@code voluntary_ctxt_switches}
 * of {@code /proc/<pid>/task/<tid>/status}, proc(5). Threads of one name count as one.
 */
record Wakeups(Map<String, Long> countByThread) {
    private static final String FIELD = "voluntary_ctxt_switches:";

    /** Those of {@code process} up to now. */
    static Wakeups of(long process) {
        final Map<String, Long> threads = new TreeMap<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(process), "task"))) {
            for (Path task : tasks.toList()) {
                add(threads, task);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Wakeups(threads);
    }

    private static void add(Map<String, Long> threads, Path task) throws IOException {
        try {
            final String name = Files.readString(task.resolve("comm")).strip();
            for (String line : Files.readAllLines(task.resolve("status"))) {
                if (line.startsWith(FIELD)) {
                    threads.merge(
                            name, Long.parseLong(line.substring(FIELD.length()).strip()), Long::sum);
                }
            }
        } catch (NoSuchFileException e) {
            // The thread has ended meanwhile.
        }
    }

    /** Those since {@code earlier}. */
    Wakeups since(Wakeups earlier) {
        return new Wakeups(countByThread.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> entry.getValue() - earlier.countByThread.getOrDefault(entry.getKey(), 0L))));
    }

    /** Those of the thread called {@code name}. */
    long of(String name) {
        final Long count = countByThread.get(name);
        if (count == null) {
            throw new AssertionError("no thread " + name + " among " + countByThread.keySet());
        }
        return count;
    }
}
