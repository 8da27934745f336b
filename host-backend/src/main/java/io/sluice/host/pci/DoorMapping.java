// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci;

import java.util.function.Consumer;

/** Memory that a device knows by an address of its door's choosing. */
public final class DoorMapping implements DmaMapping {
    private final long deviceAddress;
    private final long lengthBytes;
    private final Consumer<DoorMapping> unmap;

    /**
     * A mapping of {@code lengthBytes} at {@code deviceAddress}.
     *
     * @param unmap takes the memory from the device; called at each closing, so the door has to know what it has mapped
     */
    public DoorMapping(long deviceAddress, long lengthBytes, Consumer<DoorMapping> unmap) {
        this.deviceAddress = deviceAddress;
        this.lengthBytes = lengthBytes;
        this.unmap = unmap;
    }

    @Override
    public long deviceAddress() {
        return deviceAddress;
    }

    /** How many bytes the device may use from there on. */
    public long lengthBytes() {
        return lengthBytes;
    }

    @Override
    public void close() {
        unmap.accept(this);
    }
}
