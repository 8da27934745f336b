// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.CardException;
import io.sluice.host.pci.DmaMapping;
import io.sluice.host.pci.PciDevice;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.PosixException;
import java.io.IOException;

/**
 * The memory that a card under test may use: one region, mapped once. Between any two places that the card is told of lies
 * one that it is not, filled with a pattern, so that what it writes there shows.
 *
 * <pre>
 *   0x000000   receive descriptors, 1024 of 16 bytes
 *   0x008000   transmit descriptors
 *   0x010000   head, written back by the card
 *   0x020000   frames to send, 32 of 4 KiB each
 *   0x200000   received frames, 1024 places of 4 KiB, of which the card has the first 2 KiB
 * </pre>
 */
final class TestMemory implements AutoCloseable {
    static final int DESCRIPTORS = 1024;
    static final int DESCRIPTOR_BYTES = 16;
    static final int BUFFER_KIBIBYTES = 2;
    static final int FRAMES = 32;

    private static final int TRANSMIT = 0x8000;
    private static final int HEAD = 0x1_0000;
    private static final int SENDING = 0x2_0000;
    private static final int RECEIVED = 0x20_0000;
    private static final int PLACE_BYTES = 4096;
    private static final int BUFFER_BYTES = BUFFER_KIBIBYTES << 10;
    private static final int BYTES = RECEIVED + DESCRIPTORS * PLACE_BYTES;
    private static final long GUARD = 0xA5C3_5A3C_C3A5_3C5AL;

    private final SharedRegion region;
    private final DmaMapping mapping;

    private TestMemory(SharedRegion region, DmaMapping mapping) {
        this.region = region;
        this.mapping = mapping;
    }

    static TestMemory of(PciDevice device) throws CardException {
        try {
            final SharedRegion region = SharedRegion.create("sluice-selftest", BYTES, device.backing());
            try {
                final TestMemory memory = new TestMemory(region, device.map(region));
                for (int i = 0; i < DESCRIPTORS; i++) {
                    for (int at = BUFFER_BYTES; at < PLACE_BYTES; at += Long.BYTES) {
                        Memory.longAt(memory.received(i) + at, GUARD);
                    }
                }
                return memory;
            } catch (IOException | RuntimeException e) {
                region.close();
                throw e;
            }
        } catch (IOException | PosixException e) {
            throw new CardException(device.name(), "has no memory to work with: " + e.getMessage(), e);
        }
    }

    long device(long address) {
        return mapping.deviceAddress() + address - region.address();
    }

    long receiveDescriptors() {
        return region.address();
    }

    long transmitDescriptors() {
        return region.address() + TRANSMIT;
    }

    long head() {
        return region.address() + HEAD;
    }

    /** The {@code i}-th frame to send. */
    long sending(int i) {
        return region.address() + SENDING + (long) i * PLACE_BYTES;
    }

    /** The buffer of receive descriptor {@code i}. */
    long received(int i) {
        return region.address() + RECEIVED + (long) i * PLACE_BYTES;
    }

    /** How many places behind buffers do not hold any more what was put there. */
    int overrun() {
        int places = 0;
        for (int i = 0; i < DESCRIPTORS; i++) {
            boolean kept = true;
            for (int at = BUFFER_BYTES; at < PLACE_BYTES; at += Long.BYTES) {
                kept &= Memory.longAt(received(i) + at) == GUARD;
            }
            places += kept ? 0 : 1;
        }
        return places;
    }

    /** Takes it from the card, which has been reset, and frees it. */
    @Override
    public void close() {
        mapping.close();
        region.close();
    }
}
