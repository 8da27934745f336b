// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import static io.sluice.host.ixgbe.queue.TransmitDescriptor.PACKET;
import static io.sluice.host.ixgbe.queue.TransmitDescriptor.REPORT_STATUS;

import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.ReceiveRing;
import io.sluice.host.ixgbe.TransmitRing;
import io.sluice.host.pci.TailRegister;
import io.sluice.shared.memory.Memory;

/**
 * A queue pair of a card in {@link Loopback}, with legacy descriptors (7.1.5, 7.2.3.2.2) over {@link TestMemory}. What is
 * done shows by the head that the card writes back, or descriptor by descriptor. For one thread.
 */
final class LoopPort implements AutoCloseable {
    /** What {@link #receive} says where there is nothing. */
    static final int NOTHING = -1;

    /** What it says of a frame that came in pieces, or with an error. */
    static final int DAMAGED = -2;

    private static final int MASK = TestMemory.DESCRIPTORS - 1;
    private static final int WORD = 8;
    private static final long DONE = 1L << 32;
    private static final long END_OF_PACKET = 1L << 33;
    private static final long FRAME_ERRORS = 0x3BL << 40;
    private static final int LENGTH_MASK = 0xFFFF;
    private static final int TELL_EVERY = 32;

    private final Bench bench;
    private final TestMemory memory;
    private final int queue;
    private final boolean writesHead;
    private final TailRegister receiveTail;
    private final TailRegister transmitTail;
    private long sent;
    private long done;
    private long received;
    /** Received descriptors, those of frames that are not ours as well. */
    private long next;

    private long told;
    /** The first twelve bytes of a frame of ours: both addresses. */
    private final long addresses;

    private final int addressesEnd;

    /**
     * Enables queue {@code queue} in both directions.
     *
     * @param writesHead whether the card is to write its head, else it marks descriptors
     */
    LoopPort(Bench bench, int queue, boolean writesHead) throws CardException {
        this.bench = bench;
        this.memory = bench.memory();
        this.queue = queue;
        this.writesHead = writesHead;
        final long sample = TestFrames.write(bench, 0, TestFrames.LEAST_BYTES);
        this.addresses = Memory.longAt(sample);
        this.addressesEnd = Memory.intAt(sample + Long.BYTES);
        Memory.intRelease(memory.head(), 0);
        for (int i = 0; i < TestMemory.DESCRIPTORS; i++) {
            Memory.longAt(receiveDescriptor(i), memory.device(memory.received(i)));
            Memory.longAt(receiveDescriptor(i) + WORD, 0);
            Memory.longAt(transmitDescriptor(i) + WORD, 0);
        }
        bench.card()
                .enableReceive(
                        queue,
                        new ReceiveRing(
                                memory.device(memory.receiveDescriptors()),
                                TestMemory.DESCRIPTORS,
                                TestMemory.BUFFER_KIBIBYTES,
                                true,
                                false));
        try {
            bench.card()
                    .enableTransmit(
                            queue,
                            new TransmitRing(
                                    memory.device(memory.transmitDescriptors()),
                                    TestMemory.DESCRIPTORS,
                                    writesHead ? memory.device(memory.head()) : 0));
        } catch (CardException e) {
            bench.card().disableReceive(queue);
            throw e;
        }
        receiveTail = bench.card().receiveTail(queue);
        transmitTail = bench.card().transmitTail(queue);
        receiveTail.write(MASK);
    }

    private long receiveDescriptor(long index) {
        return memory.receiveDescriptors() + (index & MASK) * TestMemory.DESCRIPTOR_BYTES;
    }

    private long transmitDescriptor(long index) {
        return memory.transmitDescriptors() + (index & MASK) * TestMemory.DESCRIPTOR_BYTES;
    }

    /** Descriptors that may be given now: no more than frames that fit where they come back, so that none is dropped. */
    int room() {
        return (int) (MASK - TELL_EVERY - Math.max(sent - done, sent - received));
    }

    /** Gives a frame to the card, which is told of it by {@link #flush}; there has to be {@link #room}. */
    void send(long address, int lengthBytes, boolean report) {
        final long descriptor = transmitDescriptor(sent++);
        Memory.longAt(descriptor, memory.device(address));
        Memory.longAt(descriptor + WORD, lengthBytes | PACKET | (report ? REPORT_STATUS : 0));
    }

    void flush() {
        transmitTail.write((int) sent & MASK);
    }

    /** How many descriptors the card has done, of those that were to be reported. */
    long done() {
        if (writesHead) {
            done += Memory.intAcquire(memory.head()) - done & MASK;
        } else {
            while (done < sent && (Memory.longAcquire(transmitDescriptor(done) + WORD) & DONE) != 0) {
                done++;
            }
        }
        return done;
    }

    long sent() {
        return sent;
    }

    long received() {
        return received;
    }

    /**
     * The next received frame's length, {@link #NOTHING} or {@link #DAMAGED}. Frames that others sent are passed over: the
     * card may have had some from its wire before its loopback was closed.
     */
    int receive() {
        while (true) {
            final long word = Memory.longAcquire(receiveDescriptor(next) + WORD);
            if ((word & DONE) == 0) {
                return NOTHING;
            }
            if (isDamaged(word)) {
                return DAMAGED;
            }
            if (Memory.longAt(frame()) == addresses && Memory.intAt(frame() + Long.BYTES) == addressesEnd) {
                return (int) word & LENGTH_MASK;
            }
            giveBack();
        }
    }

    /** Where the frame is that {@link #receive} has told of. */
    long frame() {
        return memory.received((int) next & MASK);
    }

    /** Gives that frame's descriptor to the card again; a damaged frame does not count as received. */
    void release() {
        received += isDamaged(Memory.longAt(receiveDescriptor(next) + WORD)) ? 0 : 1;
        giveBack();
    }

    private static boolean isDamaged(long word) {
        return (word & END_OF_PACKET) == 0 || (word & FRAME_ERRORS) != 0;
    }

    private void giveBack() {
        Memory.longAt(receiveDescriptor(next) + WORD, 0);
        next++;
        if (next - told >= TELL_EVERY) {
            told = next;
            receiveTail.write((int) (next + MASK) & MASK);
        }
    }

    /**
     * Disables the queue.
     *
     * @throws CardException where the card does not let go of it: its memory is the card's until that is reset
     */
    @Override
    public void close() throws CardException {
        bench.count(sent, received);
        try {
            bench.card().disableTransmit(queue);
        } finally {
            bench.card().disableReceive(queue);
        }
    }
}
