// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.guest.vnf.Bench;
import io.sluice.guest.vnf.GuardedPage;
import io.sluice.guest.vnf.RandomFrames;
import io.sluice.shared.function.Direction;
import io.sluice.shared.function.Packet;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.SlotWord;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FirewallFuzzTest {
    private static final int FRAMES = 1_000_000;
    private static final int CANARY_BYTES = 64;
    private static final long SEED = Long.getLong("sluice.seed", System.nanoTime());
    private static final Direction[] DIRECTIONS = Direction.values();

    private final RandomFrames frames = new RandomFrames(SEED);
    private final Packet packet = new Packet();
    private final long[] outcomes = new long[DropReason.count() + 1];

    private static PacketFunction firewall(String... options) {
        return new FirewallProvider().create(Bench.options(options));
    }

    /** Puts the frame before {@code end}, so that its last byte is the last before it. */
    private DropReason process(PacketFunction function, long end, Direction direction, long nowNanos) {
        final int length = frames.length();
        final long buffer = end - 2048;
        Memory.copyFromArray(frames.bytes(), 0, end - length, length);
        packet.wrap(buffer, 2048, SlotWord.pack(length, 2048 - length, 0, SlotWord.OUTPUT_FORWARD), nowNanos);
        function.process(packet, direction);
        return packet.dropReason();
    }

    private static int outcome(DropReason reason) {
        return reason == null ? DropReason.count() : reason.ordinal();
    }

    @Test
    void shouldReadNothingBehindAnyFrame() throws IOException {
        final PacketFunction function =
                firewall("connections=4096", "fragments=256", "nd=rules", "source-routed=rules");
        try (GuardedPage page = new GuardedPage()) {
            for (int i = 0; i < FRAMES; i++) {
                frames.next();
                final DropReason reason =
                        process(function, page.end(), DIRECTIONS[i & 1], i * 1000L + frames.below(100_000));
                outcomes[outcome(reason)]++;
            }
        } catch (RuntimeException | InternalError e) {
            throw new AssertionError("seed=" + SEED, e);
        }
        for (final DropReason reason :
                new DropReason[] {DropReason.MALFORMED, DropReason.DENIED, DropReason.FRAGMENT}) {
            assertThat(outcomes[outcome(reason)]).as("seed=%d %s", SEED, reason).isPositive();
        }
        assertThat(outcomes[outcome(null)]).as("seed=%d passed", SEED).isPositive();
    }

    /** Without this the test before would prove nothing. */
    @Test
    void shouldNoticeAReadBehindTheFrame() throws IOException {
        try (GuardedPage page = new GuardedPage()) {
            assertThat(Memory.byteAt(page.end() - 1)).isZero();
            assertThatExceptionOfType(InternalError.class)
                    .isThrownBy(() -> assertThat(Memory.byteAt(page.end())).isZero());
        }
    }

    /** Two firewalls see the same frames with different bytes around them, and leave those bytes as they are. */
    @Test
    void shouldNotDependOnBytesAroundTheFrame() throws IOException {
        final PacketFunction one = firewall("seed=1");
        final PacketFunction other = firewall("seed=1");
        final byte[] around = new byte[CANARY_BYTES];
        final byte[] canaries = new byte[CANARY_BYTES];
        Arrays.fill(canaries, (byte) 0xFF);
        try (GuardedPage page = new GuardedPage()) {
            final long end = page.end() - CANARY_BYTES;
            for (int i = 0; i < FRAMES / 10; i++) {
                frames.next();
                final DropReason first = processBetween(one, end, (byte) 0x00, i);
                final DropReason second = processBetween(other, end, (byte) 0xFF, i);
                assertThat(second).as("seed=%d frame=%d", SEED, i).isSameAs(first);
                for (final long edge : new long[] {end, end - frames.length() - CANARY_BYTES}) {
                    Memory.copyToArray(edge, around, 0, CANARY_BYTES);
                    assertThat(around).as("seed=%d frame=%d", SEED, i).isEqualTo(canaries);
                }
            }
        }
    }

    private DropReason processBetween(PacketFunction function, long end, byte canary, int index) {
        final byte[] canaries = new byte[CANARY_BYTES];
        Arrays.fill(canaries, canary);
        Memory.copyFromArray(canaries, 0, end, CANARY_BYTES);
        Memory.copyFromArray(canaries, 0, end - frames.length() - CANARY_BYTES, CANARY_BYTES);
        return process(function, end, DIRECTIONS[index & 1], index * 1000L);
    }
}
