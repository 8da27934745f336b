// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.card;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.SharedRegion;

/**
 * A table of UDP flows in shared memory that Java and C look up alike.
 *
 * <pre>
 *   entry, 32 bytes, as many as a power of two and at least twice the flows; probed one after another
 *     0   addresses  u64   source and destination as they lie in the packet
 *     8   ports      u64   source and destination port as they lie in the packet, plus 1 &lt;&lt; 32
 *     16  found      u64   how often it was looked up
 * </pre>
 */
final class FlowIndex implements AutoCloseable {
    static final int ENTRY_BYTES = 32;
    static final long USED = 1L << 32;
    private static final int PAGE_BYTES = 4096;
    /** More entries than any table has: tells the JIT how far from its base an entry can be. */
    private static final long MOST = 0xFF_FFFF;

    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private final SharedRegion memory;
    private final long address;
    private final long mask;

    FlowIndex(int flows) {
        final long entries = Math.max(PAGE_BYTES / ENTRY_BYTES, Long.highestOneBit(4L * flows - 1));
        memory = SharedRegion.create("sluice-bench-flows", entries * ENTRY_BYTES);
        address = memory.address();
        mask = entries - 1;
        for (int flow = 0; flow < flows; flow++) {
            put(FlowWire.addresses(flow), Integer.toUnsignedLong(FlowWire.ports(flow)) | USED);
        }
    }

    SharedRegion memory() {
        return memory;
    }

    private static long hash(long addresses, long ports) {
        final long mixed = (addresses ^ Long.rotateLeft(ports, 29)) * MULTIPLIER;
        return mixed ^ mixed >>> 32;
    }

    private void put(long addresses, long ports) {
        long i = hash(addresses, ports);
        while (Memory.longAt(address + (i & mask) * ENTRY_BYTES + 8) != 0) {
            i++;
        }
        Memory.longAt(address + (i & mask) * ENTRY_BYTES, addresses);
        Memory.longAt(address + (i & mask) * ENTRY_BYTES + 8, ports);
    }

    /** Counts the flow of the packet at {@code packet}; false where there is none such. */
    boolean find(long packet) {
        final long addresses = Memory.longAt(packet + FlowWire.SOURCE_OFFSET);
        final long ports = Integer.toUnsignedLong(Memory.intAt(packet + FlowWire.PORTS_OFFSET)) | USED;
        final long entries = Memory.base(address);
        for (long i = hash(addresses, ports) & MOST; ; i = i + 1 & MOST) {
            final long entry = entries + (i & mask) * ENTRY_BYTES;
            final long found = Memory.longAt(entry + 8);
            if (found == ports && Memory.longAt(entry) == addresses) {
                Memory.longAt(entry + 16, Memory.longAt(entry + 16) + 1);
                return true;
            }
            if (found == 0) {
                return false;
            }
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
