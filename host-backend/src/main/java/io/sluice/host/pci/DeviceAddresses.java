// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci;

/**
 * Addresses by which a device knows memory, where they are the door's to choose: away from zero and from anything that is
 * an address of this process, in the order of the asking, so that a driver gets the same ones through every such door.
 */
public final class DeviceAddresses {
    private static final long FIRST = 1L << 32;
    private static final long ALIGNMENT = 2L << 20;

    private long next = FIRST;

    /** The address of {@code lengthBytes} more, with a gap behind what was given out before. */
    public long next(long lengthBytes) {
        final long address = next;
        next += (lengthBytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + ALIGNMENT;
        return address;
    }
}
