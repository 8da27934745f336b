// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Which addresses a card takes frames for (7.1.1.1): 128 exact ones, more than one station's by a table of hashes, or
 * all. VLANs have {@link VlanFilters}.
 */
public final class AddressFilters implements CardPart {
    /** Exact addresses that a card holds, its own among them. */
    public static final int EXACT = 128;

    private static final int MULTICAST_TABLE = 128;
    private static final int HASH_MASK = 0xFFF;
    private static final int BIT_MASK = 0x1F;
    private static final int WORD_SHIFT = 5;

    /** The pool of frames where there are no pools (4.6.7). */
    private static final long FIRST_POOL = 1;

    private final Registers registers;
    private final MacAddress[] exact = new MacAddress[EXACT];
    private final long[] pools = new long[EXACT];
    private final Set<MacAddress> multicast = new HashSet<>();
    private boolean promiscuous;
    private boolean allMulticast;

    AddressFilters(Registers registers, boolean promiscuous) {
        this.registers = registers;
        this.promiscuous = promiscuous;
    }

    /** Takes frames for {@code address}. */
    public void accept(MacAddress address) throws CardException {
        accept(address, FIRST_POOL);
    }

    /** Takes frames for {@code address}, for the pools whose bits are set too. */
    void accept(MacAddress address, long poolBits) throws CardException {
        if (!address.unicast()) {
            throw registers.failure("address=" + address + " is not that of one station");
        }
        synchronized (registers) {
            int entry = entry(address);
            if (entry < 0) {
                entry = entry(null);
            }
            if (entry < 0) {
                throw registers.failure("address=" + address + " is one more than the " + EXACT
                        + " that the card can tell apart; remove one or make the card promiscuous");
            }
            exact[entry] = address;
            pools[entry] |= poolBits;
            programExact(entry);
        }
    }

    /** Takes frames for {@code address} no more, unless promiscuous. */
    public void remove(MacAddress address) {
        remove(address, FIRST_POOL);
    }

    void remove(MacAddress address, long poolBits) {
        synchronized (registers) {
            final int entry = entry(address);
            if (entry >= 0) {
                pools[entry] &= ~poolBits;
                exact[entry] = pools[entry] == 0 ? null : address;
                programExact(entry);
            }
        }
    }

    /** Takes frames for the many stations of {@code address}, and those whose hash is the same. */
    public void acceptMulticast(MacAddress address) throws CardException {
        if (!address.multicast()) {
            throw registers.failure("address=" + address + " is not one of many stations");
        }
        synchronized (registers) {
            multicast.add(address);
            programMulticast();
        }
    }

    /** Takes {@link #acceptMulticast} back. */
    public void removeMulticast(MacAddress address) {
        synchronized (registers) {
            multicast.remove(address);
            programMulticast();
        }
    }

    /** Takes frames for every address, or for those asked for. */
    public void promiscuous(boolean on) {
        synchronized (registers) {
            promiscuous = on;
            programModes();
        }
    }

    /** Takes frames for all addresses of many stations, or for those asked for. */
    public void allMulticast(boolean on) {
        synchronized (registers) {
            allMulticast = on;
            programModes();
        }
    }

    /** Whether it takes frames for every address. */
    public boolean promiscuous() {
        synchronized (registers) {
            return promiscuous;
        }
    }

    @Override
    public void program() {
        for (int entry = 0; entry < EXACT; entry++) {
            programExact(entry);
        }
        programMulticast();
        programModes();
    }

    private int entry(MacAddress address) {
        return Arrays.asList(exact).indexOf(address);
    }

    /** 8.2.3.7.8 to 10: an address counts from when RAH.AV is set, so that is written last and cleared first. */
    private void programExact(int entry) {
        final MacAddress address = exact[entry];
        if (address == null) {
            registers.write(rah(entry), 0);
            registers.write(ral(entry), 0);
        }
        registers.write(mpsar(2 * entry), (int) pools[entry]);
        registers.write(mpsar(2 * entry + 1), (int) (pools[entry] >>> Integer.SIZE));
        if (address != null) {
            registers.write(ral(entry), address.low());
            registers.write(rah(entry), address.high() | RAH_VALID);
        }
    }

    /** 8.2.3.7.7: the hash is bits 47 to 36 of the address as it lies in RAL and RAH, with MCSTCTRL.MO 0. */
    private void programMulticast() {
        final int[] table = new int[MULTICAST_TABLE];
        for (MacAddress address : multicast) {
            final int hash = address.high() >>> 4 & HASH_MASK;
            table[hash >>> WORD_SHIFT] |= 1 << (hash & BIT_MASK);
        }
        for (int i = 0; i < table.length; i++) {
            registers.write(mta(i), table[i]);
        }
        // 4.6.7: "Set the MCSTCTRL.MFE bit if multicast filtering is required"
        registers.write(MCSTCTRL, multicast.isEmpty() ? 0 : MCSTCTRL_FILTER_ENABLE);
    }

    /** 8.2.3.7.1: "Before receive filters are updated the RXCTRL.RXEN bit should be set to 0b". */
    private void programModes() {
        final int receiving = registers.read(RXCTRL) & RXCTRL_ENABLE;
        if (receiving != 0) {
            registers.clear(RXCTRL, RXCTRL_ENABLE);
        }
        registers.replace(
                FCTRL,
                FCTRL_BROADCAST | FCTRL_UNICAST_PROMISCUOUS | FCTRL_MULTICAST_PROMISCUOUS,
                FCTRL_BROADCAST
                        | (promiscuous ? FCTRL_UNICAST_PROMISCUOUS : 0)
                        | (promiscuous || allMulticast ? FCTRL_MULTICAST_PROMISCUOUS : 0));
        if (receiving != 0) {
            registers.set(RXCTRL, RXCTRL_ENABLE);
        }
    }
}
