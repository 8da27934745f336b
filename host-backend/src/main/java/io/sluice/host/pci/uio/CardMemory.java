// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.uio;

import static io.sluice.shared.memory.Backing.HUGE_PAGE_BYTES;

import io.sluice.shared.memory.PageMap;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.PinnedPages;
import java.io.IOException;

/**
 * A region as a card without an IOMMU reaches it: pinned, in one piece of physical memory.
 *
 * @param physicalAddress of its first byte
 * @param pinned keeps its pages where they are
 */
record CardMemory(long physicalAddress, PinnedPages pinned) implements AutoCloseable {
    /**
     * Pins {@code memory}.
     *
     * @throws IOException where a card cannot use it, with what to do
     */
    static CardMemory of(String card, SharedRegion memory) throws IOException {
        final long bytes = memory.lengthBytes();
        if (!memory.hugePages() || bytes % HUGE_PAGE_BYTES != 0) {
            throw new IOException(card + " cannot use this memory: bytes=" + bytes + " in ordinary pages, which the"
                    + " kernel moves at any time; without an IOMMU it needs huge pages of 2 MiB: reserve some with"
                    + " 'sysctl vm.nr_hugepages=64', or on the kernel's command line");
        }
        final PinnedPages pinned = PinnedPages.of(memory.address(), bytes, HUGE_PAGE_BYTES);
        try {
            // Once they are pinned, and not before: until then they may move.
            final long[] addresses = PageMap.physicalAddresses(memory.address(), bytes, HUGE_PAGE_BYTES);
            for (int page = 1; page < addresses.length; page++) {
                if (addresses[page] != addresses[0] + page * HUGE_PAGE_BYTES) {
                    throw new IOException(card
                            + " cannot use this memory: its pages do not follow each other from page="
                            + page + " of " + addresses.length + " on; without an IOMMU it needs memory that was made"
                            + " for it: start this chain anew");
                }
            }
            return new CardMemory(addresses[0], pinned);
        } catch (IOException | RuntimeException e) {
            pinned.close();
            throw e;
        }
    }

    @Override
    public void close() {
        pinned.close();
    }
}
