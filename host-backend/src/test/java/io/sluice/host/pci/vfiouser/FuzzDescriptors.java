// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import io.sluice.shared.posix.EventFd;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.SharedMemory;
import io.sluice.shared.posix.SocketMessage;
import io.sluice.shared.posix.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;

/** What a hostile peer passes, and how it sends: the same descriptors for every input. */
final class FuzzDescriptors {
    private static final int BELL = EventFd.create();
    private static final int MEMORY = memory(1 << 16);
    private static final int PAGE = memory(4096);
    private static final int EMPTY = memory(0);
    private static final int FOLDER = PosixException.check(OpenFile.open("/", OpenFile.READ_ONLY), "open");

    private final SocketMessage sender = new SocketMessage(32);

    private static int memory(long bytes) {
        final int memory = PosixException.check(SharedMemory.memfd("fuzz", false), "memfd_create");
        PosixException.check(SharedMemory.truncate(memory, bytes), "ftruncate");
        return memory;
    }

    /** A socket of this process's own that listens. */
    static Path path(String name) {
        final Path path = Path.of(
                System.getProperty("java.io.tmpdir"),
                "sluice-fuzz-" + name + "-" + ProcessHandle.current().pid());
        path.toFile().deleteOnExit();
        return path;
    }

    /** The descriptors of {@code kind}, 0 to 15. */
    private static int[] ofKind(int kind) {
        return switch (kind) {
            case 1 -> new int[] {BELL};
            case 2 -> new int[] {MEMORY};
            case 3 -> new int[] {PAGE};
            case 4 -> new int[] {EMPTY};
            case 5 -> new int[] {FOLDER};
            case 6 -> new int[] {BELL, MEMORY};
            case 7 -> many(4);
            case 8 -> many(16);
            case 9 -> many(17);
            case 10 -> many(32);
            default -> new int[0];
        };
    }

    private static int[] many(int count) {
        final int[] bells = new int[count];
        Arrays.fill(bells, BELL);
        return bells;
    }

    /** Sends bytes as they are with descriptors of {@code kind}; false where the peer takes no more. */
    boolean send(int socket, byte[] bytes, int kind) {
        if (bytes.length == 0) {
            return true;
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment segment = arena.allocate(bytes.length);
            MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return sender.send(socket, segment.address(), bytes.length, ofKind(kind)) == bytes.length;
        }
    }

    /** Connects to {@code path}. */
    static int connect(Path path) {
        return PosixException.check(UnixSocket.connect(path.toString()), "connect");
    }
}
