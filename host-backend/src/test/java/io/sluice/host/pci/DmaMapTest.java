// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class DmaMapTest {
    private static final long DEVICE = 0x1_0000_0000L;
    private static final long HERE = 0x7000_0000_0000L;

    private final DmaMap map = new DmaMap(4);

    @Test
    void shouldTranslateEveryByteOfARangeAndNoneBeside() {
        map.add(DEVICE, HERE, 4096);

        assertThat(map.translate(DEVICE, 1)).isEqualTo(HERE);
        assertThat(map.translate(DEVICE + 4095, 1)).isEqualTo(HERE + 4095);
        assertThat(map.translate(DEVICE, 4096)).isEqualTo(HERE);
        assertThat(map.violations()).isZero();

        assertThat(map.translate(DEVICE - 1, 1)).isZero();
        assertThat(map.translate(DEVICE + 4096, 1)).isZero();
        assertThat(map.translate(DEVICE + 4095, 2)).isZero();
        assertThat(map.translate(DEVICE - 1, 2)).isZero();
        assertThat(map.translate(DEVICE, Long.MAX_VALUE)).isZero();
        assertThat(map.translate(DEVICE + 8, 0)).isZero();
        assertThat(map.translate(DEVICE + 8, -8)).isZero();
        assertThat(map.violations()).isEqualTo(7);
    }

    @Test
    void shouldReachWhatIsInPiecesThatFollowEachOther() {
        try (Arena arena = Arena.ofConfined()) {
            final long here = arena.allocate(3 * 4096, 4096).address();
            map.add(DEVICE, here + 8192, 4096);
            map.add(DEVICE + 4096, here, 4096);
            map.add(DEVICE + 3 * 4096, here + 4096, 4096); // behind a hole

            assertThat(map.find(DEVICE + 4000, 200)).isZero();
            assertThat(map.reaches(DEVICE, 8192, 16)).isTrue();
            final byte[] bytes = new byte[200];
            new Random(1).nextBytes(bytes);
            final long local = arena.allocate(200).address();
            Memory.copyFromArray(bytes, 0, local, 200);
            assertThat(map.copyTo(DEVICE + 4000, local, 200)).isTrue();
            Memory.zero(local, 200);
            assertThat(map.copyFrom(DEVICE + 4000, local, 200)).isTrue();
            final byte[] back = new byte[200];
            Memory.copyToArray(local, back, 0, 200);
            assertThat(back).isEqualTo(bytes);
            Memory.copyToArray(here + 8192 + 4000, back, 0, 96);
            Memory.copyToArray(here, back, 96, 104);
            assertThat(back).isEqualTo(bytes);
            assertThat(map.violations()).isZero();

            for (long[] range :
                    new long[][] {{4096, 4097}, {2 * 4096, 1}, {2 * 4096, 4097}, {-1, 2}, {3 * 4096, 4097}, {0, 0}}) {
                assertThat(map.reaches(DEVICE + range[0], range[1], 1)).isFalse();
            }
            assertThat(map.copyTo(DEVICE + 8000, local, 200)).isFalse();
            assertThat(map.copyFrom(DEVICE + 8000, local, 200)).isFalse();
            assertThat(map.violations()).isEqualTo(8);
        }
    }

    @Test
    void shouldNotCutWhatIsAligned() {
        map.add(DEVICE, HERE, 4096);
        map.add(DEVICE + 4096, HERE + (1 << 20) + 8, 4096);
        map.add(DEVICE + 8192, HERE + (1 << 21), 4096 + 8);
        map.add(DEVICE + 3 * 4096 + 8, HERE + (1 << 22), 4096);

        assertThat(map.reaches(DEVICE, 8192, 8)).isTrue();
        assertThat(map.reaches(DEVICE, 8192, 16)).isFalse();
        assertThat(map.reaches(DEVICE + 8192, 8192, 8)).isTrue();
        assertThat(map.reaches(DEVICE + 8192, 8192, 16)).isFalse();
        assertThat(map.reaches(DEVICE + 4, 64, 16)).isFalse();
    }

    @Test
    void shouldKeepTheFirstAndTheLastViolation() {
        assertThat(map.translate(0x1000, 64)).isZero();
        assertThat(map.translate(0x2000, 64)).isZero();
        assertThat(map.translate(0x3000, 64)).isZero();

        assertThat(map.violations()).isEqualTo(3);
        assertThat(map.firstViolation()).isEqualTo(0x1000);
        assertThat(map.lastViolation()).isEqualTo(0x3000);
    }

    @Test
    void shouldNotHitARangeThatHasBeenRemoved() {
        map.add(DEVICE, HERE, 4096);
        map.translate(DEVICE, 64);

        assertThat(map.remove(DEVICE, 2048)).isFalse();
        assertThat(map.remove(DEVICE + 1, 4096)).isFalse();
        assertThat(map.remove(DEVICE, 4096)).isTrue();
        assertThat(map.remove(DEVICE, 4096)).isFalse();
        assertThat(map.translate(DEVICE, 64)).isZero();
        assertThat(map.size()).isZero();
    }

    @Test
    void shouldRefuseAnOverlapAtEitherEndAndInside() {
        map.add(DEVICE, HERE, 4096);

        for (long[] range : new long[][] {
            {DEVICE - 1, 2}, {DEVICE + 4095, 4096}, {DEVICE + 8, 8}, {DEVICE - 8, 8192}, {DEVICE, 4096}
        }) {
            assertThatThrownBy(() -> map.add(range[0], HERE, range[1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("overlaps")
                    .hasMessageContaining("0x100000000");
        }
        map.add(DEVICE - 4096, HERE, 4096);
        map.add(DEVICE + 4096, HERE, 4096);
        assertThat(map.size()).isEqualTo(3);
    }

    @Test
    void shouldRefuseWhatIsNoRangeAndOneTooMany() {
        for (long[] range : new long[][] {{DEVICE, 0}, {DEVICE, -1}, {-4096, 4097}, {-1, Long.MAX_VALUE}}) {
            assertThatThrownBy(() -> map.add(range[0], HERE, range[1])).isInstanceOf(IllegalArgumentException.class);
        }
        for (int i = 0; i < 4; i++) {
            map.add(DEVICE + i * 4096L, HERE, 4096);
        }
        assertThatThrownBy(() -> map.add(0, HERE, 4096)).hasMessageContaining("limit=4");
        assertThat(map.size()).isEqualTo(4);
        map.clear();
        assertThat(map.translate(DEVICE, 1)).isZero();
    }

    @Test
    void shouldTakeAddressesAsUnsigned() {
        map.add(-4096, HERE, 4096);
        map.add(Long.MAX_VALUE - 4095, HERE + 4096, 8192);

        assertThat(map.translate(-1, 1)).isEqualTo(HERE + 4095);
        assertThat(map.translate(-1, 2)).isZero();
        assertThat(map.translate(Long.MIN_VALUE, 8)).isEqualTo(HERE + 8192);
        assertThat(map.translate(0, 1)).isZero();
    }

    @Test
    void shouldAgreeWithATreeUnderRandomUse() {
        final long seed = 20_241_107;
        final Random random = new Random(seed);
        final DmaMap tested = new DmaMap(64);
        final TreeMap<Long, Long> lengths = new TreeMap<>();
        for (int step = 0; step < 20_000; step++) {
            final long start = random.nextInt(256) * 16L;
            final long length = 1 + random.nextInt(64);
            switch (random.nextInt(4)) {
                case 0 -> {
                    final var below = lengths.floorEntry(start + length - 1);
                    if (below == null || below.getKey() + below.getValue() <= start) {
                        if (lengths.size() < 64) {
                            tested.add(start, HERE + start, length);
                            lengths.put(start, length);
                        }
                    }
                }
                case 1 -> {
                    final Long mapped = lengths.remove(start);
                    assertThat(tested.remove(start, mapped == null ? length : mapped))
                            .as("seed=%d step=%d", seed, step)
                            .isEqualTo(mapped != null);
                }
                default -> {
                    final long address = random.nextInt(4096);
                    final var below = lengths.floorEntry(address);
                    final boolean inside = below != null && address + length <= below.getKey() + below.getValue();
                    assertThat(tested.translate(address, length))
                            .as("seed=%d step=%d", seed, step)
                            .isEqualTo(inside ? HERE + address : 0);
                }
            }
        }
    }
}
