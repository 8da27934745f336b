// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.vfio;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.posix.Vfio;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class VfioRegionTest {
    private static final int MAPPABLE = 0b111;

    private static ByteBuffer info(int bytes, int flags, long lengthBytes) {
        return InfoBuffer.structure(bytes)
                .putInt(4, flags)
                .putLong(16, lengthBytes)
                .putLong(24, 1L << 40);
    }

    private static VfioRegion parse(ByteBuffer info) {
        return VfioRegion.parse(new InfoBuffer(info), 2);
    }

    @Test
    void shouldBeMappableAsAWhole() {
        final VfioRegion region = parse(info(Vfio.REGION_INFO_BYTES, MAPPABLE, 0x20000));

        assertThat(region).isEqualTo(new VfioRegion(2, 0x20000, 1L << 40, MAPPABLE, List.of(area(0, 0x20000))));
    }

    @Test
    void shouldNotBeMappableWhereItIsNotOrSmallerThanAPage() {
        assertThat(parse(info(Vfio.REGION_INFO_BYTES, 0b11, 0x20000)).areas()).isEmpty();
        assertThat(parse(info(Vfio.REGION_INFO_BYTES, MAPPABLE, 256)).areas()).isEmpty();
    }

    @Test
    void shouldBeMappableInParts() {
        final ByteBuffer info = info(100, MAPPABLE | Vfio.REGION_CAPABILITIES, 0x20000);
        info.putInt(12, 40);
        // One that means nothing here, then the parts.
        info.putShort(40, (short) 77).putInt(44, 52);
        info.putShort(52, (short) Vfio.REGION_SPARSE_MMAP).putInt(56, 0).putInt(60, 2);
        info.putLong(68, 0).putLong(76, 0x1000).putLong(84, 0x3000).putLong(92, 0x1D000);

        assertThat(parse(info).areas()).containsExactly(area(0, 0x1000), area(0x3000, 0x1D000));
        info.putLong(84, 0x3001);
        assertThat(parse(info).areas()).containsExactly(area(0, 0x1000));
        info.putLong(76, 0x21000).putInt(60, 1000);
        assertThat(parse(info).areas()).isEmpty();
        info.putInt(44, 40);
        assertThat(parse(info).areas()).containsExactly(area(0, 0x20000));
    }

    @Test
    void shouldLeaveOutPages() {
        final VfioRegion region = parse(info(Vfio.REGION_INFO_BYTES, MAPPABLE, 0x8000));

        assertThat(region.areasWithout(0x2000, 0x400)).containsExactly(area(0, 0x2000), area(0x3000, 0x5000));
        assertThat(region.areasWithout(0x2FFF, 2)).containsExactly(area(0, 0x2000), area(0x4000, 0x4000));
        assertThat(region.areasWithout(0, 0x1000)).containsExactly(area(0x1000, 0x7000));
        assertThat(region.areasWithout(0, 0x8000)).isEmpty();
        assertThat(region.areasWithout(0x9000, 0x1000)).containsExactly(area(0, 0x8000));
    }

    private static VfioRegion.Area area(long offset, long lengthBytes) {
        return new VfioRegion.Area(offset, lengthBytes);
    }
}
