// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import io.sluice.host.pci.DmaMap;
import io.sluice.host.pci.PciFunction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.Mmio;
import io.sluice.shared.memory.SharedRegion;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A small PCI function: it copies memory by DMA when told to, and interrupts.
 *
 * <pre>
 *   BAR 0, 16 KiB
 *     0x0000  identity    RO   0x51_0C_E0_01
 *     0x0004  scratch     RW
 *     0x0008  copies      RC   since it was read last; reading it deasserts the pin
 *     0x000c  go          WO   copies, then raises the vector written, and asserts the pin
 *     0x0010  from u64, 0x0018 to u64, 0x0020 bytes u32   RW
 *     0x1000  page of tails, mapped           0x3000  another one
 *   BAR 2, 8 KiB, all of it mapped
 * </pre>
 */
final class CopyingCard implements PciFunction, AutoCloseable {
    static final int IDENTITY = 0x510C_E001;
    static final int SCRATCH = 0x04;
    static final int COPIES = 0x08;
    static final int GO = 0x0C;
    static final int FROM = 0x10;
    static final int TO = 0x18;
    static final int BYTES = 0x20;
    static final int FIRST_TAIL = 0x1000;
    static final int SECOND_TAIL = 0x3004;
    static final int BAR_BYTES = 0x4000;
    static final int VECTORS = 40;

    private static final int PAGE_BYTES = 4096;

    private final ByteBuffer config = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer registers = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    private final SharedRegion tails = SharedRegion.create("tails", BAR_BYTES);
    private final SharedRegion window = SharedRegion.create("window", 2 * PAGE_BYTES);
    private final boolean mapped;
    private final DmaMap memory = new DmaMap(64);
    private final Interrupt[] targets = new Interrupt[VECTORS];
    private final List<String> accesses = new ArrayList<>();
    private Interrupt pin;
    private boolean asserted;
    private int resets;
    private boolean broken;

    /** With its pages mapped, or with every access to be seen. */
    CopyingCard(boolean mapped) {
        this.mapped = mapped;
        config.putInt(0x00, 0x0001_1AF4)
                .putInt(0x08, 0x0200_0001)
                .putInt(0x10, 0x4)
                .put(0x3D, (byte) 1);
        registers.putInt(0, IDENTITY);
    }

    @Override
    public String name() {
        return "copying";
    }

    @Override
    public synchronized int readConfig(int offset, int bytes) {
        fail();
        return switch (bytes) {
            case 1 -> config.get(offset) & 0xFF;
            case 2 -> config.getShort(offset) & 0xFFFF;
            default -> config.getInt(offset);
        };
    }

    @Override
    public synchronized void writeConfig(int offset, int bytes, int value) {
        accesses.add("config %x/%d=%x".formatted(offset, bytes, value));
        switch (bytes) {
            case 1 -> config.put(offset, (byte) value);
            case 2 -> config.putShort(offset, (short) value);
            default -> config.putInt(offset, value);
        }
    }

    @Override
    public long barBytes(int bar) {
        return bar == 0 ? BAR_BYTES : bar == 2 ? window.lengthBytes() : 0;
    }

    @Override
    public synchronized long read(int bar, long offset, int bytes) {
        fail();
        if (bar == 2) {
            return Memory.byteAt(window.address() + offset) & 0xFF;
        }
        if (offset == COPIES) {
            final int copies = registers.getInt(COPIES);
            registers.putInt(COPIES, 0);
            asserted = false;
            return copies;
        }
        if (offset >= PAGE_BYTES) {
            return Integer.toUnsignedLong(Mmio.read32(tails.address() + (offset & -4L)));
        }
        if (offset > registers.limit() - bytes) {
            return -1;
        }
        return switch (bytes) {
            case 1 -> registers.get((int) offset) & 0xFF;
            case 2 -> registers.getShort((int) offset) & 0xFFFF;
            case 4 -> Integer.toUnsignedLong(registers.getInt((int) offset));
            default -> registers.getLong((int) offset);
        };
    }

    @Override
    public synchronized void write(int bar, long offset, int bytes, long value) {
        if (accesses.size() < 10_000) {
            accesses.add("%d:%x/%d=%x".formatted(bar, offset, bytes, value));
        }
        if (bar != 0 || offset == COPIES || offset == 0) {
            return;
        }
        if (offset >= PAGE_BYTES && bytes == 4) {
            Mmio.write32(tails.address() + offset, (int) value);
        } else if (offset == GO) {
            copy((int) value);
        } else if (offset <= registers.limit() - bytes) {
            switch (bytes) {
                case 1 -> registers.put((int) offset, (byte) value);
                case 2 -> registers.putShort((int) offset, (short) value);
                case 4 -> registers.putInt((int) offset, (int) value);
                default -> registers.putLong((int) offset, value);
            }
        }
    }

    private void copy(int vector) {
        final long bytes = Integer.toUnsignedLong(registers.getInt(BYTES));
        final long from = memory.translate(registers.getLong(FROM), bytes);
        final long to = memory.translate(registers.getLong(TO), bytes);
        if (from != 0 && to != 0) {
            Memory.copy(from, to, bytes);
            registers.putInt(COPIES, registers.getInt(COPIES) + 1);
        }
        if (vector >= 0 && vector < VECTORS && targets[vector] != null) {
            targets[vector].raise();
        }
        asserted = true;
        if (pin != null) {
            pin.raise();
        }
    }

    private void fail() {
        if (broken) {
            throw new IllegalStateException("broken on purpose");
        }
    }

    @Override
    public List<MappedPages> mappedPages() {
        return mapped
                ? List.of(
                        new MappedPages(0, 0x1000, PAGE_BYTES, tails, 0x1000),
                        new MappedPages(0, 0x3000, PAGE_BYTES, tails, 0x3000),
                        new MappedPages(2, 0, window))
                : List.of();
    }

    @Override
    public synchronized void mapDma(long deviceAddress, long address, long lengthBytes) {
        memory.add(deviceAddress, address, lengthBytes);
    }

    @Override
    public synchronized boolean unmapDma(long deviceAddress, long lengthBytes) {
        return memory.remove(deviceAddress, lengthBytes);
    }

    @Override
    public int vectors() {
        return VECTORS;
    }

    @Override
    public synchronized void interrupt(int vector, Interrupt target) {
        targets[vector] = target;
    }

    @Override
    public synchronized void pin(Interrupt target) {
        pin = target;
    }

    @Override
    public synchronized boolean pinAsserted() {
        return asserted;
    }

    @Override
    public synchronized void reset() {
        resets++;
        registers.putInt(SCRATCH, 0).putInt(COPIES, 0);
    }

    synchronized int resets() {
        return resets;
    }

    /** Ranges of memory that it may use. */
    synchronized int mappedRanges() {
        return memory.size();
    }

    synchronized long violations() {
        return memory.violations();
    }

    /** Vectors that go somewhere, and the pin where it does. */
    synchronized int targets() {
        return (int) Arrays.stream(targets).filter(Objects::nonNull).count() + (pin == null ? 0 : 1);
    }

    /** What was written, in order, since the last call: {@code bar:offset/bytes=value}, in hexadecimal. */
    synchronized List<String> takeWrites() {
        final List<String> taken = List.copyOf(accesses);
        accesses.clear();
        return taken;
    }

    /** What a store to {@code offset} of BAR 0 left there. */
    int tail(int offset) {
        return Mmio.read32(tails.address() + offset);
    }

    /** Lets every read throw from now on, or none. */
    synchronized void broken(boolean now) {
        broken = now;
    }

    @Override
    public void close() {
        tails.close();
        window.close();
    }
}
