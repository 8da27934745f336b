// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import io.sluice.host.pci.DmaMapping;
import io.sluice.host.pci.PciDevice;
import io.sluice.host.pci.TailRegister;
import io.sluice.shared.memory.SharedRegion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A device that notes every access to registers and every write of configuration space, but for tails. */
final class TracingDevice implements PciDevice {
    private final PciDevice device;
    private final List<RegisterTrace.Access> accesses = new ArrayList<>();

    TracingDevice(PciDevice device) {
        this.device = device;
    }

    RegisterTrace trace() {
        return new RegisterTrace(accesses);
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public int readConfig(int offset, int bytes) {
        return device.readConfig(offset, bytes);
    }

    @Override
    public void writeConfig(int offset, int bytes, int value) {
        accesses.add(new RegisterTrace.Access(RegisterTrace.Kind.WRITE_CONFIG, offset, value));
        device.writeConfig(offset, bytes, value);
    }

    @Override
    public long barBytes(int bar) {
        return device.barBytes(bar);
    }

    @Override
    public int read32(int offset) {
        final int value = device.read32(offset);
        accesses.add(new RegisterTrace.Access(RegisterTrace.Kind.READ, offset, value));
        return value;
    }

    @Override
    public void write32(int offset, int value) {
        accesses.add(new RegisterTrace.Access(RegisterTrace.Kind.WRITE, offset, value));
        device.write32(offset, value);
    }

    @Override
    public TailRegister tail(int offset) {
        return device.tail(offset);
    }

    @Override
    public DmaMapping map(SharedRegion memory) throws IOException {
        return device.map(memory);
    }

    @Override
    public int vectors() {
        return device.vectors();
    }

    @Override
    public void interrupt(int vector, int eventDescriptor) throws IOException {
        device.interrupt(vector, eventDescriptor);
    }

    @Override
    public void reset() throws IOException {
        device.reset();
    }

    @Override
    public void close() {
        device.close();
    }
}
