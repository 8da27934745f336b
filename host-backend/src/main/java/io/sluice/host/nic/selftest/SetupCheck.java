// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.register.DeviceRegisters;

/** Whether the card can be set up as chains do it (4.6.3), and may use memory then. */
final class SetupCheck implements Check {
    @Override
    public String name() {
        return "set-up";
    }

    @Override
    public Need need() {
        return Need.REGISTERS;
    }

    @Override
    public Finding run(Bench bench) throws CardException {
        final long began = bench.clock().nanos();
        bench.open();
        bench.memory();
        return Finding.passed("it is set up as a chain would have it")
                .with("time", (bench.clock().nanos() - began) / 1_000_000 + " ms")
                .with("STATUS", "0x%08X".formatted(bench.read(DeviceRegisters.STATUS)));
    }
}
