// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.register.FlowRegisters.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;

import io.sluice.host.ixgbe.model.RegisterFile;

/** Which frames the card takes at all, by address and VLAN (7.1.1). */
final class AddressFilter {
    /** Not for this card. */
    static final int REJECTED = 0;
    /** For an address that is known exactly, or for all. */
    static final int EXACT = 1;
    /** Passed by a hash or because everything passes. */
    static final int INEXACT = 2;

    private static final int ADDRESSES = 128;
    private static final int VLAN_MASK = 0xFFF;

    private final RegisterFile registers;
    private final long[] addresses = new long[ADDRESSES];
    private final long[] poolsOf = new long[ADDRESSES];
    private int valid;
    private boolean stale = true;

    /** The pools of the address that {@link #match} found exactly; 0 where it found none. */
    long exactPools;

    AddressFilter(RegisterFile registers) {
        this.registers = registers;
        for (int i = 0; i < ADDRESSES; i++) {
            registers.onWrite(ral(i), (offset, before, value) -> stale = true);
            registers.onWrite(rah(i), (offset, before, value) -> stale = true);
            registers.onWrite(mpsar(2 * i), (offset, before, value) -> stale = true);
            registers.onWrite(mpsar(2 * i + 1), (offset, before, value) -> stale = true);
        }
    }

    /** The addresses are to be read again. */
    void reset() {
        stale = true;
    }

    private void takeAddresses() {
        valid = 0;
        for (int i = 0; i < ADDRESSES; i++) {
            final int high = registers.peek(rah(i));
            if ((high & RAH_VALID) != 0) {
                addresses[valid] = registers.peek(ral(i)) & 0xFFFF_FFFFL | (high & 0xFFFFL) << 32;
                poolsOf[valid] =
                        registers.peek(mpsar(2 * i)) & 0xFFFF_FFFFL | (long) registers.peek(mpsar(2 * i + 1)) << 32;
                valid++;
            }
        }
        stale = false;
    }

    /** Whether the card takes {@code frame}: {@link #REJECTED}, {@link #EXACT} or {@link #INEXACT}. */
    int match(FrameHeaders frame) {
        return vlanPasses(frame) ? matchAddress(frame) : REJECTED;
    }

    /** As {@link #match}, by address alone. */
    int matchAddress(FrameHeaders frame) {
        final boolean known = findExact(frame.destination);
        final int control = registers.peek(FCTRL);
        if (frame.destination == FrameHeaders.BROADCAST) {
            return (control & (FCTRL_BROADCAST | FCTRL_MULTICAST_PROMISCUOUS)) != 0 ? EXACT : REJECTED;
        }
        if (known) {
            return EXACT;
        }
        final boolean passes = frame.toGroup()
                ? (control & FCTRL_MULTICAST_PROMISCUOUS) != 0 || inMulticastTable(frame.destination)
                : (control & FCTRL_UNICAST_PROMISCUOUS) != 0 || inUnicastTable(frame.destination);
        return passes ? INEXACT : REJECTED;
    }

    private boolean findExact(long destination) {
        if (stale) {
            takeAddresses();
        }
        long pools = 0;
        boolean found = false;
        for (int i = 0; i < valid; i++) {
            if (addresses[i] == destination) {
                pools |= poolsOf[i];
                found = true;
            }
        }
        exactPools = pools;
        return found;
    }

    /** Whether the multicast table has {@code destination}, and is in use. */
    boolean inMulticastTable(long destination) {
        final int control = registers.peek(MCSTCTRL);
        final int hash = hash(destination, control);
        return (control & MCSTCTRL_FILTER_ENABLE) != 0 && (registers.peek(mta(hash >>> 5)) >>> hash & 1) != 0;
    }

    /** Whether the unicast table has {@code destination}; it is in use where there are pools. */
    boolean inUnicastTable(long destination) {
        final int hash = hash(destination, registers.peek(MCSTCTRL));
        return (registers.peek(VT_CTL) & VT_CTL_ENABLE) != 0 && (registers.peek(pfuta(hash >>> 5)) >>> hash & 1) != 0;
    }

    /** Twelve bits of the address: those from 36, 35, 34 or 32 on, as MCSTCTRL.MO says. */
    private static int hash(long destination, int control) {
        final int offset = control & MCSTCTRL_OFFSET_MASK;
        return (int) (destination >>> (offset == 3 ? 32 : 36 - offset)) & 0xFFF;
    }

    private boolean vlanPasses(FrameHeaders frame) {
        if (!frame.tagged || (registers.peek(VLNCTRL) & VLNCTRL_FILTER_ENABLE) == 0) {
            return true;
        }
        final int vlan = frame.tag & VLAN_MASK;
        return (registers.peek(vfta(vlan >>> 5)) >>> vlan & 1) != 0;
    }
}
