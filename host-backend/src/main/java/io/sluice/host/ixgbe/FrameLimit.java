// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;

/** The longest frame that the card takes; longer ones it drops and counts as oversize (4.6.7, 8.2.3.22.13). */
final class FrameLimit implements CardPart {
    private static final int CHECK_BYTES = 4;
    private static final int MAXFRS_SHIFT = 16;
    private static final int MAXFRS_MASK = 0xFFFF << MAXFRS_SHIFT;

    private final Registers registers;
    private final int maxFrameBytes;

    FrameLimit(Registers registers, int maxFrameBytes) {
        this.registers = registers;
        this.maxFrameBytes = maxFrameBytes;
    }

    @Override
    public void program() {
        // 4.6.7: "Enable jumbo reception by setting HLREG0.JUMBOEN. Set MAXFRS.MFS to the expected maximum". Without
        // JUMBOEN the limit is 1518 bytes with check sequence, and a VLAN tag more, whatever MFS says
        registers.set(HLREG0, HLREG0_JUMBO);
        registers.replace(MAXFRS, MAXFRS_MASK, maxFrameBytes + CHECK_BYTES << MAXFRS_SHIFT);
    }
}
