// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * 32-bit device registers on a mapped page; nothing else touches such a page.
 *
 * <p>Stores are plain, between store-store fences. HotSpot's interpreter would run an opaque or release store as a
 * locked exchange, which reads the register; and its optimising compiler would merge two neighbouring plain 32-bit
 * stores to one of 64 bits where no fence stands between them. Loads are acquire: a plain one may be hoisted out of a
 * loop.
 */
public final class Mmio {
    @SuppressWarnings("restricted") // native access is granted to the whole class path by the launcher
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final VarHandle INT =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();

    private Mmio() {}

    public static int read32(long address) {
        return (int) INT.getAcquire(ALL, Memory.known(address));
    }

    /** Stores after everything stored before, and before everything stored after. */
    public static void write32(long address, int value) {
        VarHandle.storeStoreFence();
        INT.set(ALL, Memory.known(address), value);
        VarHandle.storeStoreFence();
    }
}
