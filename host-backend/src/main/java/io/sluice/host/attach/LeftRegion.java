// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.SharedMemory;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.RegionFormat;
import io.sluice.shared.ring.RegionFormatException;
import io.sluice.shared.ring.RegionSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** What a dead backend has left of a region, before anybody takes it over: whether that can be gone on with. */
public final class LeftRegion {
    /** So long a process that was killed may take to be gone. */
    private static final long DYING_NANOS = 2_000_000_000L;

    private static final long LOOK_NANOS = 5_000_000L;

    private LeftRegion() {}

    /**
     * The process that still serves the region whose status file is open as {@code state}, or may go on with it: it has
     * lost its connection to the keeper and is not dead. Waits for one that is just dying.
     *
     * @return its id, or 0 where there is none
     */
    public static long server(int state) {
        if (state < 0) {
            return 0;
        }
        try (StatusFile file = StatusFile.open(file(state))) {
            final long beatNanos = file.heartbeatNanos();
            final long startNanos = System.nanoTime();
            while (!file.left() && BackendProcess.lives(file)) {
                if (file.heartbeatNanos() != beatNanos || System.nanoTime() - startNanos >= DYING_NANOS) {
                    return file.processId();
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
            return 0;
        } catch (IOException e) {
            return 0; // as obstacle() says then
        }
    }

    /**
     * Why a backend that wants {@code spec} cannot go on with the region in {@code memory}, whose status file is open as
     * {@code state}, or -1 where they were not left; empty where it can.
     */
    public static String obstacle(int state, int memory, RegionSpec spec) {
        if (state < 0 || memory < 0) {
            return "it had only begun";
        }
        final RegionFormat format = HostRegion.format(spec);
        final Path stateFile = file(state);
        try (StatusFile file = StatusFile.open(stateFile)) {
            if (!Files.exists(Files.readSymbolicLink(stateFile))) {
                return "its status file was deleted";
            }
            if (file.lengthBytes() != format.controlBytes()
                    || Files.size(file(memory)) != format.regionBytes()
                    || !isRegion(memory, format.regionBytes())) {
                return "it is not complete";
            }
            final Directory directory = Directory.ofHost(file.address(), file.lengthBytes(), file.address());
            return directory.state() == RegionDescriptor.STATE_LIVE
                    ? ""
                    : "it had ended: " + directory.retireReason().label();
        } catch (IOException | RegionFormatException e) {
            return e.getMessage();
        }
    }

    /** What the dead backend was asked for, as its status file, open as {@code state}, says. */
    public static String plan(int state) {
        if (state < 0) {
            return "nothing yet";
        }
        try (StatusFile file = StatusFile.open(file(state))) {
            return file.plan();
        } catch (IOException e) {
            return "unknown (" + e.getMessage() + ')';
        }
    }

    /** Deletes the status file that is open as {@code state}; the descriptor stays the caller's. */
    public static void deleteStatus(int state) throws IOException {
        Files.deleteIfExists(Files.readSymbolicLink(file(state)));
    }

    private static Path file(int descriptor) {
        return Path.of("/proc/self/fd/" + descriptor);
    }

    private static boolean isRegion(int memory, long lengthBytes) {
        // All of it, for a part of a huge page cannot be mapped.
        final long address = SharedMemory.map(memory, 0, lengthBytes);
        if (address < 0 && address > -4096) {
            return false;
        }
        final boolean region = Memory.longAcquire(address + RegionDescriptor.MAGIC_OFFSET) == RegionDescriptor.MAGIC;
        SharedMemory.unmap(address, lengthBytes);
        return region;
    }
}
