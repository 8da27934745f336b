// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.memory;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Off-heap access by address, for the data path.
 *
 * <p>All methods go through one segment that spans everything, held in a constant: the JIT then folds the liveness and
 * owner checks, and the bounds check because addresses are masked to those of user space. Nothing checks the address:
 * callers validate an offset and a length once, against the region that holds them, before they come here.
 *
 * <p>Names carry the order. Without a suffix an access is plain and may be unaligned. {@code Opaque}, {@code Acquire}
 * and {@code Release} accesses are aligned to their size; HotSpot's interpreter turns opaque and release stores into
 * locked exchanges, which is harmless on ordinary memory and forbidden on device registers: those have a class of their
 * own. Integers are little-endian; {@code Network} ones are big-endian.
 */
public final class Memory {
    /** Bytes that two writers must keep apart: a cache line and the neighbour that is prefetched with it. */
    public static final int LINE_PAIR_BYTES = 128;

    @SuppressWarnings("restricted") // native access is granted to the whole class path by the launcher
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /**
     * The bits of an address that user space may have, with five levels of page tables too. Masking with them changes no
     * address; but without it each access compares its address with the segment's length, a 64-bit constant that has to be
     * loaded first, and branches.
     */
    private static final long USER_SPACE = 0x00FF_FFFF_FFFF_FFFFL;

    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle().withInvokeExactBehavior();
    private static final VarHandle SHORT = handle(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN));
    private static final VarHandle INT = handle(ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN));
    private static final VarHandle LONG = handle(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN));
    private static final VarHandle SHORT_NETWORK = handle(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(BIG_ENDIAN));
    private static final VarHandle INT_NETWORK = handle(ValueLayout.JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN));
    private static final VarHandle LONG_NETWORK = handle(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN));
    private static final VarHandle INT_ALIGNED = handle(ValueLayout.JAVA_INT.withOrder(LITTLE_ENDIAN));
    private static final VarHandle LONG_ALIGNED = handle(ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN));

    private Memory() {}

    private static VarHandle handle(ValueLayout layout) {
        return layout.varHandle().withInvokeExactBehavior();
    }

    /** {@code address}, of which the JIT then knows that it lies in {@link #ALL}. */
    static long known(long address) {
        return address & USER_SPACE;
    }

    /**
     * The address of a block of memory, for loops: to {@code base(address) + offset} with an offset that the JIT can see to
     * be neither negative nor above 2^54, nothing is masked any more, nor compared. Changes no address, as Linux gives out
     * none above 2^47 that was not asked for.
     */
    public static long base(long address) {
        return address & USER_SPACE >>> 1;
    }

    public static byte byteAt(long address) {
        return (byte) BYTE.get(ALL, known(address));
    }

    public static void byteAt(long address, byte value) {
        BYTE.set(ALL, known(address), value);
    }

    /** An unsigned 8-bit value. */
    public static int unsignedByteAt(long address) {
        return (byte) BYTE.get(ALL, known(address)) & 0xFF;
    }

    public static short shortAt(long address) {
        return (short) SHORT.get(ALL, known(address));
    }

    public static void shortAt(long address, short value) {
        SHORT.set(ALL, known(address), value);
    }

    public static int intAt(long address) {
        return (int) INT.get(ALL, known(address));
    }

    public static void intAt(long address, int value) {
        INT.set(ALL, known(address), value);
    }

    public static long longAt(long address) {
        return (long) LONG.get(ALL, known(address));
    }

    public static void longAt(long address, long value) {
        LONG.set(ALL, known(address), value);
    }

    /** An unsigned 16-bit value in network byte order. */
    public static int unsignedShortNetwork(long address) {
        return (short) SHORT_NETWORK.get(ALL, known(address)) & 0xFFFF;
    }

    public static void shortNetwork(long address, short value) {
        SHORT_NETWORK.set(ALL, known(address), value);
    }

    public static int intNetwork(long address) {
        return (int) INT_NETWORK.get(ALL, known(address));
    }

    public static void intNetwork(long address, int value) {
        INT_NETWORK.set(ALL, known(address), value);
    }

    public static long longNetwork(long address) {
        return (long) LONG_NETWORK.get(ALL, known(address));
    }

    public static int intOpaque(long address) {
        return (int) INT_ALIGNED.getOpaque(ALL, known(address));
    }

    public static int intAcquire(long address) {
        return (int) INT_ALIGNED.getAcquire(ALL, known(address));
    }

    public static void intRelease(long address, int value) {
        INT_ALIGNED.setRelease(ALL, known(address), value);
    }

    /** Stores {@code value} where {@code expected} is; false, and nothing stored, where something else is. */
    public static boolean intCompareAndSet(long address, int expected, int value) {
        return (boolean) INT_ALIGNED.compareAndSet(ALL, known(address), expected, value);
    }

    public static long longOpaque(long address) {
        return (long) LONG_ALIGNED.getOpaque(ALL, known(address));
    }

    public static void longOpaque(long address, long value) {
        LONG_ALIGNED.setOpaque(ALL, known(address), value);
    }

    public static long longAcquire(long address) {
        return (long) LONG_ALIGNED.getAcquire(ALL, known(address));
    }

    public static void longRelease(long address, long value) {
        LONG_ALIGNED.setRelease(ALL, known(address), value);
    }

    /** Copies {@code lengthBytes} bytes; the two places may overlap. */
    public static void copy(long source, long target, long lengthBytes) {
        MemorySegment.copy(ALL, source, ALL, target, lengthBytes);
    }

    /** Copies from memory into an array. */
    public static void copyToArray(long source, byte[] target, int targetOffset, int lengthBytes) {
        MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, source, target, targetOffset, lengthBytes);
    }

    /** Copies from an array into memory. */
    public static void copyFromArray(byte[] source, int sourceOffset, long target, int lengthBytes) {
        MemorySegment.copy(source, sourceOffset, ALL, ValueLayout.JAVA_BYTE, target, lengthBytes);
    }

    /** How many bytes two places have in common from their beginnings on; -1 where all {@code lengthBytes} are equal. */
    public static long mismatch(long first, long second, long lengthBytes) {
        return MemorySegment.mismatch(ALL, first, first + lengthBytes, ALL, second, second + lengthBytes);
    }

    /** Sets {@code lengthBytes} bytes to zero. */
    public static void zero(long address, long lengthBytes) {
        ALL.asSlice(address, lengthBytes).fill((byte) 0);
    }
}
