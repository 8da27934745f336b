// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.SharedMemory;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/**
 * Memory between two stretches that cannot be touched: both are mappings of an empty file, so that an access is a SIGBUS,
 * which Java answers with an {@link InternalError}.
 *
 * <pre>
 *   | empty file, 1 MiB | the memory | empty file, 1 MiB |
 * </pre>
 */
final class GuardedMemory implements AutoCloseable {
    private static final int GUARD_BYTES = 1 << 20;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED_FIXED = 0x11;

    @SuppressWarnings("restricted") // native access is granted to the whole class path
    private static final MethodHandle MMAP = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().find("mmap").orElseThrow(),
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));

    private final long start;
    private final long lengthBytes;

    /** Zeroed memory of {@code lengthBytes}, a multiple of the page size. */
    GuardedMemory(long lengthBytes) {
        this.lengthBytes = lengthBytes;
        final int memory = SharedMemory.memfd("guarded", false);
        final int nothing = SharedMemory.memfd("guards", false);
        if (memory < 0 || nothing < 0 || SharedMemory.truncate(memory, lengthBytes + 2L * GUARD_BYTES) != 0) {
            throw new IllegalStateException("no memory: " + memory + " " + nothing);
        }
        start = SharedMemory.mapDevice(memory, lengthBytes + 2L * GUARD_BYTES);
        guard(nothing, start);
        guard(nothing, start + GUARD_BYTES + lengthBytes);
        Descriptors.close(memory);
        Descriptors.close(nothing);
    }

    private static void guard(int nothing, long address) {
        final long mapped;
        try {
            mapped = (long)
                    MMAP.invokeExact(address, (long) GUARD_BYTES, PROT_READ_WRITE, MAP_SHARED_FIXED, nothing, 0L);
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        }
        if (mapped != address) {
            throw new IllegalStateException("mmap: " + mapped);
        }
    }

    long address() {
        return start + GUARD_BYTES;
    }

    @Override
    public void close() {
        SharedMemory.unmap(start, lengthBytes + 2L * GUARD_BYTES);
    }
}
