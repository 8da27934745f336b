// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.memory;

import static io.sluice.shared.memory.Backing.HUGE_PAGE_BYTES;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.NumaPolicy;
import io.sluice.shared.posix.SharedMemory;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Free huge pages, taken for a moment to see which of them follow each other in physical memory. */
final class PagePool implements AutoCloseable {
    private final int descriptor;
    private final int node;
    private int pages;

    /** A pool in the file {@code descriptor}, which is empty, and is this object's from now on. */
    PagePool(int descriptor, int node) {
        this.descriptor = descriptor;
        this.node = node;
    }

    /** How many pages there were to choose from. */
    int pages() {
        return pages;
    }

    /**
     * Gives a row of {@code wanted} pages back, so that whoever takes as many next gets them in their order; false where
     * there is none among all that are free.
     *
     * @throws IOException where the kernel does not tell where pages lie
     */
    boolean freeRow(int wanted) throws IOException {
        int size = wanted;
        while (grow(size)) {
            final long[] addresses = addresses();
            final int[] row = row(addresses, wanted);
            if (row.length == wanted) {
                for (int i = wanted - 1; i >= 0; i--) {
                    SharedMemory.punchHole(descriptor, row[i] * HUGE_PAGE_BYTES, HUGE_PAGE_BYTES);
                }
                return true;
            }
            size = 2 * pages;
        }
        return false;
    }

    /** Takes pages until there are {@code size}, or no more; false where it has got none. */
    private boolean grow(int size) {
        final int before = pages;
        try (NumaPolicy _ = NumaPolicy.bind(node)) {
            while (pages < size && SharedMemory.allocate(descriptor, pages * HUGE_PAGE_BYTES, HUGE_PAGE_BYTES) == 0) {
                pages++;
            }
        }
        return pages > before;
    }

    private long[] addresses() throws IOException {
        final long bytes = pages * HUGE_PAGE_BYTES;
        final long address = HugePages.mapped(SharedMemory.map(descriptor, 0, bytes), "mapping huge pages");
        try {
            return PageMap.physicalAddresses(address, bytes, HUGE_PAGE_BYTES);
        } finally {
            SharedMemory.unmap(address, bytes);
        }
    }

    /** Which of the pages at {@code addresses} follow each other, in order; fewer than {@code wanted} where none do. */
    static int[] row(long[] addresses, int wanted) {
        final int[] sorted = IntStream.range(0, addresses.length)
                .boxed()
                .sorted((a, b) -> Long.compareUnsigned(addresses[a], addresses[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        int begin = 0;
        for (int end = 1; end <= sorted.length; end++) {
            if (end - begin == wanted) {
                return Arrays.copyOfRange(sorted, begin, end);
            }
            if (end < sorted.length && addresses[sorted[end]] != addresses[sorted[end - 1]] + HUGE_PAGE_BYTES) {
                begin = end;
            }
        }
        return new int[0];
    }

    @Override
    public void close() {
        Descriptors.close(descriptor);
    }
}
