// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.StageCounters;

/**
 * Packets that can be told from each other and from anything else: everything about one follows from its number.
 *
 * <pre>
 *   length      64 to 127 bytes
 *   user word   a time that no two have
 *   content     the first 64 bytes are eight words, each the number times an odd constant of its own
 * </pre>
 */
final class NumberedPackets {
    private static final int WORDS = 8;
    private static final long ODD = 0x9E37_79B9_7F4A_7C15L;

    private NumberedPackets() {}

    static int lengthBytes(long number) {
        return 64 + (int) (number & 63);
    }

    static long timestampNanos(long number) {
        return 1_700_000_000_000_000_000L + number * 67;
    }

    /** Writes packet {@code number} to a slot and its buffer. */
    static void write(long slot, long buffer, int headroom, long number) {
        long factor = ODD;
        for (int i = 0; i < WORDS; i++, factor += 2) {
            Memory.longAt(buffer + headroom + 8L * i, number * factor);
        }
        Memory.longOpaque(slot + SlotWord.USER_OFFSET, timestampNanos(number));
        Memory.longOpaque(slot, SlotWord.pack(lengthBytes(number), headroom, 0, SlotWord.OUTPUT_FORWARD));
    }

    /** Whether this is packet {@code number}, to whose first byte stages on the way have added {@code added}. */
    static boolean matches(long address, int lengthBytes, long timestampNanos, long number, int added) {
        final long first = number * ODD;
        final long changed = first & ~0xFFL | first + added & 0xFF;
        long differences = Memory.longAt(address) ^ changed;
        long factor = ODD + 2;
        for (int i = 1; i < WORDS; i++, factor += 2) {
            differences |= Memory.longAt(address + 8L * i) ^ number * factor;
        }
        return differences == 0 && lengthBytes == lengthBytes(number) && timestampNanos == timestampNanos(number);
    }

    /** Checks that a stage counted the first {@code packets} and all their bytes. */
    static void checkCounters(StageCounters counters, long packets) {
        long bytes = 0;
        for (long number = 0; number < packets; number++) {
            bytes += lengthBytes(number);
        }
        assertThat(counters.packets()).isEqualTo(packets);
        assertThat(counters.bytes()).isEqualTo(bytes);
    }
}
