// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.INT;
import static io.sluice.shared.posix.Native.LONG;
import static io.sluice.shared.posix.Native.POINTER;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;
import java.util.Collection;

/** The calling thread's processors and timers: sched_setaffinity(2), prctl(2). */
public final class Threads {
    private static final MethodHandle SET_AFFINITY = Native.function("sched_setaffinity", INT, INT, LONG, POINTER);
    private static final MethodHandle GET_AFFINITY = Native.function("sched_getaffinity", INT, INT, LONG, POINTER);
    private static final MethodHandle PRCTL = Native.variadic("prctl", 1, INT, INT, LONG, LONG, LONG, LONG);
    private static final int PR_SET_TIMERSLACK = 29;
    private static final int MASK_BYTES = 1024;

    private Threads() {}

    /** sched_setaffinity(2) of the calling thread to one processor: 0 or {@code -errno}, EINVAL where there is none. */
    public static int pinTo(int processor) {
        if (processor < 0 || processor >= MASK_BYTES * 8) {
            return -Errno.EINVAL;
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment mask = arena.allocate(MASK_BYTES, 8);
            final long word = mask.address() + processor / 64 * 8L;
            Memory.longAt(word, 1L << (processor % 64));
            final var errno = Native.errnoBuffer();
            final int result = (int) SET_AFFINITY.invokeExact(errno, 0, (long) MASK_BYTES, mask.address());
            return Native.resultOrErrno(result, errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /**
     * Keeps the calling thread off {@code processors}, which others have for themselves, where it may run elsewhere; where
     * it may not, it stays as it is.
     */
    public static void keepOff(Collection<Integer> processors) {
        final BitSet left = allowedProcessors();
        processors.stream().filter(processor -> processor >= 0).forEach(left::clear);
        if (!processors.isEmpty() && !left.isEmpty()) {
            allow(left);
        }
    }

    /** Keeps the calling thread to those of {@code processors} that it may have; where there is none, it stays as it is. */
    public static void keepTo(Collection<Integer> processors) {
        final BitSet kept = new BitSet();
        processors.forEach(kept::set);
        kept.and(allowedProcessors());
        if (!kept.isEmpty()) {
            allow(kept);
        }
    }

    private static void allow(BitSet processors) {
        try (Arena arena = Arena.ofConfined()) {
            final byte[] bytes = processors.toByteArray();
            final MemorySegment mask = arena.allocate(MASK_BYTES, 8);
            Memory.copyFromArray(bytes, 0, mask.address(), Math.min(bytes.length, MASK_BYTES));
            final var errno = Native.errnoBuffer();
            final int result = (int) SET_AFFINITY.invokeExact(errno, 0, (long) MASK_BYTES, mask.address());
            PosixException.check(Native.resultOrErrno(result, errno), "sched_setaffinity");
        } catch (PosixException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** sched_getaffinity(2): the processors on which the calling thread may run. */
    public static BitSet allowedProcessors() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment mask = arena.allocate(MASK_BYTES, 8);
            final var errno = Native.errnoBuffer();
            final int result = (int) GET_AFFINITY.invokeExact(errno, 0, (long) MASK_BYTES, mask.address());
            PosixException.check(Native.resultOrErrno(result, errno), "sched_getaffinity");
            return BitSet.valueOf(mask.asByteBuffer().order(java.nio.ByteOrder.LITTLE_ENDIAN));
        } catch (PosixException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /**
     * prctl(2) PR_SET_TIMERSLACK of the calling thread. The default of 50 microseconds would make every short sleep
     * longer than a ring lasts at line rate.
     */
    public static void timerSlackNanos(long nanos) {
        try {
            final var errno = Native.errnoBuffer();
            final int result = (int) PRCTL.invokeExact(errno, PR_SET_TIMERSLACK, nanos, 0L, 0L, 0L);
            PosixException.check(Native.resultOrErrno(result, errno), "prctl(PR_SET_TIMERSLACK)");
        } catch (PosixException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }
}
