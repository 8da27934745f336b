// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Memory that ends where a page ends, with a page behind it that cannot be read: a file is mapped and then made
 * shorter. Java answers an access behind the file's end (SIGBUS) with an {@link InternalError}.
 */
public final class GuardedPage implements AutoCloseable {
    public static final int BYTES = 1 << 16;

    private final Path file;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    public GuardedPage() throws IOException {
        file = Files.createTempFile("sluice-guarded", null);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            segment = channel.map(FileChannel.MapMode.READ_WRITE, 0, 2L * BYTES, arena);
            channel.truncate(BYTES);
        }
    }

    /** Address of the first byte that cannot be read. */
    public long end() {
        return segment.address() + BYTES;
    }

    @Override
    public void close() throws IOException {
        arena.close();
        Files.delete(file);
    }
}
