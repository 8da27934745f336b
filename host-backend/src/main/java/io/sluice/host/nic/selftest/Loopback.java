// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.register.LinkRegisters;
import io.sluice.host.ixgbe.register.ReceiveRegisters;

/**
 * A card whose transmitter is joined to its receiver inside, at its MAC (HLREG0.LPBK, 8.2.3.22.8), with the link forced up
 * (AUTOC.FLU, 8.2.3.22.19; on the X540 and X550 MACC.FLU): nothing leaves on the wire, nothing comes from it.
 */
final class Loopback implements AutoCloseable {
    private static final int MACC_FORCE_LINK_UP = 1;

    /** As long as other drivers leave a card alone then. */
    private static final long SETTLE_NANOS = 20_000_000;

    private final Bench bench;
    private final int forceRegister;
    private final int forceBit;

    Loopback(Bench bench) {
        this.bench = bench;
        final boolean first = bench.card().identity().kind().equals("82599");
        forceRegister = first ? LinkRegisters.AUTOC : LinkRegisters.MACC;
        forceBit = first ? LinkRegisters.AUTOC_FORCE_LINK_UP : MACC_FORCE_LINK_UP;
        bench.set(ReceiveRegisters.HLREG0, ReceiveRegisters.HLREG0_LOOPBACK);
        bench.set(forceRegister, forceBit);
        bench.clock().sleep(SETTLE_NANOS);
    }

    /** Parts the two again. */
    @Override
    public void close() {
        bench.clear(forceRegister, forceBit);
        bench.clear(ReceiveRegisters.HLREG0, ReceiveRegisters.HLREG0_LOOPBACK);
    }
}
