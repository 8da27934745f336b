// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.host.ixgbe.register.InterruptRegisters;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.ixgbe.register.TransmitRegisters;
import java.util.ArrayList;
import java.util.List;

/** Whether a reset ends in time, and whether everything is off after it (4.2.1.6.1). */
final class ResetCheck implements Check {
    private static final int SHOWN = 4;

    @Override
    public String name() {
        return "reset";
    }

    @Override
    public Need need() {
        return Need.REGISTERS;
    }

    @Override
    public Finding run(Bench bench) throws CardException {
        final long began = bench.clock().nanos();
        bench.inspection().reset();
        final long nanos = bench.clock().nanos() - began;
        final List<String> wrong = new ArrayList<>();
        off(bench, wrong, "RXCTRL", ReceiveRegisters.RXCTRL, ReceiveRegisters.RXCTRL_ENABLE);
        off(bench, wrong, "DMATXCTL", TransmitRegisters.DMATXCTL, TransmitRegisters.DMATXCTL_ENABLE);
        off(bench, wrong, "EIMS", InterruptRegisters.EIMS, -1);
        off(bench, wrong, "HLREG0", ReceiveRegisters.HLREG0, ReceiveRegisters.HLREG0_LOOPBACK);
        off(bench, wrong, "CTRL", DeviceRegisters.CTRL, DeviceRegisters.CTRL_RESET | DeviceRegisters.CTRL_LINK_RESET);
        for (int queue = 0; queue < ReceiveRegisters.RX_QUEUES; queue++) {
            final int receive = ReceiveRegisters.rxdctl(queue);
            final int transmit = TransmitRegisters.txdctl(queue);
            off(bench, wrong, "RXDCTL[" + queue + ']', receive, ReceiveRegisters.RXDCTL_ENABLE);
            off(bench, wrong, "TXDCTL[" + queue + ']', transmit, TransmitRegisters.TXDCTL_ENABLE);
            off(bench, wrong, "RDH[" + queue + ']', ReceiveRegisters.rdh(queue), 0xFFFF);
            off(bench, wrong, "TDH[" + queue + ']', TransmitRegisters.tdh(queue), 0xFFFF);
        }
        final Finding finding = wrong.isEmpty()
                ? Finding.passed("it takes a reset, and everything is off after it")
                : Finding.failed("after a reset not everything is off: "
                        + String.join(", ", wrong.subList(0, Math.min(SHOWN, wrong.size())))
                        + (wrong.size() > SHOWN ? " and " + (wrong.size() - SHOWN) + " more" : ""));
        return finding.with("time", nanos / 1_000_000 + " ms");
    }

    private static void off(Bench bench, List<String> wrong, String name, int offset, int mask) {
        final int value = bench.read(offset);
        if ((value & mask) != 0) {
            wrong.add("%s reads 0x%08X".formatted(name, value));
        }
    }
}
