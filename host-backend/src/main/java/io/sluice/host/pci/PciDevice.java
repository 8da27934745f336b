// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci;

import io.sluice.shared.memory.Backing;
import io.sluice.shared.memory.SharedRegion;
import java.io.IOException;

/**
 * A PCI function as its driver sees it: configuration space, the registers of BAR 0, memory for its DMA, interrupts. What
 * is behind it, a card or a program that plays one, is the business of the door that made it, and nothing here tells.
 *
 * <p>Any thread may call; {@link TailRegister#write} alone is for a packet's way. A device that is gone reads as all
 * ones and ignores what is written, as a PCI bus does: a driver looks for that, nothing is thrown.
 */
public interface PciDevice extends AutoCloseable {
    /** What a register of a device reads that is no longer there. */
    int GONE = 0xFFFF_FFFF;

    /** What the user calls it: {@code model0}, the path of a socket, or {@code 0000:03:00.0}. */
    String name();

    /**
     * Reads configuration space, little-endian.
     *
     * @param offset in bytes, aligned to {@code bytes}
     * @param bytes 1, 2 or 4
     * @return the value, without sign
     */
    int readConfig(int offset, int bytes);

    /** Writes configuration space, as {@link #readConfig} reads it. */
    void writeConfig(int offset, int bytes, int value);

    /** How long BAR {@code bar}, 0 to 5, is; 0 where there is none. */
    long barBytes(int bar);

    /** Reads the 32-bit register at {@code offset} of BAR 0, with all side effects that this has. */
    int read32(int offset);

    /** Writes the 32-bit register at {@code offset} of BAR 0, after everything stored before. */
    void write32(int offset, int value);

    /** The register at {@code offset} of BAR 0 for writing on a packet's way: straight to a mapped page where one is. */
    TailRegister tail(int offset);

    /** What memory has to be made of that {@link #map} is to take. */
    default Backing backing() {
        return Backing.USUAL;
    }

    /**
     * Lets the device read and write all of {@code memory} until the mapping is closed or the device is.
     *
     * @throws IOException where the door refuses, with what to do
     */
    DmaMapping map(SharedRegion memory) throws IOException;

    /** Message-signalled interrupts that the device can raise; 0 where the door carries none. */
    int vectors();

    /**
     * Makes {@code vector} signal {@code eventDescriptor}, an eventfd that stays the caller's, or nothing from now on
     * with -1.
     *
     * @throws IOException where the door refuses, with what to do
     */
    void interrupt(int vector, int eventDescriptor) throws IOException;

    /** Resets the function (PCI Express 6.6.2): registers as after power-on, no DMA any more; mappings stay. */
    void reset() throws IOException;

    /** Stops the device's DMA and gives it back; idempotent. */
    @Override
    void close();
}
