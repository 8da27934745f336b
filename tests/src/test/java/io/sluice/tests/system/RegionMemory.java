// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.Ring;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The memory of a region of a running backend, to write there what a guest of that region could write. */
final class RegionMemory implements AutoCloseable {
    private static final int READ_WRITE = 2;

    private final SharedRegion region;
    private final Directory directory;

    private RegionMemory(SharedRegion region) {
        this.region = region;
        this.directory = Directory.shared(region.address(), region.lengthBytes());
    }

    /** The region called {@code name} of the backend that is the process {@code processId}; needs root. */
    static RegionMemory open(long processId, String name) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(processId), "fd"))) {
            final Path found = descriptors
                    .filter(descriptor -> target(descriptor).startsWith("/memfd:sluice-" + name + " "))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no region " + name));
            final int descriptor = OpenFile.open(found.toString(), READ_WRITE);
            return new RegionMemory(SharedRegion.attach(descriptor, Files.size(found)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }

    /** Writes {@code position} where others read how far the stage called {@code label} has come. */
    void forgePosition(int ringIndex, String label, long position) {
        final Ring ring = directory.ring(ringIndex);
        for (int stage = 0; stage < ring.stageCount(); stage++) {
            if (ring.label(stage).equals(label)) {
                Memory.longRelease(ring.lineAddress(stage) + RegionDescriptor.LINE_POSITION_OFFSET, position);
                return;
            }
        }
        throw new AssertionError("no stage of " + label);
    }

    boolean retired() {
        return directory.state() == RegionDescriptor.STATE_RETIRED;
    }

    @Override
    public void close() {
        region.close();
    }
}
