// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.register.DeviceRegisters;

/** I2CCTL: the two lines of the module's bus, as the driver drives them and as they are (8.2.3.1.6). */
final class I2cAccess {
    private static final int CLOCK_IN = 1 << 0;
    private static final int CLOCK_OUT = 1 << 1;
    private static final int DATA_IN = 1 << 2;
    private static final int DATA_OUT = 1 << 3;

    private final I2cSlave slave;

    I2cAccess(RegisterFile registers, SfpModule module) {
        slave = new I2cSlave(module);
        registers.onWrite(DeviceRegisters.I2CCTL, (offset, before, value) -> {
            final boolean clock = (value & CLOCK_OUT) != 0;
            final boolean data = (value & DATA_OUT) != 0;
            slave.drive(clock, data);
            registers.poke(
                    offset,
                    value & (CLOCK_OUT | DATA_OUT)
                            | (clock ? CLOCK_IN : 0)
                            | (data && slave.releasesData() ? DATA_IN : 0));
        });
    }

    /** The lines are let go. */
    void reset() {
        slave.reset();
    }
}
