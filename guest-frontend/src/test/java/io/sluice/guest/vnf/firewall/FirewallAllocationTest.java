// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sluice.guest.vnf.Bench;
import io.sluice.guest.vnf.RandomFrames;
import io.sluice.shared.function.Direction;
import io.sluice.shared.function.Packet;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.SlotWord;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class FirewallAllocationTest {
    private static final int SLOTS = 4096;
    private static final int SLOT_BYTES = 512;
    private static final int PACKETS = 1_000_000;

    private final Packet packet = new Packet();
    private final int[] lengths = new int[SLOTS];

    @Test
    void shouldAllocateNothingOverAMillionPackets() {
        final PacketFunction function = new FirewallProvider()
                .create(Bench.options("connections=1024", "fragments=64", "seed=1", "deny=192.0.2.9", "default=allow"));
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long thread = Thread.currentThread().threadId();
        try (Arena arena = Arena.ofConfined()) {
            final long base = arena.allocate((long) SLOTS * SLOT_BYTES).address();
            final RandomFrames frames = new RandomFrames(1);
            for (int slot = 0; slot < SLOTS; slot++) {
                frames.next();
                lengths[slot] = frames.length();
                Memory.copyFromArray(frames.bytes(), 0, base + (long) slot * SLOT_BYTES, frames.length());
            }
            run(function, base, 0);
            threads.getThreadAllocatedBytes(thread);
            final long before = threads.getThreadAllocatedBytes(thread);
            run(function, base, PACKETS);
            assertThat(threads.getThreadAllocatedBytes(thread) - before).isZero();
        }
    }

    private void run(PacketFunction function, long base, int start) {
        for (int i = start; i < start + PACKETS; i++) {
            final int slot = i % SLOTS;
            final long word = SlotWord.pack(lengths[slot], 0, 0, SlotWord.OUTPUT_FORWARD);
            packet.wrap(base + (long) slot * SLOT_BYTES, SLOT_BYTES, word, i * 100_000L);
            function.process(packet, (i & 1) == 0 ? Direction.FORWARD : Direction.BACKWARD);
        }
    }
}
