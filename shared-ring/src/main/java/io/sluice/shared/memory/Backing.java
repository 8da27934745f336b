// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.memory;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a region is to be made of.
 *
 * @param contiguous in huge pages that follow each other in physical memory, or not at all: for a device that has no
 *     IOMMU, so that to it one address and a length are the region
 * @param node of a NUMA machine, or -1 for any
 * @param folder in which to make its file, of a mounted hugetlbfs; empty for a memfd
 */
public record Backing(boolean contiguous, int node, Optional<Path> folder) {
    /** Huge pages are of this size. */
    public static final long HUGE_PAGE_BYTES = 2L << 20;

    /** A memfd, in huge pages where the system has enough of them, wherever they are. */
    public static final Backing USUAL = new Backing(false, -1, Optional.empty());

    private static final long PAGE_BYTES = 4096;

    /** What a region's length has to be a multiple of. */
    public long pageBytes() {
        return contiguous || folder.isPresent() ? HUGE_PAGE_BYTES : PAGE_BYTES;
    }

    /** The least length that a region of {@code bytes} can have. */
    public long wholePages(long bytes) {
        return (bytes + pageBytes() - 1) / pageBytes() * pageBytes();
    }

    /** As this one, for a device without an IOMMU. */
    public Backing asContiguous() {
        return new Backing(true, node, folder);
    }

    /** As this one, on {@code node}, or on any with -1. */
    public Backing onNode(int newNode) {
        return new Backing(contiguous, newNode, folder);
    }

    /**
     * As this one, as a file in {@code newFolder}. Such a file's size cannot be sealed: whoever gets its descriptor may
     * shorten it under the others.
     */
    public Backing inFolder(Path newFolder) {
        return new Backing(contiguous, node, Optional.of(newFolder));
    }

    /** What serves both, as far as one can; this one's node and folder come first. */
    public Backing and(Backing other) {
        return new Backing(contiguous || other.contiguous, node >= 0 ? node : other.node, folder.or(other::folder));
    }
}
