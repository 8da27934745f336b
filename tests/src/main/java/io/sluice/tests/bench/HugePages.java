// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Huge pages of 2 MB for peers that want them, lent by the kernel where this process may ask for them (it must be root)
 * and given back when closed, or when this process ends before that (kernel documentation,
 * admin-guide/mm/hugetlbpage).
 */
final class HugePages implements AutoCloseable {
    private static final long UNCHANGED = -1;
    private static final Path FOLDER = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB");

    private final Path count;
    private final long before;
    private final boolean available;
    private final AtomicBoolean lent;

    private HugePages(Path count, long before, boolean available) {
        this.count = count;
        this.before = before;
        this.available = available;
        lent = new AtomicBoolean(before != UNCHANGED);
        if (lent.get()) {
            Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        }
    }

    /** None at all. */
    static HugePages none() {
        return new HugePages(null, UNCHANGED, false);
    }

    /** Sees to it that {@code pages} are free, or finds that they cannot be. */
    static HugePages reserve(int pages) {
        return reserve(pages, FOLDER);
    }

    static HugePages reserve(int pages, Path folder) {
        final Path count = folder.resolve("nr_hugepages");
        final Path free = folder.resolve("free_hugepages");
        try {
            final long lacking = pages - number(free);
            if (lacking <= 0) {
                return new HugePages(count, UNCHANGED, true);
            }
            // Surplus ones are those of processes that are just ending, and go with them.
            final long before = number(count) - number(folder.resolve("surplus_hugepages"));
            Files.writeString(count, Long.toString(before + lacking));
            return new HugePages(count, before, number(free) >= pages);
        } catch (IOException e) {
            return new HugePages(count, UNCHANGED, false); // no such pages here, or not for us
        }
    }

    boolean available() {
        return available;
    }

    private static long number(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }

    @Override
    public void close() {
        if (!lent.getAndSet(false)) {
            return;
        }
        try {
            Files.writeString(count, Long.toString(before));
        } catch (IOException e) {
            throw new BenchException("huge pages could not be given back: write " + before + " to " + count + ": " + e);
        }
    }
}
