// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this process holds of the system: descriptors, Java threads, and mappings of regions and status files. The virtual
 * machine's own come and go as it likes, so its jars and its compiler's threads do not count.
 */
record Belongings(int descriptors, int threads, long mappings) {
    static Belongings now() {
        return new Belongings(openFiles().size(), Thread.getAllStackTraces().size(), sharedMappings());
    }

    /** True where none of it is more than in {@code before}. */
    boolean within(Belongings before) {
        return descriptors <= before.descriptors && threads <= before.threads && mappings <= before.mappings;
    }

    /** The descriptors by what they are, and the threads by name: for the message when there are too many. */
    static String details() {
        final Map<String, Long> descriptors = openFiles().stream()
                .collect(Collectors.groupingBy(target -> target, TreeMap::new, Collectors.counting()));
        final List<String> threads = Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .sorted()
                .toList();
        return "descriptors " + descriptors + "\nthreads " + threads;
    }

    private static List<String> openFiles() {
        try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
            return entries.map(Belongings::target)
                    .filter(target -> !target.endsWith(".jar")
                            && !target.endsWith("/modules")
                            && !target.endsWith("random")
                            && !target.startsWith("/proc/"))
                    .map(target -> target.replaceAll("\\d+", "N"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long sharedMappings() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains("memfd:sluice") || line.contains(".status"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException e) {
            return "/proc/self/fd"; // the one that listed the folder
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
