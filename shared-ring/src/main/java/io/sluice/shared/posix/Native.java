// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Handles to C functions, and errno.
 *
 * <p>Addresses are passed as {@code long}, which has the same calling convention as a pointer on every 64-bit Linux, so
 * that no segment is made per call. Every handle's first parameter is {@link #errnoBuffer()}; the methods of this
 * package turn a failure into {@code -errno}, as the kernel itself does.
 */
final class Native {
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    /** A pointer or a {@code size_t}. */
    static final ValueLayout.OfLong POINTER = ValueLayout.JAVA_LONG;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO =
            Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> ERRNO_BUFFER =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

    private Native() {}

    /** A handle to the C library's {@code name}. */
    static MethodHandle function(String name, MemoryLayout result, MemoryLayout... parameters) {
        return link(name, FunctionDescriptor.of(result, parameters), CAPTURE_ERRNO);
    }

    /** A handle to a variadic function whose parameters from {@code firstVariadic} on are the variadic ones. */
    static MethodHandle variadic(String name, int firstVariadic, MemoryLayout result, MemoryLayout... parameters) {
        return link(
                name,
                FunctionDescriptor.of(result, parameters),
                CAPTURE_ERRNO,
                Linker.Option.firstVariadicArg(firstVariadic));
    }

    @SuppressWarnings("restricted") // native access is granted to the whole class path by the launcher
    private static MethodHandle link(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        final MemorySegment symbol = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsupportedOperationException("the C library has no function " + name));
        return LINKER.downcallHandle(symbol, descriptor, options);
    }

    /** This thread's place for errno. */
    static MemorySegment errnoBuffer() {
        return ERRNO_BUFFER.get();
    }

    /** {@code result}, or {@code -errno} where it is -1. */
    static int resultOrErrno(int result, MemorySegment errnoBuffer) {
        return result == -1 ? -(int) ERRNO.get(errnoBuffer, 0L) : result;
    }

    /** {@code result}, or {@code -errno} where it is -1. */
    static long resultOrErrno(long result, MemorySegment errnoBuffer) {
        return result == -1 ? -(int) ERRNO.get(errnoBuffer, 0L) : result;
    }

    /** A downcall declared without exceptions has thrown: a bug in its declaration. */
    static AssertionError unexpected(Throwable cause) {
        return new AssertionError("native call failed to link or convert", cause);
    }
}
