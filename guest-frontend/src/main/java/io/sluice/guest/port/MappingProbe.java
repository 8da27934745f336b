// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;

/** Whether a mapping of a device's memory is cached, as told by the time that reads take. */
final class MappingProbe {
    private static final int LINES = 32;
    private static final int ROUNDS = 64;
    /** An uncached read takes hundreds of nanoseconds, a cached one a few: the same loop on memory of our own tells. */
    private static final int UNCACHED_FACTOR = 8;

    private MappingProbe() {}

    /** What the user should know of the memory at {@code address}: an empty text where it is as fast as any. */
    static String warning(long address) {
        final long ownReadNanos = timeOwnReads();
        final long readNanos = timeReads(address);
        return readNanos <= UNCACHED_FACTOR * ownReadNanos
                ? ""
                : "WARNING: a read of the ring takes " + readNanos + " ns and one of other memory " + ownReadNanos
                        + " ns, so the mapping is uncached and packets will be slow."
                        + " KVM on AMD honours the guest's uncached mapping of PCI memory: use a process guest"
                        + " or an Intel host";
    }

    /** Nanoseconds that a read of the memory at {@code start} takes: the best of many rounds, for other work interrupts. */
    private static long timeReads(long start) {
        long best = Long.MAX_VALUE;
        long sum = 0;
        for (int round = 0; round < ROUNDS; round++) {
            final long before = System.nanoTime();
            for (int line = 0; line < LINES; line++) {
                sum += Memory.longOpaque(start + (long) line * Memory.LINE_PAIR_BYTES);
            }
            best = Math.min(best, (System.nanoTime() - before) / LINES);
        }
        return sum == Long.MIN_VALUE ? 0 : Math.max(1, best);
    }

    private static long timeOwnReads() {
        try (Arena arena = Arena.ofConfined()) {
            final long bytes = (long) LINES * Memory.LINE_PAIR_BYTES;
            return timeReads(arena.allocate(bytes, Memory.LINE_PAIR_BYTES).address());
        }
    }
}
