// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.ixgbe.register.TransmitRegisters;
import io.sluice.host.pci.PciFunction.MappedPages;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.SharedRegion;
import java.util.ArrayList;
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
    private final List<MappedPages> pages = new ArrayList<>();
    private final List<SharedRegion> owned = new ArrayList<>();
    private final long[] receiveAddresses = new long[ReceiveRegisters.RX_QUEUES];
    private final long[] transmitAddresses = new long[TransmitRegisters.TX_QUEUES];

    private TailPages(RegisterFile registers) {
        this.registers = registers;
    }

    /** Tails in the register file, nothing mapped. */
    static TailPages none(RegisterFile registers) {
        return new TailPages(registers);
    }

    /** Tails on pages of their own. */
    static TailPages mapped(RegisterFile registers, String name) {
        final TailPages tails = new TailPages(registers);
        for (int[] page : PAGES) {
            final SharedRegion memory = SharedRegion.create("sluice-" + name + "-tails", page[1]);
            tails.owned.add(memory);
            tails.pages.add(new MappedPages(0, page[0], memory));
        }
        tails.attach();
        return tails;
    }

    /** Tails in {@code bar}, which is all of BAR 0 as memory. */
    static TailPages inside(RegisterFile registers, SharedRegion bar) {
        final TailPages tails = new TailPages(registers);
        tails.pages.add(new MappedPages(0, 0, bar));
        tails.attach();
        return tails;
    }

    private void attach() {
        for (int queue = 0; queue < receiveAddresses.length; queue++) {
            receiveAddresses[queue] = attach(ReceiveRegisters.rdt(queue));
        }
        for (int queue = 0; queue < transmitAddresses.length; queue++) {
            transmitAddresses[queue] = attach(TransmitRegisters.tdt(queue));
        }
    }

    private long attach(int offset) {
        for (MappedPages page : pages) {
            final long inside = offset - page.offset();
            if (inside >= 0 && inside < page.memory().lengthBytes()) {
                final long address = page.memory().address() + inside;
                registers.onRead(offset, (at, held) -> Memory.intAcquire(address) & TAIL_MASK);
                registers.onWrite(offset, (at, before, value) -> Memory.intRelease(address, value & TAIL_MASK));
                return address;
            }
        }
        throw new IllegalStateException("tail on no page: offset=0x" + Integer.toHexString(offset));
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
        return List.copyOf(pages);
    }

    /** All tails as after a reset. */
    void reset() {
        for (MappedPages page : pages) {
            Memory.zero(page.memory().address(), page.memory().lengthBytes());
        }
    }

    @Override
    public void close() {
        owned.forEach(SharedRegion::close);
    }
}
