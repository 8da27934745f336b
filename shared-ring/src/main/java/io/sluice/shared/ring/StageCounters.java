// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import io.sluice.shared.memory.Memory;

/**
 * What one stage counts, in one cache-line pair that it alone writes.
 *
 * <pre>
 *   counters line, 128 bytes, plain stores by the stage, opaque loads by readers
 *     0   packets   u64   packets that the stage received, drew from its ring or passed on, without empty slots
 *     8   bytes     u64   bytes of those packets
 *     16  drops     u64 x 14, indexed by {@link DropReason}
 * </pre>
 *
 * A reader sees each counter whole and may see two of them a few packets apart.
 */
public final class StageCounters {
    public static final int PACKETS_OFFSET = 0;
    public static final int BYTES_OFFSET = 8;
    public static final int DROPS_OFFSET = 16;
    public static final int MAX_REASONS = 14;
    public static final int LENGTH = Memory.LINE_PAIR_BYTES;

    private final long address;

    /** Counters at {@code address}, which is aligned to 8 bytes and holds {@link #LENGTH} bytes. */
    public StageCounters(long address) {
        this.address = address;
    }

    public void addPacket(int lengthBytes) {
        addPackets(1, lengthBytes);
    }

    public void addPackets(int packets, long bytes) {
        Memory.longOpaque(address + PACKETS_OFFSET, Memory.longAt(address + PACKETS_OFFSET) + packets);
        Memory.longOpaque(address + BYTES_OFFSET, Memory.longAt(address + BYTES_OFFSET) + bytes);
    }

    public void addDrop(DropReason reason) {
        final long counter = address + DROPS_OFFSET + 8L * reason.ordinal();
        Memory.longOpaque(counter, Memory.longAt(counter) + 1);
    }

    public long packets() {
        return Memory.longOpaque(address + PACKETS_OFFSET);
    }

    public long bytes() {
        return Memory.longOpaque(address + BYTES_OFFSET);
    }

    public long drops(DropReason reason) {
        return Memory.longOpaque(address + DROPS_OFFSET + 8L * reason.ordinal());
    }
}
