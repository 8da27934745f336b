// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;

import java.util.BitSet;

/** Which VLANs a card takes frames of, once it is told to look (7.4.4, 8.2.3.7.2, 8.2.3.7.11). Untagged frames pass. */
public final class VlanFilters implements CardPart {
    private static final int VLANS = 4096;
    private static final int TABLE = 128;
    private static final int BITS = 32;

    private final Registers registers;
    private final BitSet accepted = new BitSet(VLANS);

    /** How many pools are in a VLAN, apart from what was asked for here. */
    private final int[] pools = new int[VLANS];

    private boolean filtering;

    VlanFilters(Registers registers) {
        this.registers = registers;
    }

    /** Looks at VLANs from now on, or takes frames of any. */
    public void filter(boolean on) {
        synchronized (registers) {
            filtering = on;
            programControl();
        }
    }

    /** Takes frames of {@code vlan}, 0 to 4095. */
    public void accept(int vlan) throws CardException {
        check(vlan);
        synchronized (registers) {
            accepted.set(vlan);
            programWord(vlan / BITS);
        }
    }

    /** Takes {@link #accept} back. */
    public void remove(int vlan) throws CardException {
        check(vlan);
        synchronized (registers) {
            accepted.clear(vlan);
            programWord(vlan / BITS);
        }
    }

    /** One more, or one fewer, pool is in {@code vlan}. */
    void pool(int vlan, int more) throws CardException {
        check(vlan);
        pools[vlan] += more;
        programWord(vlan / BITS);
        programControl();
    }

    private void check(int vlan) throws CardException {
        if (vlan < 0 || vlan >= VLANS) {
            throw registers.failure("vlan=" + vlan + ", must be 0 to " + (VLANS - 1));
        }
    }

    @Override
    public void program() {
        for (int word = 0; word < TABLE; word++) {
            programWord(word);
        }
        programControl();
    }

    private void programWord(int word) {
        int bits = 0;
        for (int bit = 0; bit < BITS; bit++) {
            final int vlan = word * BITS + bit;
            bits |= accepted.get(vlan) || pools[vlan] > 0 ? 1 << bit : 0;
        }
        registers.write(vfta(word), bits);
    }

    private void programControl() {
        boolean any = filtering;
        for (int count : pools) {
            any |= count > 0;
        }
        registers.replace(VLNCTRL, VLNCTRL_FILTER_ENABLE, any ? VLNCTRL_FILTER_ENABLE : 0);
    }
}
