// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import java.nio.file.Files;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The processor time that each thread of a process has used, in nanoseconds, by the scheduler's own account: the first
 * number of {@code /proc/<pid>/task/<tid>/schedstat}. The ticks of {@code /proc/<pid>/stat} would miss short turns.
 */
record ProcessorTime(Map<String, Long> nanosByThread) {
    /** What {@code process} has used up to now. */
    static ProcessorTime of(long process) {
        return new ProcessorTime(ThreadFigures.of(
                process,
                true,
                task -> Long.parseLong(
                        Files.readString(task.resolve("schedstat")).split(" ")[0])));
    }

    /** What was used since {@code earlier}. */
    ProcessorTime since(ProcessorTime earlier) {
        return new ProcessorTime(ThreadFigures.since(nanosByThread, earlier.nanosByThread));
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
