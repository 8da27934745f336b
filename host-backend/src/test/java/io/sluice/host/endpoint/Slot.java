// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;

/** One packet buffer off heap, for tests, and the bytes in it. */
final class Slot {
    static final int CAPACITY_BYTES = 2048;

    private final Arena arena = Arena.ofAuto();
    private final int capacity;
    private final long address;

    Slot() {
        this(CAPACITY_BYTES);
    }

    Slot(int capacityBytes) {
        this.capacity = capacityBytes;
        this.address = arena.allocate(capacityBytes, 64).address();
    }

    long address() {
        return address;
    }

    int capacity() {
        return capacity;
    }

    byte[] bytes(int lengthBytes) {
        final byte[] bytes = new byte[lengthBytes];
        Memory.copyToArray(address, bytes, 0, lengthBytes);
        return bytes;
    }

    void put(byte[] bytes) {
        Memory.copyFromArray(bytes, 0, address, bytes.length);
    }

    /** The next frame of {@code source}, or null where {@code receive} answers something else. */
    byte[] receive(PacketSource source) {
        final int length = source.receive(address, capacity);
        return length > 0 ? bytes(length) : null;
    }

    PacketSink.Result transmit(PacketSink sink, byte[] frame, long timestampNanos) {
        put(frame);
        return sink.transmit(address, frame.length, timestampNanos);
    }
}
