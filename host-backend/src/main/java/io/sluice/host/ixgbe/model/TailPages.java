// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.ixgbe.register.TransmitRegisters;
import io.sluice.host.pci.PciFunction.MappedPages;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.SharedRegion;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The tails of the descriptor rings, the one kind of register that is written on a packet's way: on pages that a driver
 * may store to without a call, or, where nothing is mapped, in the register file.
 *
 * <pre>
 *   0x01000  4 KiB   receive queues 0 to 63: RDT at 0x18 of each 64 bytes
 *   0x06000  8 KiB   transmit queues 0 to 127: TDT at 0x18 of each 64 bytes
 *   0x0d000  4 KiB   receive queues 64 to 127
 * </pre>
 * Where pages are mapped, they alone hold the tails, and a call that writes one stores it there. Of all else that is
 * stored on these pages nothing is seen: the other registers need calls.
 */
public final class TailPages implements AutoCloseable {
    private static final int TAIL_MASK = 0xFFFF;
    private static final int[][] PAGES = {{0x01000, 0x1000}, {0x06000, 0x2000}, {0x0D000, 0x1000}};

    private final RegisterFile registers;
    /** Memory as long as BAR 0, each page where it is in the BAR; null where nothing is mapped. */
    private final SharedRegion memory;

    private final List<MappedPages> pages;
    private final long[] receiveAddresses = new long[ReceiveRegisters.RX_QUEUES];
    private final long[] transmitAddresses = new long[TransmitRegisters.TX_QUEUES];
    private final BitSet tailWords = new BitSet();

    private TailPages(RegisterFile registers, SharedRegion memory, List<MappedPages> pages) {
        this.registers = registers;
        this.memory = memory;
        this.pages = pages;
        for (int queue = 0; queue < receiveAddresses.length && memory != null; queue++) {
            receiveAddresses[queue] = attach(ReceiveRegisters.rdt(queue));
        }
        for (int queue = 0; queue < transmitAddresses.length && memory != null; queue++) {
            transmitAddresses[queue] = attach(TransmitRegisters.tdt(queue));
        }
    }

    /** Tails in the register file, nothing mapped. */
    static TailPages none(RegisterFile registers) {
        return new TailPages(registers, null, List.of());
    }

    /** Tails on pages of their own, which a driver may map. */
    static TailPages mapped(RegisterFile registers, SharedRegion memory) {
        final List<MappedPages> pages = new ArrayList<>();
        for (int[] page : PAGES) {
            pages.add(new MappedPages(0, page[0], page[1], memory, page[0]));
        }
        return new TailPages(registers, memory, List.copyOf(pages));
    }

    /** Tails where they are in {@code memory}, which is all of BAR 0. */
    static TailPages inside(RegisterFile registers, SharedRegion memory) {
        return new TailPages(registers, memory, List.of(new MappedPages(0, 0, memory)));
    }

    private long attach(int offset) {
        final long address = memory.address() + offset;
        tailWords.set(offset >>> 2);
        registers.onRead(offset, (at, held) -> Memory.intAcquire(address) & TAIL_MASK);
        registers.onWrite(offset, (at, before, value) -> Memory.intRelease(address, value & TAIL_MASK));
        return address;
    }

    /** Whether the word at {@code offset} is a tail that memory holds. */
    boolean holds(int offset) {
        return tailWords.get(offset >>> 2);
    }

    /** The tail of receive queue {@code queue}, 0 to 127, after which descriptors may be read; 16 bits, unchecked. */
    public int receiveTail(int queue) {
        final long address = receiveAddresses[queue];
        return TAIL_MASK & (address == 0 ? registers.peek(ReceiveRegisters.rdt(queue)) : Memory.intAcquire(address));
    }

    /** The tail of transmit queue {@code queue}, 0 to 127, after which descriptors may be read; 16 bits, unchecked. */
    public int transmitTail(int queue) {
        final long address = transmitAddresses[queue];
        return TAIL_MASK & (address == 0 ? registers.peek(TransmitRegisters.tdt(queue)) : Memory.intAcquire(address));
    }

    /** What a driver may map. */
    public List<MappedPages> pages() {
        return pages;
    }

    /** All tails as after a reset. */
    void reset() {
        for (long address : receiveAddresses) {
            clear(address);
        }
        for (long address : transmitAddresses) {
            clear(address);
        }
    }

    private static void clear(long address) {
        if (address != 0) {
            Memory.intRelease(address, 0);
        }
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
        }
    }
}
