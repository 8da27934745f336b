// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static io.sluice.host.ixgbe.register.TransmitRegisters.*;

import io.sluice.host.ixgbe.model.Model82599;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.host.pci.InProcessDoor;
import io.sluice.host.pci.TailRegister;
import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** A model with a test for a driver and for a wire, stepped by hand; its clock stands still unless it is moved. */
final class Rig {
    static final long DEVICE_BASE = 0x7_0000_0000L;
    static final int PAGE_BYTES = 4096;
    private static final int MEMORY_BYTES = 8 << 20;
    private static final int COMMAND = 4;
    private static final int MEMORY_AND_MASTER = 6;

    private final Arena arena = Arena.ofAuto();
    private final long memory = arena.allocate(MEMORY_BYTES, PAGE_BYTES).address();
    /** Which page of the memory each page of device addresses is, where they are not in the same order. */
    private List<Integer> pages = List.of();

    private int used;

    final TestWire wire;
    final Model82599 model;
    PacketEngine engine;
    long nowNanos = 1_000_000_000L;

    Rig() {
        this(ModelOptions.of("rig").with(RegisterAccess.TRAPPED));
    }

    Rig(ModelOptions options) {
        this(options, new TestWire());
    }

    /** With another wire than a test's, {@link #wire} is null. */
    Rig(ModelOptions options, Wire line) {
        wire = line instanceof TestWire test ? test : null;
        model = new Model82599(options, () -> nowNanos, parts -> engine = new PacketEngine(parts, line));
        model.writeConfig(COMMAND, 2, MEMORY_AND_MASTER);
        model.mapDma(DEVICE_BASE, memory, MEMORY_BYTES);
        model.doWork();
    }

    /** With memory whose pages are anywhere, as behind an IOMMU. */
    Rig scattered(long seed) {
        unmap();
        pages = new ArrayList<>(
                IntStream.range(0, MEMORY_BYTES / PAGE_BYTES).boxed().toList());
        Collections.shuffle(pages, new Random(seed));
        for (int i = 0; i < pages.size(); i++) {
            final long device = DEVICE_BASE + (long) i * PAGE_BYTES;
            model.mapDma(device, at(device), PAGE_BYTES);
        }
        return this;
    }

    boolean unmap() {
        return model.unmapDma(DEVICE_BASE, MEMORY_BYTES);
    }

    int read(int offset) {
        return (int) model.read(0, offset, Integer.BYTES);
    }

    void write(int offset, int value) {
        model.write(0, offset, Integer.BYTES, Integer.toUnsignedLong(value));
    }

    /** The tail register at {@code offset}, as a driver writes it. */
    TailRegister tail(int offset) {
        return new InProcessDoor(model).tail(offset);
    }

    void set(int offset, int bits) {
        write(offset, read(offset) | bits);
    }

    /** Device address of so many bytes that nobody else has. */
    long allocate(int bytes) {
        final int at = used;
        used += (bytes + 4095) / 4096 * 4096;
        if (used > MEMORY_BYTES) {
            throw new IllegalStateException("out of memory: used=" + used);
        }
        return DEVICE_BASE + at;
    }

    /** Where a device address is. */
    long at(long device) {
        final int offset = (int) (device - DEVICE_BASE);
        return pages.isEmpty()
                ? memory + offset
                : memory + (long) pages.get(offset / PAGE_BYTES) * PAGE_BYTES + offset % PAGE_BYTES;
    }

    byte[] bytes(long device, int length) {
        final byte[] bytes = new byte[length];
        for (int done = 0; done < length; done += inPage(device + done, length - done)) {
            Memory.copyToArray(at(device + done), bytes, done, inPage(device + done, length - done));
        }
        return bytes;
    }

    void put(long device, byte[] bytes) {
        for (int done = 0; done < bytes.length; done += inPage(device + done, bytes.length - done)) {
            Memory.copyFromArray(bytes, done, at(device + done), inPage(device + done, bytes.length - done));
        }
    }

    /** How many of {@code bytes} at {@code device} are in its page. */
    private static int inPage(long device, int bytes) {
        return Math.min(bytes, PAGE_BYTES - (int) (device % PAGE_BYTES));
    }

    /** Works until nothing moves, at most so often that a test ends. */
    void work() {
        for (int i = 0; i < 1000 && model.doWork() != 0; i++) {}
    }

    /** Everything is received, by everybody. */
    Rig promiscuous() {
        write(FCTRL, FCTRL_UNICAST_PROMISCUOUS | FCTRL_MULTICAST_PROMISCUOUS | FCTRL_BROADCAST);
        return receiving();
    }

    Rig receiving() {
        set(HLREG0, HLREG0_RX_CRC_STRIP);
        write(RXCTRL, RXCTRL_ENABLE);
        return this;
    }

    ReceiveSide receive(int queue, int descriptors, boolean advanced) {
        return receive(queue, descriptors, advanced, 2, 0);
    }

    ReceiveSide receive(int queue, int descriptors, boolean advanced, int kibibytes, int more) {
        return new ReceiveSide(this, queue, descriptors, advanced, kibibytes, more);
    }

    TransmitSide transmit(int queue, int descriptors) {
        return new TransmitSide(this, queue, descriptors, false, allocate(16 * descriptors));
    }

    TransmitSide transmitWithHead(int queue, int descriptors) {
        return transmitWithHead(queue, descriptors, allocate(16 * descriptors));
    }

