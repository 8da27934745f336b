// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.INT;
import static io.sluice.shared.posix.Native.LONG;
import static io.sluice.shared.posix.Native.POINTER;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;

/**
 * The descriptors that one thread waits for, laid out once and refilled before each wait: ppoll(2) without allocation.
 *
 * <pre>
 *   struct pollfd, 8 bytes:  0 fd i32   4 events i16   6 revents i16
 *   struct timespec, 16 bytes, behind the array:  0 seconds i64   8 nanoseconds i64
 * </pre>
 */
public final class PollSet implements AutoCloseable {
    public static final short READABLE = 0x001;
    public static final short WRITABLE = 0x004;
    private static final int ENTRY_BYTES = 8;
    private static final MethodHandle PPOLL = Native.function("ppoll", INT, POINTER, LONG, POINTER, POINTER);

    private final Arena arena = Arena.ofShared();
    private final int capacity;
    private final long entries;
    private final long timeout;
    private int size;

    /** A set of at most {@code capacity} descriptors. */
    public PollSet(int capacity) {
        this.capacity = capacity;
        this.entries = arena.allocate((long) capacity * ENTRY_BYTES + 16, 8).address();
        this.timeout = entries + (long) capacity * ENTRY_BYTES;
    }

    public void clear() {
        size = 0;
    }

    public int size() {
        return size;
    }

    /** Waits for {@code events} of {@code descriptor} as well. */
    public void add(int descriptor, short events) {
        if (size == capacity) {
            throw new IllegalStateException("too many descriptors in one wait: capacity=" + capacity);
        }
        final long entry = entries + (long) size++ * ENTRY_BYTES;
        Memory.intAt(entry, descriptor);
        Memory.intAt(entry + 4, events);
    }

    /** True where the {@code index}-th descriptor added had an event, errors and hang-ups included. */
    public boolean ready(int index) {
        return (Memory.intAt(entries + (long) index * ENTRY_BYTES + 4) >>> 16) != 0;
    }

    /** ppoll(2): how many descriptors are ready, 0 after {@code timeoutNanos}, or {@code -errno}. */
    public int await(long timeoutNanos) {
        Memory.longAt(timeout, timeoutNanos / 1_000_000_000L);
        Memory.longAt(timeout + 8, timeoutNanos % 1_000_000_000L);
        try {
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno((int) PPOLL.invokeExact(errno, entries, (long) size, timeout, 0L), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** Frees the native array; no thread may be waiting. */
    @Override
    public void close() {
        arena.close();
    }
}
