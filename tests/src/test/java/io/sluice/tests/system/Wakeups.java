// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * How often each thread of a process has left off by itself, to wait, and gone on again: {@code voluntary_ctxt_switches}
 * of {@code /proc/<pid>/task/<tid>/status}, proc(5). Threads of one name count as one.
 */
record Wakeups(Map<String, Long> countByThread) {
    private static final String FIELD = "voluntary_ctxt_switches:";

    /** Those of {@code process} up to now. */
    static Wakeups of(long process) {
        return new Wakeups(ThreadFigures.of(process, false, Wakeups::count));
    }

    private static long count(Path task) throws IOException {
        return Files.readAllLines(task.resolve("status")).stream()
                .filter(line -> line.startsWith(FIELD))
                .mapToLong(line -> Long.parseLong(line.substring(FIELD.length()).strip()))
                .sum();
    }

    /** Those since {@code earlier}. */
    Wakeups since(Wakeups earlier) {
        return new Wakeups(ThreadFigures.since(countByThread, earlier.countByThread));
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