    /** As the other, over descriptors that may be those of a receive queue as well. */
    TransmitSide transmitWithHead(int queue, int descriptors, long ring) {
        return new TransmitSide(this, queue, descriptors, true, ring);
    }

    /** A driver's receive queue, buffer {@code i} always in descriptor {@code i}. */
    static final class ReceiveSide {
        private final Rig rig;
        private final int queue;
        private final int descriptors;
        private final boolean advanced;
        private final int bufferBytes;
        final long ring;
        private final long buffers;
        int next;
        int tail;

        ReceiveSide(Rig rig, int queue, int descriptors, boolean advanced, int kibibytes, int more) {
            this.rig = rig;
            this.queue = queue;
            this.descriptors = descriptors;
            this.advanced = advanced;
            this.bufferBytes = kibibytes << 10;
            this.ring = rig.allocate(16 * descriptors);
            this.buffers = rig.allocate(bufferBytes * descriptors);
            for (int i = 0; i < descriptors; i++) {
                arm(i);
            }
            rig.write(rdbal(queue), (int) ring);
            rig.write(rdbah(queue), (int) (ring >>> 32));
            rig.write(rdlen(queue), 16 * descriptors);
            rig.write(srrctl(queue), kibibytes | (advanced ? SRRCTL_DESCRIPTOR_ADVANCED : 0) | more);
            rig.write(rdh(queue), 0);
            rig.write(rxdctl(queue), RXDCTL_ENABLE);
        }

        void arm(int i) {
            Memory.longAt(rig.at(ring + 16L * i), buffers + (long) bufferBytes * i);
            Memory.longAt(rig.at(ring + 16L * i + 8), 0);
        }

        ReceiveSide tail(int index) {
            tail = index;
            rig.write(rdt(queue), index);
            return this;
        }

        /** Gives all descriptors but one. */
        ReceiveSide fill() {
            return tail(descriptors - 1);
        }

        long word0(int i) {
            return Memory.longAt(rig.at(ring + 16L * i));
        }

        long word1(int i) {
            return Memory.longAt(rig.at(ring + 16L * i + 8));
        }

        boolean done(int i) {
            return (word1(i) >>> (advanced ? 0 : 32) & 1) != 0;
        }

        /** As {@link #done}; what the card wrote before is seen after. */
        boolean doneAcquire(int i) {
            return (Memory.longAcquire(rig.at(ring + 16L * i + 8)) >>> (advanced ? 0 : 32) & 1) != 0;
        }

        boolean end(int i) {
            return (word1(i) >>> (advanced ? 1 : 33) & 1) != 0;
        }

        int length(int i) {
            return (int) (word1(i) >>> (advanced ? 32 : 0)) & 0xFFFF;
        }

        /** Status and errors, as an advanced descriptor has them. */
        int status(int i) {
            final long word = word1(i);
            return advanced ? (int) word : (int) (word >>> 32 & 0xFF | (word >>> 40 & 0xFF) << 24);
        }

        /** The device address of descriptor {@code i}'s buffer. */
        long bufferAddress(int i) {
            return buffers + (long) bufferBytes * i;
        }

        byte[] buffer(int i, int length) {
            return rig.bytes(buffers + (long) bufferBytes * i, length);
        }

        /** The next frame of one buffer, whose descriptor is given back; null where there is none. */
        byte[] next() {
            if (!done(next)) {
                return null;
            }
            final byte[] frame = buffer(next, length(next));
            arm(next);
            next = (next + 1) % descriptors;
            tail((tail + 1) % descriptors);
            return frame;
        }
    }

    /** A driver's transmit queue. */
    static final class TransmitSide {
        private final Rig rig;
        private final int queue;
        private final int descriptors;
        final long ring;
        final long head;
        int tail;

        TransmitSide(Rig rig, int queue, int descriptors, boolean headWriteBack, long ring) {
            this.rig = rig;
            this.queue = queue;
            this.descriptors = descriptors;
            this.ring = ring;
            this.head = rig.allocate(64);
            rig.write(tdbal(queue), (int) ring);
            rig.write(tdbah(queue), (int) (ring >>> 32));
            rig.write(tdlen(queue), 16 * descriptors);
            rig.write(tdwbal(queue), headWriteBack ? (int) head | TDWBAL_HEAD_WRITE_BACK : 0);
            rig.write(tdwbah(queue), headWriteBack ? (int) (head >>> 32) : 0);
            rig.write(tdh(queue), 0);
            rig.write(DMATXCTL, rig.read(DMATXCTL) | DMATXCTL_ENABLE);
            rig.write(txdctl(queue), TXDCTL_ENABLE);
        }

        /** Adds a descriptor without telling the card. */
        TransmitSide put(long word0, long word1) {
            Memory.longAt(rig.at(ring + 16L * tail), word0);
            Memory.longAt(rig.at(ring + 16L * tail + 8), word1);
            tail = (tail + 1) % descriptors;
            return this;
        }

        /** Adds a frame in a buffer of its own; {@code word1} lacks the length. */
        TransmitSide put(byte[] frame, long word1) {
            final long buffer = rig.allocate(frame.length);
            rig.put(buffer, frame);
            return put(buffer, word1 | frame.length);
        }

        TransmitSide bell() {
            rig.write(tdt(queue), tail);
            return this;
        }

        boolean done(int i) {
            return (Memory.longAt(rig.at(ring + 16L * i + 8)) >>> 32 & 1) != 0;
        }

        int writtenHead() {
            return Memory.intAt(rig.at(head));
        }
    }
}
