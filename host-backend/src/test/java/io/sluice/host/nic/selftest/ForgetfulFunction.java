// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.pci.PciFunction;
import java.util.List;

/** A function one of whose registers does not keep some bits. */
record ForgetfulFunction(PciFunction function, int offset, int bits) implements PciFunction {
    @Override
    public String name() {
        return function.name();
    }

    @Override
    public int readConfig(int at, int bytes) {
        return function.readConfig(at, bytes);
    }

    @Override
    public void writeConfig(int at, int bytes, int value) {
        function.writeConfig(at, bytes, value);
    }

    @Override
    public long barBytes(int bar) {
        return function.barBytes(bar);
    }

    @Override
    public long read(int bar, long at, int bytes) {
        return function.read(bar, at, bytes);
    }

    @Override
    public void write(int bar, long at, int bytes, long value) {
        function.write(bar, at, bytes, bar == 0 && at == offset ? value & ~bits : value);
    }

    @Override
    public List<MappedPages> mappedPages() {
        return function.mappedPages();
    }

    @Override
    public void mapDma(long deviceAddress, long address, long lengthBytes) {
        function.mapDma(deviceAddress, address, lengthBytes);
    }

    @Override
    public boolean unmapDma(long deviceAddress, long lengthBytes) {
        return function.unmapDma(deviceAddress, lengthBytes);
    }

    @Override
    public int vectors() {
        return function.vectors();
    }

    @Override
    public void interrupt(int vector, Interrupt target) {
        function.interrupt(vector, target);
    }

    @Override
    public void pin(Interrupt target) {
        function.pin(target);
    }

    @Override
    public boolean pinAsserted() {
        return function.pinAsserted();
    }

    @Override
    public void reset() {
        function.reset();
    }
}
