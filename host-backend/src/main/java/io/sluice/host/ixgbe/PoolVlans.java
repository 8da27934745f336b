// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.FlowRegisters.PFVLVF_ENABLE;
import static io.sluice.host.ixgbe.register.FlowRegisters.pfvlvf;
import static io.sluice.host.ixgbe.register.FlowRegisters.pfvlvfb;

/** Which pools are in which VLAN: 64 filters, each with a VLAN and its pools (7.10.3.2). */
final class PoolVlans implements CardPart {
    private static final int FILTERS = 64;

    private final Registers registers;
    private final VlanFilters vlans;
    private final int[] vlanOf = new int[FILTERS];

    /** The pools of a filter; a filter without any is free. */
    private final long[] members = new long[FILTERS];

    PoolVlans(Registers registers, VlanFilters vlans) {
        this.registers = registers;
        this.vlans = vlans;
    }

    /** {@code pool} gets frames of {@code vlan}. */
    void join(int vlan, int pool) throws CardException {
        int filter = filter(vlan);
        if (filter == FILTERS) {
            filter = free(vlan);
        }
        vlans.pool(vlan, 1);
        vlanOf[filter] = vlan;
        members[filter] |= 1L << pool;
        program(filter);
    }

    /** Takes {@link #join} back. */
    void leave(int vlan, int pool) throws CardException {
        final int filter = filter(vlan);
        members[filter] &= ~(1L << pool);
        program(filter);
        vlans.pool(vlan, -1);
    }

    private int filter(int vlan) {
        int filter = 0;
        while (filter < FILTERS && (members[filter] == 0 || vlanOf[filter] != vlan)) {
            filter++;
        }
        return filter;
    }

    private int free(int vlan) throws CardException {
        for (int filter = 0; filter < FILTERS; filter++) {
            if (members[filter] == 0) {
                return filter;
            }
        }
        throw registers.failure("vlan=" + vlan + " is one more than the " + FILTERS + " that pools can be in");
    }

    @Override
    public void program() {
        for (int filter = 0; filter < FILTERS; filter++) {
            program(filter);
        }
    }

    /** 8.2.3.27.15 and 16: a filter counts from when it is enabled, so its pools are written while it is not. */
    private void program(int filter) {
        registers.write(pfvlvf(filter), 0);
        registers.write(pfvlvfb(2 * filter), (int) members[filter]);
        registers.write(pfvlvfb(2 * filter + 1), (int) (members[filter] >>> Integer.SIZE));
        if (members[filter] != 0) {
            registers.write(pfvlvf(filter), PFVLVF_ENABLE | vlanOf[filter]);
        }
    }
}
