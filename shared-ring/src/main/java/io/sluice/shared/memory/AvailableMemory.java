// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * How much memory may still be taken: what the system has available (proc(5), {@code MemAvailable}), or less where this
 * process's control group has a lower limit (cgroups(7), both versions).
 *
 * <p>fallocate(2) on a memfd does not fail where memory ends: it goes on until the OOM killer ends some process. So the
 * question is asked before.
 */
final class AvailableMemory {
    private final Path procRoot;
    private final Path cgroupRoot;

    /** Reads under {@code procRoot} and {@code cgroupRoot}: /proc and /sys/fs/cgroup. */
    AvailableMemory(Path procRoot, Path cgroupRoot) {
        this.procRoot = procRoot;
        this.cgroupRoot = cgroupRoot;
    }

    /** What this process may still take on this system, in bytes. */
    static long bytes() {
        return new AvailableMemory(Path.of("/proc"), Path.of("/sys/fs/cgroup")).read();
    }

    long read() {
        try {
            long available = systemBytes();
            for (String line : Files.readAllLines(procRoot.resolve("self/cgroup"))) {
                final String[] fields = line.split(":", 3);
                if (fields[1].isEmpty()) {
                    available = Math.min(available, groupBytes(cgroupRoot, fields[2], "memory.max", "memory.current"));
                } else if (fields[1].equals("memory")) {
                    final Path root = cgroupRoot.resolve("memory");
                    available = Math.min(
                            available, groupBytes(root, fields[2], "memory.limit_in_bytes", "memory.usage_in_bytes"));
                }
            }
            return available;
        } catch (NoSuchFileException | AccessDeniedException e) {
            return Long.MAX_VALUE; // a system without these files has no answer; fallocate has the last word
        } catch (IOException e) {
            throw new UncheckedIOException("reading how much memory is available", e);
        }
    }

    private long systemBytes() throws IOException {
        for (String line : Files.readAllLines(procRoot.resolve("meminfo"))) {
            if (line.startsWith("MemAvailable:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        return Long.MAX_VALUE;
    }

    /** The least room from {@code group} up to {@code root}; a container's own root may be what the path names. */
    private static long groupBytes(Path root, String group, String limitFile, String usageFile) throws IOException {
        long room = Long.MAX_VALUE;
        Path folder = root.resolve(group.substring(1)).normalize();
        while (folder.startsWith(root)) {
            final long limit = number(folder.resolve(limitFile));
            if (limit != Long.MAX_VALUE) {
                final long used = Math.max(0, number(folder.resolve(usageFile)) - cacheBytes(folder));
                room = Math.min(room, Math.max(0, limit - used));
            }
            folder = folder.getParent();
        }
        return room;
    }

    /** Page cache that the kernel gives up before it kills. */
    private static long cacheBytes(Path folder) throws IOException {
        try {
            for (String line : Files.readAllLines(folder.resolve("memory.stat"))) {
                if (line.startsWith("inactive_file ")) {
                    return Long.parseLong(line.substring("inactive_file ".length()));
                }
            }
            return 0;
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private static long number(Path file) throws IOException {
        try {
            final String text = Files.readString(file).strip();
            return text.equals("max") ? Long.MAX_VALUE : Long.parseLong(text);
        } catch (NoSuchFileException e) {
            return Long.MAX_VALUE;
        }
    }
}
