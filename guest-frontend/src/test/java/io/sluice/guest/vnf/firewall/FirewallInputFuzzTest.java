// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.guest.Limits;
import io.sluice.guest.vnf.Bench;
import io.sluice.guest.vnf.GuardedPage;
import io.sluice.shared.function.Direction;
import io.sluice.shared.function.Packet;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.SlotWord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

class FirewallInputFuzzTest {
    private static final long LIMIT_BYTES = 64 << 20;
    private static final int SECONDS_SHIFT = 30;

    /** One rule or option a line; those that set the tables' sizes are left out, their limits being large by intent. */
    @FuzzTest
    void shouldAnswerAnyRulesWithAFirewallOrTheirFault(byte[] input) throws Exception {
        final String[] options = new String(input, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.indexOf('=') > 0)
                .filter(line -> !line.startsWith("connections=") && !line.startsWith("fragments="))
                .toArray(String[]::new);
        Limits.hold(LIMIT_BYTES, () -> create(options));
    }

    private static void create(String... options) {
        try {
            assertThat(new FirewallProvider().create(Bench.options(options))).isNotNull();
        } catch (IllegalArgumentException wrong) {
            assertThat(wrong.getMessage()).isNotBlank();
        }
    }

    /**
     * A series of frames through one firewall with small tables, each frame's last byte the last that can be read.
     *
     * <pre>
     *   step   0 direction in bit 0, else time passed   1 length of the frame, u8   2 frame
     * </pre>
     */
    @FuzzTest
    void shouldAnswerAnySeriesOfFrames(byte[] input) throws Exception {
        Limits.hold(LIMIT_BYTES, () -> process(input));
    }

    private static void process(byte[] input) throws IOException {
        final PacketFunction firewall = new FirewallProvider()
                .create(Bench.options("connections=16", "fragments=16", "nd=rules", "source-routed=rules", "seed=1"));
        final Packet packet = new Packet();
        long nowNanos = 0;
        int at = 0;
        try (GuardedPage page = new GuardedPage()) {
            while (at + 2 <= input.length) {
                final int control = input[at] & 0xFF;
                final int length = Math.min(input[at + 1] & 0xFF, input.length - at - 2);
                at += 2;
                nowNanos += (long) (control >>> 1) << SECONDS_SHIFT;
                Memory.copyFromArray(input, at, page.end() - length, length);
                final int capacity = 2048;
                final long word = SlotWord.pack(length, capacity - length, 0, SlotWord.OUTPUT_FORWARD);
                packet.wrap(page.end() - capacity, capacity, word, nowNanos);
                firewall.process(packet, (control & 1) == 0 ? Direction.FORWARD : Direction.BACKWARD);
                assertUnchanged(input, at, page.end() - length, length);
                at += length;
            }
        }
    }

    private static void assertUnchanged(byte[] input, int at, long address, int length) {
        final byte[] after = new byte[length];
        Memory.copyToArray(address, after, 0, length);
        assertThat(after).isEqualTo(Arrays.copyOfRange(input, at, at + length));
    }
}
