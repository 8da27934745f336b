// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci;

import io.sluice.shared.memory.SharedRegion;
import java.util.List;

/**
 * A PCI function played by a program, as a door sees it. Any thread may call any method at any time; a function that
 * moves packets in a thread of its own takes care of that itself.
 *
 * <p>Nobody who calls is trusted: offsets outside a BAR read as all ones, addresses outside what was mapped are never
 * touched, and both are counted.
 */
public interface PciFunction {
    /** What tables and messages call it: {@code model0}. */
    String name();

    /** Reads {@code bytes}, 1, 2 or 4, of configuration space (4096 bytes); without sign. */
    int readConfig(int offset, int bytes);

    /** Writes {@code bytes}, 1, 2 or 4, of configuration space. */
    void writeConfig(int offset, int bytes, int value);

    /** How long BAR {@code bar}, 0 to 5, is; 0 where there is none. */
    long barBytes(int bar);

    /** Reads 1, 2, 4 or 8 bytes of a BAR, little-endian, with the side effects that this has. */
    long read(int bar, long offset, int bytes);

    /** Writes 1, 2, 4 or 8 bytes of a BAR. */
    void write(int bar, long offset, int bytes, long value);

    /**
     * The pages of BARs that may be written as memory, without a call; none where each access is to be seen. A register
     * on such a page may be written by a call as well; reading one on it needs a call.
     */
    List<MappedPages> mappedPages();

    /**
     * Pages of BAR {@code bar}.
     *
     * <p>vfio-user passes one descriptor for a BAR, in which the distance between two pages is that in the BAR. So its
     * client gets the pages as memory that lie in the first one's {@code memory} with the first one's distance between
     * {@code memoryOffset} and {@code offset}; the rest it reaches by calls. Memory as long as the BAR, with each page
     * where it is in the BAR, serves every door.
     *
     * @param offset of the first page in the BAR
     * @param memory that stands for them
     * @param memoryOffset where in it the first page is
     */
    record MappedPages(int bar, long offset, long lengthBytes, SharedRegion memory, long memoryOffset) {
        /** All of {@code memory} stands for the pages. */
        public MappedPages(int bar, long offset, SharedRegion memory) {
            this(bar, offset, memory.lengthBytes(), memory, 0);
        }

        /** Where the first page is in this process. */
        public long address() {
            return memory.address() + memoryOffset;
        }
    }

    /**
     * Lets the function read and write {@code [deviceAddress, deviceAddress + lengthBytes)} as the memory at {@code
     * address} of this process.
     *
     * @throws IllegalArgumentException where that overlaps what is mapped, or is one mapping too many
     */
    void mapDma(long deviceAddress, long address, long lengthBytes);

    /**
     * Takes a mapping back that was made by exactly these numbers. On return the function no longer touches it, from
     * whatever thread.
     *
     * @return false where there is none
     */
    boolean unmapDma(long deviceAddress, long lengthBytes);

    /** Interrupt vectors (MSI-X). */
    int vectors();

    /** Where {@code vector} signals from now on; null for nowhere. */
    void interrupt(int vector, Interrupt target);

    /**
     * Where the interrupt pin (INTx) signals from now on that it is asserted; null for nowhere. It stays asserted until the
     * function's driver has seen to the cause: {@link #pinAsserted} tells whether to act on it once more.
     * Without a pin (configuration space 0x3D is 0) nothing happens.
     */
    void pin(Interrupt target);

    /** Whether the interrupt pin is asserted. */
    boolean pinAsserted();

    /** An interrupt's other end. */
    @FunctionalInterface
    interface Interrupt {
        /** Signals once. Called by the function's own thread: it must not block. */
        void raise();
    }

    /** Resets the function; DMA mappings stay. */
    void reset();
}
