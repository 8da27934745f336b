// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One stop of all threads of a JVM, as {@code -Xlog:safepoint:file=...:timenanos} tells it when it is over. */
record Safepoint(String why, long startNanos, long endNanos, long atSafepointNanos) {
    private static final Pattern LINE =
            Pattern.compile("\\[(\\d+)ns] Safepoint \"(\\w+)\".* At safepoint: +(\\d+) ns,.* Total: +(\\d+) ns.*");

    /** The flag that makes a JVM write them to {@code log}. */
    static String flag(Path log) {
        return "-Xlog:safepoint:file=" + log + ":timenanos:filecount=0";
    }

    static List<Safepoint> read(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .map(line -> {
                    final long end = Long.parseLong(line.group(1));
                    return new Safepoint(
                            line.group(2), end - Long.parseLong(line.group(4)), end, Long.parseLong(line.group(3)));
                })
                .toList();
    }

    /** How much of {@code pause} lies in this stop. */
    long overlapNanos(PauseMeter.Pause pause) {
        return Math.max(0, Math.min(endNanos, pause.endNanos()) - Math.max(startNanos, pause.startNanos()));
    }
}
