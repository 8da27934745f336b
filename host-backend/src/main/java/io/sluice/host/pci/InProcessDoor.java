// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci;

import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.EventFd;
import java.util.ArrayList;
import java.util.List;

/** The door between a driver and a function in one process: calls, and stores to pages where the function has some. */
public final class InProcessDoor implements PciDevice {
    private final PciFunction function;
    private final List<DoorMapping> mappings = new ArrayList<>();
    private final DeviceAddresses deviceAddresses = new DeviceAddresses();
    private boolean closed;

    /** Opens {@code function} to one driver. */
    public InProcessDoor(PciFunction function) {
        this.function = function;
    }

    @Override
    public String name() {
        return function.name();
    }

    @Override
    public int readConfig(int offset, int bytes) {
        return function.readConfig(offset, bytes);
    }

    @Override
    public void writeConfig(int offset, int bytes, int value) {
        function.writeConfig(offset, bytes, value);
    }

    @Override
    public long barBytes(int bar) {
        return function.barBytes(bar);
    }

    @Override
    public int read32(int offset) {
        return (int) function.read(0, offset, Integer.BYTES);
    }

    @Override
    public void write32(int offset, int value) {
        function.write(0, offset, Integer.BYTES, Integer.toUnsignedLong(value));
    }

    @Override
    public TailRegister tail(int offset) {
        for (PciFunction.MappedPages pages : function.mappedPages()) {
            final long inside = offset - pages.offset();
            if (pages.bar() == 0 && inside >= 0 && inside <= pages.lengthBytes() - Integer.BYTES) {
                return new TailRegister(this, offset, pages.address() + inside);
            }
        }
        return new TailRegister(this, offset, 0);
    }

    @Override
    public synchronized DmaMapping map(SharedRegion memory) {
        final DoorMapping mapping =
                new DoorMapping(deviceAddresses.next(memory.lengthBytes()), memory.lengthBytes(), this::unmap);
        function.mapDma(mapping.deviceAddress(), memory.address(), mapping.lengthBytes());
        mappings.add(mapping);
        return mapping;
    }

    private void unmap(DoorMapping mapping) {
        synchronized (this) {
            if (!mappings.remove(mapping)) {
                return;
            }
        }
        function.unmapDma(mapping.deviceAddress(), mapping.lengthBytes());
    }

    @Override
    public int vectors() {
        return function.vectors();
    }

    @Override
    public void interrupt(int vector, int eventDescriptor) {
        function.interrupt(vector, eventDescriptor < 0 ? null : () -> EventFd.signal(eventDescriptor));
    }

    @Override
    public void reset() {
        function.reset();
    }

    @Override
    public void close() {
        final List<DoorMapping> left;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            left = List.copyOf(mappings);
        }
        function.reset();
        for (int vector = 0; vector < function.vectors(); vector++) {
            function.interrupt(vector, null);
        }
        left.forEach(DoorMapping::close);
    }
}
