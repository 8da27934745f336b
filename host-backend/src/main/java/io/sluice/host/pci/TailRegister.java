// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci;

import io.sluice.shared.memory.Mmio;

/**
 * A register that is written on a packet's way, the tail of a descriptor ring: a store to a mapped page, or a call where
 * every access is to be seen. It is never read.
 */
public final class TailRegister {
    private final PciDevice device;
    private final int offset;
    private final long address;

    /**
     * The register at {@code offset} of BAR 0 of {@code device}.
     *
     * @param address where its page is mapped, with {@code offset} added, or 0 where it is not
     */
    public TailRegister(PciDevice device, int offset, long address) {
        this.device = device;
        this.offset = offset;
        this.address = address;
    }

    /** Stores {@code value} after everything stored before: descriptors are in memory when their tail is. */
    public void write(int value) {
        if (address != 0) {
            Mmio.write32(address, value);
        } else {
            device.write32(offset, value);
        }
    }

    /** Whether a write is a store and nothing else. */
    public boolean mapped() {
        return address != 0;
    }
}
