// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.host.ixgbe.register.InterruptRegisters.eicsEx;

import io.sluice.host.ixgbe.Card;
import io.sluice.host.ixgbe.CardOptions;
import io.sluice.host.ixgbe.TransmitRing;
import io.sluice.host.pci.DmaMapping;
import io.sluice.host.pci.vfio.VfioDoor;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.posix.PollSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that drives a card through VFIO, for a machine that has one: has each vector signal, maps and unmaps memory, and
 * sends the card once to where nothing is mapped.
 */
final class VfioProbe {
    private static final int ROUNDS = 10;
    private static final long LIMIT_NANOS = 20_000_000_000L;
    private static final long POLL_NANOS = 10_000_000L;
    private static final long REGION_BYTES = 2L << 20;
    private static final int DESCRIPTORS = 64;

    private VfioProbe() {}

    /** Drives the card at slot {@code arguments[0]}; it strays until there is a file {@code arguments[1]}. */
    public static void main(String[] arguments) throws IOException {
        try (VfioDoor door = VfioDoor.open(arguments[0]);
                SharedRegion memory = SharedRegion.create("probe", REGION_BYTES)) {
            final Card card = Card.open(door, CardOptions.defaults());
            System.out.printf(
                    "opened vectors=%d tails-mapped=%b%n",
                    door.vectors(), door.tail(0x1018).mapped());
            interrupt(card, 0);
            interrupt(card, 5);
            interrupt(card, card.interrupts().vectors() - 1);

            final long first = map(door, memory);
            final long second = map(door, memory);
            System.out.printf("mapped first=0x%x second=0x%x%n", first, second);
            stray(card, memory, Path.of(arguments[1]));
            card.close();
        }
        System.out.println("closed");
    }

    /** Maps and unmaps; where it was. */
    private static long map(VfioDoor door, SharedRegion memory) throws IOException {
        try (DmaMapping mapping = door.map(memory)) {
            return mapping.deviceAddress();
        }
    }

    /** Has the card read descriptors behind the region's end, until there is a file {@code seen}. */
    private static void stray(Card card, SharedRegion memory, Path seen) throws IOException {
        final DmaMapping mapping = card.device().map(memory);
        final long behind = mapping.deviceAddress() + REGION_BYTES;
        card.enableTransmit(0, new TransmitRing(behind, DESCRIPTORS, mapping.deviceAddress()));
        card.transmitTail(0).write(1);
        System.out.println("strayed");
        while (!Files.exists(seen)) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        card.disableTransmit(0);
        mapping.close();
    }

    private static void interrupt(Card card, int vector) throws IOException {
        final int bell = EventFd.create();
        card.interrupts().connect(vector, bell, 0);
        try (PollSet poll = new PollSet(1)) {
            poll.add(bell, PollSet.READABLE);
            long nanos = 0;
            for (int i = 0; i < ROUNDS; i++) {
                card.interrupts().enable(vector);
                final long start = System.nanoTime();
                card.device().write32(eicsEx(vector / Integer.SIZE), 1 << vector % Integer.SIZE);
                if (poll.await(LIMIT_NANOS) != 1 || EventFd.drain(bell) != 1) {
                    throw new IllegalStateException("vector=" + vector + " round=" + i + " does not signal");
                }
                nanos += System.nanoTime() - start;
            }
            System.out.printf("vector=%d signalled=%d microseconds=%d%n", vector, ROUNDS, nanos / 1000 / ROUNDS);
        }
        card.interrupts().connect(vector, -1, 0);
    }
}
