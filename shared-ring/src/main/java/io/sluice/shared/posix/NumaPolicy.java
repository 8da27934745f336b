// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.LONG;
import static io.sluice.shared.posix.Native.POINTER;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** From which node of a NUMA machine the calling thread takes memory: set_mempolicy(2), for which libc has no name. */
public final class NumaPolicy implements AutoCloseable {
    private static final MethodHandle SYSCALL = Native.variadic("syscall", 1, LONG, LONG, LONG, POINTER, LONG);
    /** The number of set_mempolicy: x86-64, else that of all newer architectures. */
    private static final long SET_MEMPOLICY = System.getProperty("os.arch").equals("amd64") ? 238 : 237;

    private static final long MPOL_DEFAULT = 0;
    private static final long MPOL_BIND = 2;
    private static final int MASK_BYTES = 128;

    private final boolean bound;

    private NumaPolicy(boolean bound) {
        this.bound = bound;
    }

    /**
     * Takes memory from {@code node} alone until this is closed, by the same thread, which had no policy before.
     *
     * @param node or -1 for any, which changes nothing
     * @throws PosixException where there is no such node
     */
    public static NumaPolicy bind(int node) {
        if (node >= 0) {
            try (Arena arena = Arena.ofConfined()) {
                final MemorySegment mask = arena.allocate(MASK_BYTES, 8);
                Memory.longAt(mask.address() + node / 64 * 8L, 1L << node % 64);
                PosixException.check(
                        set(MPOL_BIND, mask.address(), MASK_BYTES * 8L), "set_mempolicy(MPOL_BIND, node=" + node + ")");
            }
        }
        return new NumaPolicy(node >= 0);
    }

    private static int set(long mode, long mask, long maxNode) {
        try {
            final var errno = Native.errnoBuffer();
            return (int)
                    Native.resultOrErrno((long) SYSCALL.invokeExact(errno, SET_MEMPOLICY, mode, mask, maxNode), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    @Override
    public void close() {
        if (bound) {
            PosixException.check(set(MPOL_DEFAULT, 0, 0), "set_mempolicy(MPOL_DEFAULT)");
        }
    }
}
